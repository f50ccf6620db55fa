"""What the patient of a call is told, and when: each thing once, without a word of what is wrong with anybody. Pure.

A call that was entered afterwards from paper tells nobody anything, and a call without a patient has nobody to tell.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

KIND: Final = "ambulance"  # of notifications
ARRIVING_S: Final = 120.0  # a unit that is no farther away than this is arriving
_ON_ITS_WAY: Final = frozenset({"accepted", "en_route"})
_LOST: Final = frozenset({"cancelled", "diverted"})
_WAITING: Final = frozenset({"received", "queued"})


class Telling(NamedTuple):
    """A notification, as `storage.notifications.notify` takes it."""

    kind: str
    message: str
    dedupe_key: str  # whoever tells the same thing again, on whatever hub, is not heard


class Told(NamedTuple):
    """The unit that has a call, as its patient may know it."""

    request_id: UUID
    assignment_id: UUID
    plate_number: str
    eta_at: datetime | None = None  # when it should reach the scene


def of_step(unit: Told, before: str, after: str, *, request_status: str, now: datetime) -> Telling | None:
    """Return what the patient is told of a unit whose assignment went from one status to another, None for nothing.

    `request_status` is what that made of the request: a unit that is lost is told of only while the call waits for
    another one; how a call ends is told by `of_end`.
    """
    if after == "accepted":
        return _told(unit, "assigned", f"Ambulance {unit.plate_number} is coming{_in_minutes(unit.eta_at, now)}.")
    if after == "on_scene":
        return _arrived(unit)
    if before in _ON_ITS_WAY and after in _LOST and request_status in _WAITING:
        return _told(unit, "lost", f"Ambulance {unit.plate_number} cannot come: another one is being found for you.")
    return None


def of_approach(unit: Told, status: str, *, is_at_scene: bool, now: datetime) -> Telling | None:
    """Return what the patient is told of a unit that was noticed at the scene or has a new ETA, None for nothing."""
    if status not in _ON_ITS_WAY:
        return None
    if is_at_scene:
        return _arrived(unit)
    if unit.eta_at is None or (unit.eta_at - now).total_seconds() > ARRIVING_S:
        return None
    return _told(unit, "arriving", f"Ambulance {unit.plate_number} is about to arrive: please be easy to find.")


def of_end(request_id: UUID, status: str) -> Telling | None:
    """Return what the patient is told when a call ends: completed, cancelled or a duplicate."""
    message = {
        "completed": "Your call for an ambulance is completed.",
        "cancelled": "Your call for an ambulance was cancelled. Call again if you need one.",
        "duplicate": "Your call was joined with another one for the same place: help comes by that one.",
    }.get(status)
    return None if message is None else Telling(KIND, message, f"ambulance_request:{request_id}:{status}")


def _arrived(unit: Told) -> Telling:
    return _told(unit, "arriving", f"Ambulance {unit.plate_number} has arrived.")


def _told(unit: Told, what: str, message: str) -> Telling:
    """Return a telling that is told once of each unit: after a swap the next one is told of again."""
    return Telling(KIND, message, f"ambulance_request:{unit.request_id}:{what}:{unit.assignment_id}")


def _in_minutes(eta_at: datetime | None, now: datetime) -> str:
    """Return in words how long an ETA is away, whole minutes up."""
    if eta_at is None:
        return ""
    minutes = max(1, -int(-(eta_at - now).total_seconds() // 60))
    return f", in about {minutes} minute{'' if minutes == 1 else 's'}"
