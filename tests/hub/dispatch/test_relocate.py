"""Where free units should wait."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hub.dispatch.coverage import Coverage, Demand
from hub.dispatch.relocate import Post, Posts, advise, best_post
from hub.dispatch.unit import Place
from tests.hub.dispatch.scene import POLICY, unit

NORTH, MIDDLE, SOUTH = Place(18.6, 73.85), Place(18.5, 73.85), Place(18.4, 73.85)
DEMAND = Demand((NORTH, MIDDLE, SOUTH), np.array([1.0, 3.0, 2.0]))
POSTS = Posts.around([Post("North", NORTH), Post("Middle", MIDDLE), Post("South", SOUTH)], DEMAND, 2_000.0)


def test_units_spread_over_what_is_not_covered_yet() -> None:
    units = [unit(number, place=NORTH) for number in (1, 2, 3)]
    advices = advise(units, {}, POSTS, np.array([[10.0, 600.0, 1_200.0]] * 3), POLICY)
    assert [advice.post.name for advice in advices] == ["Middle", "South", "Middle"]
    assert advices[0].words.startswith("MH-1 should wait at Middle, 10 min away: ")
    # q = 0.4: the third unit in the north covers 1·0.6·0.4², the first one in the middle 3·0.6.
    assert advices[0].gain_per_h == pytest.approx(3 * 0.6 - 0.6 * 0.4**2, abs=1e-5)
    # Alone in the north the last one covers 1·0.6; a second in the middle covers more.
    assert advices[2].gain_per_h == pytest.approx(3 * 0.6 * 0.4 - 0.6, abs=1e-5)


def test_others_that_wait_there_count() -> None:
    advices = advise([unit(1, place=NORTH)], {7: MIDDLE}, POSTS, np.array([[0.0, 600.0, 1_200.0]]), POLICY)
    assert [advice.post.name for advice in advices] == ["South"]


def test_nobody_drives_for_nothing_or_too_far() -> None:
    times = np.array([[0.0, 9_000.0, 1_200.0]])
    lazy = replace(POLICY, weights=replace(POLICY.weights, relocate_gain=2.0))
    assert advise([unit(1, place=NORTH)], {}, POSTS, times, lazy) == []
    [advice] = advise([unit(1, place=NORTH)], {}, POSTS, times, POLICY)
    assert advice.post.name == "South"
    assert advise([unit(1, place=NORTH)], {}, POSTS, np.full((1, 3), np.nan), POLICY) == []


def test_of_equal_posts_the_nearest_is_taken() -> None:
    coverage = Coverage(np.ones(2), {}, 0.4)
    demand = Demand((NORTH, SOUTH), np.ones(2))
    posts = Posts.around([Post("North", NORTH), Post("South", SOUTH)], demand, 2_000.0)
    best = best_post(1, coverage, posts, np.array([500.0, 300.0]), POLICY)
    assert best is not None
    assert best[0] == 1
    assert best[1] == pytest.approx(0.6)
    assert best_post(1, coverage, Posts.around([], demand, 1.0), np.zeros(0), POLICY) is None
