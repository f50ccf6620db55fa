"""How long it takes from place to place: what any source of travel times offers, and the straight line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.eligibility import columns_of, why_not
from hub.dispatch.geo import EARTH_RADIUS_M
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Place, Unit, Waiting, place_of

Matrix = NDArray[np.float64]
NOWHERE: Final = Place(0.0, 0.0)


class TravelAway(Exception):
    """A source has no answer now, or none in time: straight lines count in its place."""


class Travel(Protocol):
    """A source of travel times."""

    @property
    def name(self) -> str:
        """Return line, roads, osrm or valhalla."""
        ...

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> list[list[float | None]]:
        """Return a row for each origin with the seconds to each goal; None where there is no way.

        Raises `TravelAway`.
        """
        ...


class StraightLine:
    """Great circles times a detour, at the speed of the hour: knows no rivers, and is always there."""

    name = "line"

    def __init__(self, policy: DispatchPolicy) -> None:
        self._detour = policy.detour
        self._speeds_kmh = policy.weights.speeds_kmh
        self._zone = UTC if policy.time_zone == "UTC" else ZoneInfo(policy.time_zone)  # whose hours these are

    def metres_per_s(self, at: datetime) -> float:
        """Return how fast the straight line itself is covered."""
        return self._speeds_kmh[at.astimezone(self._zone).hour] / 3.6 / self._detour

    def matrix_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> Matrix:
        """Return the seconds from each origin (row) to each goal (column)."""
        return distances_m(origins, goals) / self.metres_per_s(at)

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> list[list[float | None]]:
        """Return a row for each origin with the seconds to each goal."""
        rows: list[list[float | None]] = self.matrix_s(origins, goals, at).tolist()
        return rows


def distances_m(origins: Sequence[Place], goals: Sequence[Place]) -> Matrix:
    """Return the metres from each origin (row) to each goal (column), by the haversine formula (Sinnott 1984)."""
    start = np.radians(np.array(origins, dtype=float).reshape(-1, 2))
    end = np.radians(np.array(goals, dtype=float).reshape(-1, 2))
    # The sine of half a difference out of those of the halves: two products for each pair in place of a sine.
    sin_start, cos_start = np.sin(start / 2).T, np.cos(start / 2).T
    sin_end, cos_end = np.sin(end / 2).T, np.cos(end / 2).T
    north, east = (np.outer(cos_start[k], sin_end[k]) - np.outer(sin_start[k], cos_end[k]) for k in (0, 1))
    north *= north
    east *= east
    east *= np.outer(np.cos(start[:, 0]), np.cos(end[:, 0]))
    north += east
    np.minimum(1.0, north, out=north)
    metres: Matrix = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(north, out=north), out=north)
    return metres


def line_etas_s(
    waiting: Sequence[Waiting], units: Sequence[Unit], line: StraightLine, policy: DispatchPolicy, at: datetime
) -> Matrix:
    """Return the ETA of each unit (column) at each call (row) by straight line; NaN where a place is not known."""
    places = [place_of(unit, policy.fix_fresh_s)[0] for unit in units]
    has = np.array([place is not None for place in places], dtype=bool)
    goals = np.array([each.place is not None for each in waiting], dtype=bool)
    etas_s = np.full((len(waiting), len(units)), np.nan)
    if has.any() and goals.any():
        known = line.matrix_s(
            [each.place for each in waiting if each.place], [place for place in places if place is not None], at
        )
        etas_s[np.ix_(goals, has)] = known
    return etas_s


async def etas_s(
    waiting: Sequence[Waiting],
    units: Sequence[Unit],
    travel: Travel,
    line: StraightLine,
    policy: DispatchPolicy,
    at: datetime,
) -> Matrix:
    """Return the ETA of each unit (column) at each call (row): by `travel` for those that come near a choice.

    Straight lines choose them (twice `policy.shortlist` a call, of those that can be asked) and stand for all others:
    one call of `travel`, so one question to a server. What that raises comes through.
    """
    by_line = line_etas_s(waiting, units, line, policy, at)
    if travel.name == line.name or not by_line.size:
        return by_line
    can = why_not(waiting, columns_of(units, policy), policy) == 0
    near = _nearest(np.where(can, by_line, np.nan), 2 * policy.shortlist)
    columns, rows = np.flatnonzero(near.any(axis=0)).tolist(), np.flatnonzero(near.any(axis=1)).tolist()
    if not columns:
        return by_line
    places = [place_of(units[column], policy.fix_fresh_s)[0] or NOWHERE for column in columns]
    goals = [waiting[row].place or NOWHERE for row in rows]
    asked = np.array(await travel.times_s(places, goals, at), dtype=float).T
    part = np.ix_(rows, columns)
    by_line[part] = np.where(near[part], asked, by_line[part])
    return by_line


def _nearest(times_s: Matrix, count: int) -> NDArray[np.bool_]:
    """Mark the smallest `count` of each row; no NaN."""
    if times_s.shape[1] <= count:
        return ~np.isnan(times_s)
    limit = np.partition(times_s, count - 1, axis=1)[:, count - 1 : count]  # NaN sorts last
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (times_s <= limit) | (np.isnan(limit) & ~np.isnan(times_s))
    return found
