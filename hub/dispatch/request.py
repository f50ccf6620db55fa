"""The state machine of a request: how far a call is follows from its assignments. Pure.

received → queued → assigned → on_scene → transporting → at_destination → completed; any open one → cancelled |
duplicate.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hub.dispatch.assignment import STAGES, TAKEN
from hub.errors import Conflict

OPEN: Final = ("received", "queued", "assigned", "on_scene", "transporting", "at_destination")
CLOSED: Final = frozenset({"completed", "cancelled", "duplicate"})
_OF_STAGE: Final = {
    "accepted": "assigned",
    "en_route": "assigned",
    "on_scene": "on_scene",
    "transporting": "transporting",
    "at_destination": "at_destination",
}


class RequestClosed(Conflict):
    """The request has ended; says how."""

    def __init__(self, status: str) -> None:
        super().__init__(f"the request is {status}")
        self.status = status


def require_open(status: str) -> None:
    """Raise `RequestClosed` for a request that has ended."""
    if status in CLOSED:
        raise RequestClosed(status)


def progress(status: str, assignments: Iterable[str]) -> str:
    """Return the status of a request with these statuses of its assignments, all there ever were.

    The unit that is furthest counts. When the last one that had it is cleared, the request is completed; when all were
    lost, it waits again.
    """
    if status in CLOSED:
        return status
    all_of_them = list(assignments)
    taken = [each for each in all_of_them if each in TAKEN]
    if taken:
        return _OF_STAGE[max(taken, key=STAGES.index)]
    if "cleared" in all_of_them:
        return "completed"
    return "queued" if all_of_them else status
