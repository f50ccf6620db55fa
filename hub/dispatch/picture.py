"""What dispatch looks at in one moment: the open requests, who was asked, and the units where they are. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.clock import to_us
from hub.dispatch.assignment import LIVE, TAKEN
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.stepping import QUICKER
from hub.dispatch.unit import Place, Unit, Waiting
from hub.live.board import LiveFix
from storage.dispatch.alerts import OpenAlert
from storage.dispatch.picture import AskedUnit, OpenRequest, UnitRow

NEARER: Final = "a unit that is free now is there much sooner"
MORE_URGENT: Final = "it is needed for a more urgent call"
SWAPPED: Final = frozenset({QUICKER, NEARER, MORE_URGENT})  # why the hub itself takes an offer back
ENDED_AT: Final = ("declined_at", "expired_at", "cancelled_at", "diverted_at")
_HEARD_S: Final = 30.0  # a younger fix came over a connection that stands
# How long each stage usually lasts to its end, for a unit that is waited for: a guess, in seconds.
_LEFT_S: Final = {
    "offered": 3_000.0,
    "accepted": 2_900.0,
    "en_route": 2_700.0,
    "on_scene": 2_000.0,
    "transporting": 1_300.0,
    "at_destination": 600.0,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the timers go by; the same picture always gives the same actions."""

    at: datetime
    requests: Mapping[UUID, OpenRequest]  # most urgent and oldest first
    asked: Mapping[UUID, Sequence[AskedUnit]] = field(default_factory=dict)  # by request, in the order of the offers
    units: Mapping[int, Unit] = field(default_factory=dict)
    alerts: Sequence[OpenAlert] = ()  # still open
    sends: frozenset[int] = frozenset()  # units whose devices send, though no fix of theirs can be shown
    untracked: frozenset[int] = frozenset()  # units without a tablet and without any fix ever: only radio reaches them

    def with_sends(self, sends: frozenset[int]) -> Picture:
        """Return the same picture with the units whose devices send."""
        return replace(self, sends=sends)

    def live(self, request_id: UUID) -> list[AskedUnit]:
        """Return the live assignments of a request."""
        return [each for each in self.asked.get(request_id, ()) if each.status in LIVE]

    def taken(self) -> Iterable[tuple[OpenRequest, AskedUnit]]:
        """Yield the requests that units have accepted, with those."""
        for request in self.requests.values():
            for each in self.asked.get(request.id, ()):
                if each.status in TAKEN:
                    yield request, each

    def waiting(self, policy: DispatchPolicy) -> list[OpenRequest]:
        """Return the requests that no unit has or is asked to take, and whose time has come."""
        return [
            request
            for request in self.requests.values()
            if not self.live(request.id) and looked_at_from(request, policy) <= self.at
        ]


def looked_at_from(request: OpenRequest, policy: DispatchPolicy) -> datetime:
    """Return since when a unit is wanted: from the call on, or some time before the one it is scheduled for."""
    if request.scheduled_for is None:
        return request.requested_at
    return max(request.requested_at, request.scheduled_for - timedelta(seconds=policy.scheduled_lead_s))


def ended_at(asked: AskedUnit) -> datetime | None:
    """Return when somebody who was asked was no longer; None while the assignment lives."""
    moments = [moment for name in ENDED_AT if (moment := getattr(asked, name)) is not None]
    return max(moments, default=None)


def scene_of(request: OpenRequest) -> Place | None:
    """Return where the patient is, None where only a note says so."""
    if request.latitude is None or request.longitude is None:
        return None
    return Place(request.latitude, request.longitude)


def destination_of(request: OpenRequest) -> Place | None:
    """Return where the patient is taken, None while that is open."""
    if request.destination_latitude is None or request.destination_longitude is None:
        return None
    return Place(request.destination_latitude, request.destination_longitude)


def waiting_of(picture: Picture, request: OpenRequest, *, again: bool = False, by_person: bool = False) -> Waiting:
    """Return a request as the choice sees it; `again`: who let an offer lapse may be asked once more.

    `by_person`: and whom a person took off.
    """
    asked = picture.asked.get(request.id, ())
    scheduled = request.scheduled_for
    return Waiting(
        id=request.id,
        priority=request.priority,
        place=scene_of(request),
        waited_s=max(0.0, (picture.at - request.requested_at).total_seconds()),
        needs=request.needs,
        refused_by=frozenset(
            each.ambulance_id for each in asked if _is_refused(each, again=again, by_person=by_person)
        ),
        offered_to=frozenset(each.ambulance_id for each in asked if each.status in LIVE),
        is_scheduled_in_s=None if scheduled is None else (scheduled - picture.at).total_seconds(),
    )


def _is_refused(asked: AskedUnit, *, again: bool, by_person: bool) -> bool:
    """Say whether a unit that was asked is not to be asked again."""
    if asked.status == "expired":
        return not again
    if asked.status == "cancelled":
        return not by_person and asked.cancel_reason not in SWAPPED
    return asked.status == "declined"


def units_of(
    rows: Iterable[UnitRow],
    fix_of: Callable[[int], LiveFix | None],
    is_connected: Callable[[int], bool],
    picture: Mapping[UUID, Sequence[AskedUnit]],
    requests: Mapping[UUID, OpenRequest],
    at: datetime,
) -> dict[int, Unit]:
    """Put together what PostgreSQL and the board know of each ambulance; `is_connected` is asked for tablets."""
    tasks = {each.ambulance_id: each for asked in picture.values() for each in asked if each.status in LIVE}
    now_us = to_us(at)
    units = {}
    for row in rows:
        fix, task = fix_of(row.id), tasks.get(row.id)
        base = None
        if row.base_latitude is not None and row.base_longitude is not None:
            base = Place(row.base_latitude, row.base_longitude)
        units[row.id] = Unit(
            id=row.id,
            plate_number=row.plate_number,
            capability=row.capability,
            status=row.status,
            place=None if fix is None else Place(fix.latitude, fix.longitude),
            fix_age_s=None if fix is None else max(0.0, (now_us - fix.fix_at) / 1e6),
            base=base,
            # What it sends shows it too: a hub that does not hear the others knows only its own connections.
            is_connected=_is_heard(fix, now_us) or any(is_connected(tablet) for tablet in row.tablet_ids),
            stage=None if task is None else task.status,
            request_id=None if task is None else task.request_id,
            priority=None if task is None else requests[task.request_id].priority,
            free_in_s=None if task is None else _LEFT_S[task.status],
        )
    return units


def _is_heard(fix: LiveFix | None, now_us: int) -> bool:
    return fix is not None and now_us - fix.fix_at < _HEARD_S * 1e6


def grouped(asked: Iterable[AskedUnit]) -> dict[UUID, list[AskedUnit]]:
    """Return who was asked by request, in the order given."""
    by_request: dict[UUID, list[AskedUnit]] = {}
    for each in asked:
        by_request.setdefault(each.request_id, []).append(each)
    return by_request
