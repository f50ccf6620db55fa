"""What is noticed of an assignment without moving it: delivered, seen, driving, at the scene, how far away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from hub.dispatch import telling
from hub.dispatch.moves import Held, Moves
from hub.dispatch.telling import Told
from storage import notifications
from storage.dispatch import assignments, orders, requests
from storage.dispatch.rows import AssignmentRow

ONCE: Final = (
    *("delivered_at", "seen_at", "moved_at", "scene_noticed_at", "left_noticed_at", "destination_noticed_at"),
    *("promised_at", "re_alerted_at"),
)
# The alerts that are no longer so once something is noticed.
RESOLVED: Final = {
    "delivered_at": ("undelivered",),
    "seen_at": ("undelivered",),
    "moved_at": ("not_moving",),
    "left_noticed_at": ("at_scene",),
}


async def note(moves: Moves, held: Held, row: AssignmentRow, times: Mapping[str, datetime | None]) -> None:
    """Store what is new of it; raises TypeError for what cannot be noted."""
    if unknown := times.keys() - {*ONCE, "eta_at"}:
        raise TypeError(f"{sorted(unknown)} cannot be noted")
    new: dict[str, Any] = {name: at for name, at in times.items() if name in ONCE and at and not getattr(row, name)}
    if "eta_at" in times and times["eta_at"] != row.eta_at:
        new["eta_at"] = times["eta_at"]
    if not new:
        return
    row = await assignments.store(moves.transaction, row._replace(**new))
    held.assignments[row.id] = row
    kinds = [kind for name in new for kind in RESOLVED.get(name, ())]
    if kinds:
        await assignments.resolve_alerts(moves.transaction, row.id, moves.now, kinds)
    if "re_alerted_at" in new and row.status == "offered":
        await orders.offer(moves.transaction, row.id)  # the tablet sounds again
    having = held.having
    if having is None or having.id != row.id:
        return
    if "eta_at" in new:
        await requests.expect(moves.transaction, row.request_id, row.eta_at)
    if "eta_at" in new or "scene_noticed_at" in new:
        await _tell_patient(moves, held, row)


async def _tell_patient(moves: Moves, held: Held, row: AssignmentRow) -> None:
    told = telling.of_approach(
        Told(row.request_id, row.id, row.plate_number, row.eta_at),
        row.status,
        is_at_scene=row.scene_noticed_at is not None,
        now=moves.now,
    )
    if told is not None and held.request.patient_id is not None:
        await notifications.notify(
            moves.transaction, held.request.patient_id, told.kind, told.message, dedupe_key=told.dedupe_key
        )
