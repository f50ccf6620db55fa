"""Calls that look like the one being taken."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.shapes import DispatchRequest, typed
from hub.dispatch.likeness import Likeness, NewCallFacts, OtherCall, compare
from hub.errors import InvalidValue
from storage.dispatch import timeline
from storage.dispatch.timeline import AlikeRow, Asked

SHOWN: Final = 8
COMPARED: Final = 500  # more than are ever open at once
CLOSED_FOR: Final = timedelta(minutes=60)


class LikelyCall(msgspec.Struct):
    """A call that may be the same one, with why; the strongest reason first."""

    request: DispatchRequest
    why: list[str]
    score: float
    distance_m: float | None


class LikelyList(msgspec.Struct):
    """The likest first."""

    items: list[LikelyCall]


class LikelyQuery(msgspec.Struct, forbid_unknown_fields=True):
    """GET /dispatch/likely: whatever is known of the call so far."""

    callback_number: Annotated[str, Meta(max_length=40)] | None = None
    patient_id: UUID | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    complaint: Annotated[str, Meta(max_length=2_000)] | None = None
    besides: Annotated[UUID, Meta(description="A call that is not meant: the one being looked at.")] | None = None


async def show(call: Call[LikelyQuery, Nothing]) -> LikelyList:
    """GET /dispatch/likely: open and recent calls with the same number or patient, near by, or with a like complaint.

    Raises InvalidValue for half of a place.
    """
    query, now = call.query, call.context.clock.now()
    if (query.latitude is None) != (query.longitude is None):
        raise InvalidValue("a place has both a latitude and a longitude", field="latitude")
    place = None if query.latitude is None or query.longitude is None else (query.latitude, query.longitude)
    new = NewCallFacts(place, now)
    digits = re.sub(r"[^0-9]", "", query.callback_number or "") or None
    asked = Asked(digits, query.patient_id, query.complaint or None)
    rows = await timeline.alike(call.context.reader, asked, closed_after=now - CLOSED_FOR, rows_max=COMPARED)
    found = [(_compared(new, row), row) for row in rows if row.id != query.besides]
    alike = sorted(((likeness, row) for likeness, row in found if likeness), key=lambda one: -one[0].score)
    return LikelyList([_shown(likeness, row) for likeness, row in alike[:SHOWN]])


def _compared(new: NewCallFacts, row: AlikeRow) -> Likeness | None:
    place = None if row.latitude is None or row.longitude is None else (row.latitude, row.longitude)
    other = OtherCall(place, row.requested_at, row.same_number, row.same_patient, row.complaint_likeness)
    return compare(new, other)


def _shown(likeness: Likeness, row: AlikeRow) -> LikelyCall:
    apart_m = None if likeness.distance_m is None else round(likeness.distance_m, 1)
    return LikelyCall(typed(row.body, DispatchRequest), list(likeness.why), likeness.score, apart_m)


ROUTES: tuple[Route, ...] = (
    Route(
        *("GET", f"{API}/dispatch/likely", show, "dispatch.R", "Calls like the one being taken", LikelyList),
        query=LikelyQuery,
    ),
)
