"""Travel times by straight line, and from other sources for those that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from hub.dispatch.geo import distance_m
from hub.dispatch.travel import StraightLine, distances_m, etas_s, line_etas_s
from hub.dispatch.unit import Place
from tests.hub.dispatch.scene import HERE, POLICY, busy, call, unit

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
INDIAN = StraightLine(replace(POLICY, time_zone="Asia/Kolkata"))
PLACES = [Place(18.5, 73.8), Place(18.6, 73.9), Place(-33.9, 151.2), Place(0.0, -179.9)]


def test_distances_are_those_of_the_globe() -> None:
    found = distances_m(PLACES, PLACES[::-1])
    for row, start in enumerate(PLACES):
        for column, end in enumerate(PLACES[::-1]):
            assert found[row, column] == pytest.approx(distance_m(*start, *end), abs=0.01)
    assert distances_m([], PLACES).shape == (0, 4)


async def test_a_straight_line_takes_the_speed_of_the_local_hour() -> None:
    line = INDIAN
    night = NOON.replace(hour=20)  # 1:30 in India
    metres = distance_m(*PLACES[0], *PLACES[1])
    for at, local in ((NOON, 17), (night, 1)):
        expected = metres * POLICY.detour / (POLICY.weights.speeds_kmh[local] / 3.6)
        assert (await line.times_s(PLACES[:1], PLACES[1:2], at))[0][0] == pytest.approx(expected)


def test_who_has_no_place_has_no_eta() -> None:
    units = [unit(1), unit(2, place=None, base=None), unit(3, place=None, base=PLACES[0])]
    found = line_etas_s([call(1), call(2, place=None)], units, StraightLine(POLICY), POLICY, NOON)
    assert found[0, 0] == 0.0
    assert np.isnan(found).tolist() == [[False, True, False], [True, True, True]]


class Detours:
    """Travel times that are ten minutes each, and none to one place."""

    name = "roads"

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> list[list[float | None]]:
        self.asked.append((len(origins), len(goals)))
        return [[None if goal == PLACES[2] else 600.0 for goal in goals] for _ in origins]


async def test_those_near_a_choice_are_asked_about_in_one_question() -> None:
    policy, roads = replace(POLICY, shortlist=1), Detours()
    far = [Place(HERE.latitude + 0.01 * number, HERE.longitude) for number in range(6)]
    units = [unit(number, place=place) for number, place in enumerate(far)]
    units[1] = busy(1, 2, place=far[1])  # it can not be asked anyway
    waiting = [call(1), call(2, place=PLACES[2]), call(3, place=None)]
    line = StraightLine(policy)
    found = await etas_s(waiting, units, roads, line, policy, NOON)
    by_line = line_etas_s(waiting, units, line, policy, NOON)
    assert roads.asked == [(2, 2)]
    assert found[0].tolist() == [600.0, by_line[0, 1], 600.0, *by_line[0, 3:]]
    assert np.isnan(found[1]).sum() == 2  # no way by road
    assert np.isnan(found[2]).all()


async def test_a_straight_line_asks_nobody() -> None:
    line = StraightLine(POLICY)
    found = await etas_s([call(1)], [unit(1)], line, line, POLICY, NOON)
    assert found.tolist() == [[0.0]]
    roads = Detours()
    assert (await etas_s([], [unit(1)], roads, line, POLICY, NOON)).shape == (0, 1)
    assert np.isnan(await etas_s([call(1)], [unit(1, status="offline")], roads, line, POLICY, NOON)).sum() == 0
    assert roads.asked == []
