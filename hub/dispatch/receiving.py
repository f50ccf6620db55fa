"""Taking a call: a repeat of an open one joins it, and adds what it knows more. The second half is pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from hub.dispatch.policy import DispatchPolicy
from hub.errors import InvalidValue
from storage.dispatch import requests
from storage.dispatch.requests import NewRequest, Repeat
from storage.dispatch.rows import LatLon, RequestRow
from storage.errors import Conflict as StoredConflict
from storage.pool import Transaction

# What the longest texts may be, by the constraints of the table.
TEXTS_MAX: Final = {"complaint": 2_000, "location_note": 1_000}
_FILLED: Final = (
    *("patient_id", "caller", "callback_number", "pickup_location", "destination", "destination_facility_id"),
    *("destination_location", "needs"),
)
DIGITS_MIN: Final = 5  # of a number that is somebody's: a shorter one stands for one that nobody knows
PRIORITY: Final = 1  # of a call that nobody has judged yet


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call as somebody tells it; places are (latitude, longitude) in degrees."""

    patient_id: UUID | None = None
    caller: str | None = None
    callback_number: str | None = None
    complaint: str | None = None
    priority: int | None = None  # None = not judged yet: critical
    pickup_location: LatLon | None = None
    location_note: str | None = None
    notes: str | None = None
    destination: str | None = None
    destination_facility_id: UUID | None = None
    destination_location: LatLon | None = None
    facility_id: UUID | None = None
    scheduled_for: datetime | None = None
    needs: str | None = None
    source: str = "phone"
    is_verified: bool = True  # False: made in the app by an account without a proven number
    requested_at: datetime | None = None  # of a call from paper; None = now


class Received(NamedTuple):
    """A call after it was taken."""

    row: RequestRow
    joined: bool  # it repeats one that was open


Keep = Callable[[Transaction, Received], Awaitable[None]]  # stores the answer in the transaction of what it tells of


async def store(transaction: Transaction, call: NewCall, now: datetime, user_id: UUID | None) -> RequestRow:
    """Store a new call; raises InvalidValue for a patient or a facility that is not there, and what cannot be."""
    try:
        return await requests.insert(transaction, stored_as(call, now, user_id))
    except StoredConflict as error:
        field = error.constraint.removeprefix("ambulance_requests_").removesuffix("_fkey")
        raise InvalidValue("there is no such row", field=field) from error


async def repeated(transaction: Transaction, call: NewCall, now: datetime, policy: DispatchPolicy) -> UUID | None:
    """Return the open call that a new one repeats: of the same patient or number, not long ago, for the same time."""
    since = now - timedelta(seconds=policy.joins_s)
    digits = digits_of(call.callback_number)
    return await requests.find_repeated(transaction, Repeat(since, call.patient_id, digits, call.scheduled_for))


async def join(transaction: Transaction, row: RequestRow, call: NewCall, now: datetime) -> RequestRow:
    """Add to an open call, which is locked, what its repeat knows more; return it."""
    joined = completed(row, call, now)
    if joined == row:
        return row
    await requests.complete(transaction, joined)
    return joined._replace(version=row.version + 1)


def stored_as(call: NewCall, now: datetime, user_id: UUID | None) -> NewRequest:
    """Return a call as it is stored at first."""
    return NewRequest(
        call.requested_at or now,
        call.priority or PRIORITY,
        source=call.source,
        patient_id=call.patient_id,
        caller=call.caller,
        callback_number=call.callback_number,
        complaint=call.complaint,
        pickup_location=call.pickup_location,
        location_note=call.location_note,
        notes=call.notes,
        destination=call.destination,
        destination_facility_id=call.destination_facility_id,
        destination_location=call.destination_location,
        facility_id=call.facility_id,
        scheduled_for=call.scheduled_for,
        needs=call.needs,
        is_verified=call.is_verified,
        created_by=user_id,
    )


def completed(row: RequestRow, call: NewCall, now: datetime) -> RequestRow:
    """Return an open call with what a repeat adds: what nobody knew yet, and other words behind those that are there.

    What was said first stays: who looks at the call has seen that. Another place is told in words, so that it is seen.
    """
    added: dict[str, Any] = {name: getattr(row, name) or getattr(call, name) for name in _FILLED}
    place = call.pickup_location
    note = call.location_note
    if place is not None and row.pickup_location not in (None, place):
        note = f"{note}; " if note else ""
        note += f"also told: {place[0]:.5f}, {place[1]:.5f}"
    is_verified = row.is_verified or call.is_verified  # somebody has spoken with the caller by now
    return row._replace(
        **added,
        complaint=_also(row.complaint, call.complaint, now, TEXTS_MAX["complaint"]),
        location_note=_also(row.location_note, note, now, TEXTS_MAX["location_note"]),
        is_verified=is_verified,
    )


def digits_of(number: str | None) -> str | None:
    """Return the digits of a number; None where there are too few to know it again."""
    digits = "".join(character for character in number or "" if character.isdecimal() and character.isascii())
    return digits if len(digits) >= DIGITS_MIN else None


def _also(known: str | None, told: str | None, now: datetime, longest: int) -> str | None:
    """Return a text with what a repeat says otherwise, as far as there is room."""
    if not told or (known and told in known):
        return known
    if not known:
        return told
    return f"{known}\n{now:%H:%M} UTC: {told}"[:longest]
