"""The fleet as it is now: every ambulance and its newest sound fix, in memory, and the channels that tell viewers."""

from __future__ import annotations

import heapq
import secrets
from collections.abc import Iterable
from math import floor
from typing import NamedTuple

from hub.dispatch.geo import distance_m
from hub.live.fleet import FleetChannel
from hub.live.state import State
from hub.live.view import FIXES, UNITS


class Unit(NamedTuple):
    """One ambulance as dispatchers name it, and the call that it has been offered or has."""

    id: int
    plate_number: str
    driver_name: str | None
    status: str
    capability: str = "basic"
    request_id: str | None = None
    stage: str | None = None  # of its live assignment; None without one, as all that follows
    priority: int | None = None
    eta_at: int | None = None  # µs since 1970: when it should reach the scene, or after that the destination


class LiveFix(NamedTuple):
    """Where an ambulance is: degrees, m/s, degrees from north, metres (NaN: not known), µs since 1970."""

    latitude: float
    longitude: float
    speed: float
    heading: float
    accuracy: float
    fix_at: int
    alarm_at: int = 0  # when the crew last called for help, while nobody has answered; 0: it has not. The board knows


class Near(NamedTuple):
    """An ambulance and its distance from a place."""

    unit: Unit
    fix: LiveFix
    distance_m: float


class FleetBoard:
    """Current state; written by the ingest and by changes of the ambulances table, read by everybody."""

    def __init__(self, *, tombstones_max: int = 10_000) -> None:
        self.state = State({UNITS: unit_row, FIXES: fix_row}, epoch=secrets.token_hex(8), moves_max=tombstones_max)
        self.channel = FleetChannel(self.state)
        self._units: dict[int, Unit] = {}
        self._fixes: dict[int, LiveFix] = {}  # only of ambulances in _units
        self._alarms: dict[int, int] = {}  # by ambulance: `alarm_at` of its fixes, where there is one

    def upsert_unit(self, unit: Unit) -> None:
        """Add an ambulance, or take over what changed of it."""
        if self._units.get(unit.id) != unit:
            self._units[unit.id] = unit
            self.state.put(UNITS, unit.id, unit)

    def remove_unit(self, ambulance_id: int) -> None:
        """Take an ambulance and its position off the board; one that is not there is fine."""
        if self._units.pop(ambulance_id, None) is not None:
            self._fixes.pop(ambulance_id, None)
            self.state.remove(ambulance_id)

    def replace_units(self, units: Iterable[Unit]) -> None:
        """Make the board hold exactly these ambulances, keeping the positions of those that stay."""
        wanted = {unit.id: unit for unit in units}
        for ambulance_id in self._units.keys() - wanted.keys():
            self.remove_unit(ambulance_id)
        for unit in wanted.values():
            self.upsert_unit(unit)

    def move(self, ambulance_id: int, fix: LiveFix) -> bool:
        """Put a fix on the map; False for one older than what is shown, and for an ambulance that is not here."""
        current = self._fixes.get(ambulance_id)
        if current is None:
            if ambulance_id not in self._units:
                return False
        elif fix.fix_at < current.fix_at:
            return False
        if ambulance_id in self._alarms:
            fix = fix._replace(alarm_at=self._alarms[ambulance_id])
        self._fixes[ambulance_id] = fix
        self.state.put(FIXES, ambulance_id, fix)
        return True

    def hear(self, ambulance_id: int, fix: LiveFix) -> bool:
        """Take over a fix that this hub has not judged itself; False as in `move`, and for one that is shown already.

        Of several of one instant all hubs show the same one, whatever they hear first.
        """
        current = self._fixes.get(ambulance_id)
        if current is not None and _rank(fix) <= _rank(current):
            return False
        return self.move(ambulance_id, fix)

    def set_alarm(self, ambulance_id: int, alarm_at: int) -> None:
        """Show since when an ambulance calls for help, 0 for not any more; every fix of it that follows says so too."""
        if alarm_at:
            self._alarms[ambulance_id] = alarm_at
        else:
            self._alarms.pop(ambulance_id, None)
        current = self._fixes.get(ambulance_id)
        if current is not None and current.alarm_at != alarm_at:
            self.move(ambulance_id, current._replace(alarm_at=alarm_at))

    def unit(self, ambulance_id: int) -> Unit | None:
        """Return an ambulance, None where there is none."""
        return self._units.get(ambulance_id)

    def current(self, ambulance_id: int) -> LiveFix | None:
        """Return an ambulance's newest shown fix, None before the first."""
        return self._fixes.get(ambulance_id)

    def nearest(self, latitude: float, longitude: float, limit: int) -> list[Near]:
        """Return up to `limit` ambulances with a known position, nearest first (metres on the sphere)."""
        distances = (
            (distance_m(latitude, longitude, fix.latitude, fix.longitude), ambulance_id)
            for ambulance_id, fix in self._fixes.items()
        )
        return [
            Near(self._units[ambulance_id], self._fixes[ambulance_id], metres)
            for metres, ambulance_id in heapq.nsmallest(limit, distances)
        ]

    def placed(self) -> list[tuple[Unit, LiveFix]]:
        """Return every ambulance with a known position, in no order."""
        return [(self._units[ambulance_id], fix) for ambulance_id, fix in self._fixes.items()]

    def __len__(self) -> int:
        return len(self._units)


def _rank(fix: LiveFix) -> tuple[int, float, float]:
    """Return what orders fixes: the instant, then the place, which means nothing but is exact in every copy."""
    return fix.fix_at, fix.latitude, fix.longitude


def unit_row(key: int, unit: Unit) -> list[object]:
    """Return a row of the table `units`: the fields of `Unit`, in their order."""
    return [key, *unit[1:]]


def fix_row(key: int, fix: LiveFix) -> list[object]:
    """Return a row of the table `fixes`: id, latitude, longitude, speed, heading, accuracy, fix_at, alarm_at.

    Rounded to what a map can show (1 cm, 1 cm/s, a tenth of a degree, 10 cm): every viewer pays for every digit.
    """
    latitude, longitude, speed, heading, accuracy, fix_at, alarm_at = fix
    # floor(x · n + ½) / n is the double that round() finds by way of decimal digits, in a seventh of the time.
    tenths = floor(heading * 10 + 0.5) if heading == heading else None  # 359.96 is rounded up, and 360 is north
    return [
        key,
        floor(latitude * 1e7 + 0.5) / 1e7,
        floor(longitude * 1e7 + 0.5) / 1e7,
        floor(speed * 100 + 0.5) / 100 if speed == speed else None,
        None if tenths is None else tenths % 3_600 / 10,
        floor(accuracy * 10 + 0.5) / 10 if accuracy == accuracy else None,
        fix_at,
        alarm_at or None,
    ]
