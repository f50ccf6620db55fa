"""Who reads records, how far, and what the audit log is told of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from handlers.call import Call
from hub.access.reach import reaches
from storage import audit
from storage.records.entity import Entity
from storage.records.reach import Caller
from storage.records.rows import Found
from storage.records.store import Access


def access(entity: Entity, call: Call[Any, Any]) -> Access:
    """Return how far the caller of a request reads a table."""
    return Access(entity, caller(call), reaches(call.principal, entity, "R"))


def caller(call: Call[Any, Any]) -> Caller:
    """Return what statements may say of the caller; everything in it comes from the credential."""
    principal = call.principal
    return Caller(
        principal.user_id,
        principal.facility_id,
        principal.device_id,
        principal.ambulance_id,
        call.context.clock.now(),
        call.context.settings.care_days,
    )


async def note_reading(
    entity: Entity,
    call: Call[Any, Any],
    read: Iterable[Found],
    entity_id: str | None = None,
    detail: Mapping[str, object] = audit.NOTHING,
) -> None:
    """Write down, before they are shown, of which patients clinical records are read; raises when that cannot be."""
    if entity.patient is None:
        return
    patients = {found.patient for found in read if found.patient is not None}
    if not patients and "search" not in detail:
        return
    # A search that finds nobody tells something too.
    first, *others = patients or (None,)
    entry = call.audit_entry(f"{entity.name}.R", entity.name, entity_id, patient_id=first, detail=detail)
    entries = [entry, *(replace(entry, patient_id=patient) for patient in others)]
    queue = call.context.read_audit
    if queue is not None:
        await queue.add(entries)
        return
    for one in entries:
        await audit.record(call.context.app, one)
