"""Who may watch a physio session at this moment, and what is written down of those who do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from hub.access.policy import Scope, allowed
from hub.access.principal import Principal
from hub.clock import Clock
from hub.live.physio_channel import PHYSIO
from storage import motion_live
from storage.audit import Entry
from storage.audit_queue import AuditQueue
from storage.motion_live import Watcher
from storage.pool import Database


class PhysioRights:
    """Asks PostgreSQL: such a right begins and ends with appointments, plans and reasons."""

    def __init__(self, reader: Database, clock: Clock, *, care_days: int, audit: AuditQueue | None) -> None:
        self._reader = reader
        self._clock = clock
        self._care_days = care_days
        self._audit = audit  # of those who look; None writes nothing down

    async def admit(self, principal: Principal, session_id: UUID) -> bool:
        """Tell whether somebody may watch a session, and write down that they do; raises `StorageError`."""
        watcher = watcher_of(principal, session_id)
        patients = {} if watcher is None else await self._who_may([watcher])
        if not patients:
            return False
        if self._audit is not None:
            await self._audit.add([_entry(principal, session_id, patients[0])])
        return True

    async def ended(self, watched: Sequence[tuple[Principal, UUID]]) -> set[int]:
        """Return the places of those who may not watch any more what they watch; raises `StorageError`."""
        asked = [watcher_of(*one) or Watcher(one[1]) for one in watched]
        return set(range(len(asked))) - (await self._who_may(asked)).keys()

    async def _who_may(self, asked: Sequence[Watcher]) -> dict[int, UUID]:
        return await motion_live.who_may(self._reader, asked, self._clock.now(), self._care_days)


def watcher_of(principal: Principal, session_id: UUID) -> Watcher | None:
    """Return by which right somebody wants to watch a session, None without any."""
    scopes = {rule.scope for rule in allowed(principal, f"live.{PHYSIO}")}
    if Scope.OWN in scopes:
        return Watcher(session_id, patient_id=principal.user_id)
    if Scope.CARE in scopes:
        return Watcher(session_id, doctor_id=principal.user_id)
    if Scope.BREAK_GLASS in scopes:
        return Watcher(session_id, glass_id=principal.user_id)
    return None


def _entry(principal: Principal, session_id: UUID, patient_id: UUID) -> Entry:
    kind, _, actor_id = principal.key.partition(":")
    return Entry(
        f"live.{PHYSIO}",
        "physio_sessions",
        str(session_id),
        actor_kind=kind,
        actor_id=actor_id or None,
        session_id=principal.session_id,
        patient_id=patient_id,
    )
