"""What the fixes of a unit say about its call: it moves, it has arrived, it has left. Pure; fixes are handed in.

Arrival is within 75 m and slower than 2 m/s, for two fixes or for ten seconds; leaving is farther than 150 m, twice.
Between the two circles nothing changes, so a unit at the border of one does not come and go. All of this suggests: the
crew says what is so, and both times are kept.
"""

from __future__ import annotations

from datetime import datetime
from math import inf, isnan
from typing import Final, NamedTuple

from hub.clock import from_us
from hub.dispatch.geo import distance_m
from hub.dispatch.unit import Place
from hub.live.board import LiveFix
from storage.dispatch.picture import AskedUnit

ARRIVED_M: Final = 75.0
ARRIVED_FIXES: Final = 2
ARRIVED_AFTER_S: Final = 10.0
LEFT_M: Final = 150.0
LEFT_FIXES: Final = 2
SLOW_M_S: Final = 2.0
MOVED_M: Final = 75.0  # from where it accepted: more than any receiver wanders
MOVED_FIXES: Final = 2  # or as many in a row at more than SLOW_M_S


class Sighting(NamedTuple):
    """Where a unit was, and how fast."""

    at_us: int  # since 1970
    place: Place
    speed: float  # m/s


class Circle:
    """Whether a unit is at a place."""

    __slots__ = ("_away", "_away_since", "_near", "_near_since", "inside", "place")

    def __init__(self, place: Place, *, inside: bool = False) -> None:
        self.place = place
        self.inside = inside  # it has arrived, and not left since
        self._near = 0  # fixes in a row that say that it is here, and the time of the first
        self._near_since = 0
        self._away = 0  # fixes in a row that say that it is not
        self._away_since = 0

    def see(self, sighting: Sighting) -> int | None:
        """Take a fix; return since when (µs) the unit is on the other side than before, None while it is not."""
        metres = distance_m(*sighting.place, *self.place)
        if self.inside:
            self._away = self._away + 1 if metres > LEFT_M else 0
            if self._away == 1:
                self._away_since = sighting.at_us
            return self._turn(inside=False) if self._away >= LEFT_FIXES else None
        self._near = self._near + 1 if metres <= ARRIVED_M and sighting.speed < SLOW_M_S else 0
        if self._near == 1:
            self._near_since = sighting.at_us
        return self._turn(inside=True) if self._near >= ARRIVED_FIXES else None

    def wait(self, now_us: int) -> int | None:
        """Return since when the unit is here, if its last fix said so for long enough and nothing else came."""
        if self.inside or not self._near or now_us - self._near_since < ARRIVED_AFTER_S * 1e6:
            return None
        return self._turn(inside=True)

    def _turn(self, *, inside: bool) -> int:
        self.inside = inside
        self._near = self._away = 0
        return self._near_since if inside else self._away_since


class Watch:
    """What the fixes of a unit have said about one assignment so far."""

    def __init__(self) -> None:
        self._last: Sighting | None = None
        self._start: Place | None = None  # where it was when it accepted, or was first seen after that
        self._fast = 0  # fixes in a row at speed
        self._scene: Circle | None = None
        self._destination: Circle | None = None

    def notice(
        self, asked: AskedUnit, scene: Place | None, destination: Place | None, fix: LiveFix | None, now_us: int
    ) -> dict[str, datetime]:
        """Return the columns of the assignment that the newest fix gives a time to; each is given once."""
        self._scene = _circle(self._scene, scene, inside=asked.scene_noticed_at is not None)
        self._destination = _circle(self._destination, destination, inside=asked.destination_noticed_at is not None)
        sighting = self._sight(fix)
        found = {}
        if self._has_moved(asked, sighting):
            found["moved_at"] = from_us(sighting.at_us if sighting else now_us)
        for name, since_us in self._places(asked, sighting, now_us):
            if getattr(asked, name) is None:
                found[name] = from_us(since_us)
        return found

    def _sight(self, fix: LiveFix | None) -> Sighting | None:
        """Return a fix that was not seen before; its speed is reckoned where the receiver gave none."""
        last = self._last
        if fix is None or (last is not None and fix.fix_at <= last.at_us):
            return None
        place, speed = Place(fix.latitude, fix.longitude), fix.speed
        if isnan(speed):
            speed = inf if last is None else distance_m(*last.place, *place) * 1e6 / (fix.fix_at - last.at_us)
        self._last = Sighting(fix.fix_at, place, speed)
        return self._last

    def _has_moved(self, asked: AskedUnit, sighting: Sighting | None) -> bool:
        if asked.moved_at is not None or sighting is None:
            return False
        if self._start is None:
            self._start = sighting.place
        self._fast = self._fast + 1 if SLOW_M_S <= sighting.speed < inf else 0
        return self._fast >= MOVED_FIXES or distance_m(*self._start, *sighting.place) > MOVED_M

    def _places(self, asked: AskedUnit, sighting: Sighting | None, now_us: int) -> list[tuple[str, int]]:
        """Return which circles the unit has entered or left, and since when."""
        found = []
        if self._scene is not None and asked.left_noticed_at is None:
            since_us = _look(self._scene, sighting, now_us)
            if since_us is not None:
                found.append(("scene_noticed_at" if self._scene.inside else "left_noticed_at", since_us))
        has_left = asked.left_noticed_at is not None or asked.transporting_at is not None
        if self._destination is not None and has_left and asked.destination_noticed_at is None:
            since_us = _look(self._destination, sighting, now_us)
            if since_us is not None and self._destination.inside:
                found.append(("destination_noticed_at", since_us))
        return found


def _circle(circle: Circle | None, place: Place | None, *, inside: bool) -> Circle | None:
    """Keep the circle while its place stays: an address can be corrected on the way."""
    if place is None:
        return None
    return circle if circle is not None and circle.place == place else Circle(place, inside=inside)


def _look(circle: Circle, sighting: Sighting | None, now_us: int) -> int | None:
    return circle.wait(now_us) if sighting is None else circle.see(sighting)
