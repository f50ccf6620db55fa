"""Where free units should wait, so that the next calls are reached in time: advice, never an order. Pure.

DMEXCLP (Jagtenberg, Bhulai, van der Mei 2015, "An efficient heuristic for real-time ambulance redeployment"): a unit
that becomes free goes to the post where it adds most to the expected coverage, given where the other free units wait or
are going to. Only the units in question are moved, and none for a gain that is not worth the drive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.coverage import Coverage, Demand, Reach, reach_of
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Place, Unit


@dataclass(frozen=True, slots=True)
class Post:
    """A place where ambulances wait: a station, a hospital, a corner by agreement."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Posts:
    """All of them, and the cells of demand that a unit reaches in time from each."""

    posts: tuple[Post, ...]
    demand: Demand
    radius_m: float
    reach: Reach  # a row for each post, a column for each cell

    @classmethod
    def around(cls, posts: Sequence[Post], demand: Demand, radius_m: float) -> Posts:
        """Return posts from which as far as `radius_m` is reached."""
        reach = reach_of([post.place for post in posts], demand.cells, radius_m)
        return cls(tuple(posts), demand, radius_m, reach)


@dataclass(frozen=True, slots=True)
class Advice:
    """Where one unit should wait."""

    ambulance_id: int
    plate_number: str
    post: Post
    eta_s: float
    gain_per_h: float  # calls an hour more that are reached in time than where it would wait otherwise
    words: str


def best_post(
    unit_id: int, coverage: Coverage, posts: Posts, eta_s: NDArray[np.float64], policy: DispatchPolicy
) -> tuple[int, float] | None:
    """Return the post where a unit adds most (of equals the nearest), and what it adds; None if none is near enough.

    `coverage` counts each unit where it waits or will wait; `eta_s` has the seconds to each post.
    """
    gains = coverage.gains(posts.reach, without=unit_id)
    gains = np.where(eta_s <= policy.weights.relocate_within_s, gains, -1.0)
    if not gains.size or gains.max() < 0.0:
        return None
    order = np.lexsort((eta_s, -np.round(gains, 9)))
    return int(order[0]), float(gains[order[0]])


def advise(
    units: Sequence[Unit],
    others: Mapping[int, Place],
    posts: Posts,
    eta_s: NDArray[np.float64],
    policy: DispatchPolicy,
) -> list[Advice]:
    """Return where each of these free units should better wait, one after the other; none for too little gain.

    `others` are the places where the other free units wait or are going to, `eta_s` has a row for each unit and a
    column for each post.
    """
    waits = {unit.id: unit.place or unit.base for unit in units}
    places = {**others, **{unit: place for unit, place in waits.items() if place is not None}}
    advices = []
    for row, unit in enumerate(units):
        coverage = Coverage.of(posts.demand, places, posts.radius_m, policy.busy_share)
        best = best_post(unit.id, coverage, posts, eta_s[row], policy)
        if best is None:
            continue
        gain_per_h = best[1] - coverage.loss(unit.id)
        if gain_per_h < policy.weights.relocate_gain:
            continue
        post = posts.posts[best[0]]
        places[unit.id] = post.place
        advices.append(_advice(unit, post, float(eta_s[row, best[0]]), gain_per_h))
    return advices


def _advice(unit: Unit, post: Post, eta_s: float, gain_per_h: float) -> Advice:
    words = (
        f"{unit.plate_number} should wait at {post.name}, {max(1, round(eta_s / 60))} min away: "
        f"{gain_per_h * 24:.1f} calls a day more would be reached in time from there."
    )
    return Advice(unit.id, unit.plate_number, post, eta_s, gain_per_h, words)
