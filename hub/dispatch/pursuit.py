"""Follows units that have a call: what their fixes say about it, and when they should arrive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from hub.clock import to_us
from hub.dispatch.chooser import Chooser
from hub.dispatch.detection import Watch
from hub.dispatch.picture import Picture, destination_of, scene_of
from hub.dispatch.unit import Place
from hub.live.board import LiveFix
from storage.dispatch.picture import AskedUnit, OpenRequest

REFRESH_S: Final = 15.0  # between two looks at when units should arrive
CHANGED_S: Final = 20.0  # an ETA that moves by less is not told
FRESH_S: Final = 60.0  # from an older fix no arrival is reckoned

Times = dict[str, datetime | None]  # by column of the assignment


class Way(NamedTuple):
    """A unit on its way, where to, and what is expected of it so far."""

    asked: AskedUnit
    origin: Place
    goal: Place
    to_scene: bool

    @property
    def is_new(self) -> bool:
        """Whether no arrival was reckoned for it yet: the one that its offer came with is not a promise."""
        return self.asked.eta_at is None or (self.to_scene and self.asked.promised_at is None)


class Pursuit:
    """What was seen of each assignment; another hub that takes over begins anew, which costs a fix or two."""

    def __init__(self, fix_of: Callable[[int], LiveFix | None], chooser: Chooser) -> None:
        self._fix_of = fix_of
        self._chooser = chooser
        self._watches: dict[UUID, Watch] = {}  # of assignments that live
        self._reckoned_at: datetime | None = None  # when arrivals were last reckoned

    async def notice(self, picture: Picture) -> dict[UUID, Times]:
        """Return what is new of each assignment, to be noted there; raises `StorageError`."""
        taken = list(picture.taken())
        found = self._seen(taken, to_us(picture.at))
        for assignment_id, times in (await self._arrivals(picture, taken)).items():
            found.setdefault(assignment_id, {}).update(times)
        return found

    def _seen(self, taken: Sequence[tuple[OpenRequest, AskedUnit]], now_us: int) -> dict[UUID, Times]:
        self._watches = {each.id: self._watches.get(each.id) or Watch() for _, each in taken}
        found: dict[UUID, Times] = {}
        for request, each in taken:
            fix, watch = self._fix_of(each.ambulance_id), self._watches[each.id]
            times = watch.notice(each, scene_of(request), destination_of(request), fix, now_us)
            if times:
                found[each.id] = dict(times)
        return found

    async def _arrivals(self, picture: Picture, taken: Sequence[tuple[OpenRequest, AskedUnit]]) -> dict[UUID, Times]:
        """Reckon all arrivals every now and then, and at once that of a unit which has none yet."""
        found: dict[UUID, Times] = {each.id: {"eta_at": None} for _, each in taken if _is_there(each)}
        ways = [way for request, each in taken if (way := _way(picture, request, each)) is not None]
        last = self._reckoned_at
        if last is not None and abs((picture.at - last).total_seconds()) < REFRESH_S:
            ways = [way for way in ways if way.is_new]
        else:
            self._reckoned_at = picture.at
        times_s = await self._chooser.times_s([way.origin for way in ways], [way.goal for way in ways], picture.at)
        for way, seconds in zip(ways, times_s, strict=True):
            if seconds is not None and (told := _told(way, picture.at + timedelta(seconds=round(seconds)))):
                found[way.asked.id] = told
        return found


def _way(picture: Picture, request: OpenRequest, asked: AskedUnit) -> Way | None:
    """Return the way that a unit is on; None while it stands somewhere, or nobody knows from where or where to."""
    to_scene = asked.status in ("accepted", "en_route")
    goal = scene_of(request) if to_scene else destination_of(request)
    unit = picture.units.get(asked.ambulance_id)
    if not (to_scene or asked.status == "transporting") or goal is None or unit is None or unit.place is None:
        return None
    if to_scene and asked.scene_noticed_at is not None:
        return None
    is_fresh = unit.fix_age_s is not None and unit.fix_age_s <= FRESH_S
    return Way(asked, unit.place, goal, to_scene) if is_fresh else None


def _is_there(asked: AskedUnit) -> bool:
    """Say whether an ETA is no longer one: the unit has reached what it was for."""
    return asked.eta_at is not None and asked.status in ("on_scene", "at_destination")


def _told(way: Way, eta_at: datetime) -> Times:
    """Return what of an arrival is worth noting: the first one is a promise, later ones only where they differ."""
    old = way.asked.eta_at
    if way.to_scene and way.asked.promised_at is None:
        return {"eta_at": eta_at, "promised_at": eta_at}
    if old is None or abs((eta_at - old).total_seconds()) > CHANGED_S:
        return {"eta_at": eta_at}
    return {}
