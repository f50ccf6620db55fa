"""Between assignments as they are stored and as their state machine sees them. Pure."""

from __future__ import annotations

from typing import Any, Final

from hub.dispatch.assignment import STAGES, Assignment, Moved, Step
from storage.dispatch.rows import AssignmentRow

TIMED: Final = (*STAGES, "declined", "expired", "cancelled", "diverted")  # each has a column of its own


def state_of(row: AssignmentRow) -> Assignment:
    """Return an assignment as the machine sees it."""
    times = {name: at for name in TIMED if (at := getattr(row, f"{name}_at")) is not None}
    return Assignment(row.status, times, row.no_transport, row.offer_expires_at)


def after(row: AssignmentRow, moved: Moved, step: Step) -> AssignmentRow:
    """Return a row after a step, or with the time of a stage that was told late."""
    skipped = {*row.skipped, *moved.skipped} - moved.assignment.times.keys()
    time: dict[str, Any] = {f"{step.to}_at": moved.at}
    return row._replace(
        status=moved.assignment.status,
        no_transport=moved.assignment.no_transport,
        skipped=[stage for stage in STAGES if stage in skipped],
        decline_reason=step.reason if step.to == "declined" else row.decline_reason,
        cancel_reason=step.reason if step.to in ("cancelled", "diverted") else row.cancel_reason,
        diverted_to=step.diverted_to if step.to == "diverted" else row.diverted_to,
        **time,
    )
