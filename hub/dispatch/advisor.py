"""Advice for people, on any hub: which units for a call, and where free units should wait."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

import numpy as np

from hub.clock import Clock
from hub.dispatch.chooser import Chooser
from hub.dispatch.decision import Decision
from hub.dispatch.lookout import Lookout
from hub.dispatch.picture import Picture
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.relocate import Advice, Post, Posts, advise
from hub.dispatch.travel import StraightLine, distances_m
from hub.dispatch.unit import Place, Unit
from hub.errors import NotFound
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from storage.dispatch import picture as stored
from storage.pool import Database

AT_POST_M: Final = 500.0  # whoever stands so near to a post waits there
MOVED_MAX: Final = 5  # units that are advised at once: more would be an order, and nobody reads it
POSTS_MAX: Final = 60
STAY: Final = "Every free unit waits where it is of use."


class Advisor:
    """Looks, chooses and explains; moves nothing."""

    def __init__(
        self, reader: Database, lookout: Lookout, chooser: Chooser, policy: DispatchPolicy, clock: Clock
    ) -> None:
        self._reader = reader
        self._lookout = lookout
        self._chooser = chooser
        self._policy = policy
        self._clock = clock

    async def suggest(self, request_id: UUID) -> Decision:
        """Return which units could take an open call, the best first, and why; raises NotFound and `StorageError`."""
        picture = await self._lookout.look()
        request = picture.requests.get(request_id)
        if request is None:
            raise NotFound
        [made] = await self._chooser.choose(picture, [request], kind="suggest", again=True, by_person=True)
        return made.decision

    async def advise(self) -> Decision:
        """Return where free units that wait nowhere should go; nobody has to. Raises `StorageError`."""
        picture, started_s = await self._lookout.look(), self._clock.monotonic_s()
        posts = [
            Post(row.name, Place(row.latitude, row.longitude))
            for row in await stored.posts(self._reader, posts_max=POSTS_MAX)
        ]
        demand = await self._chooser.demand(picture.at)
        loose, others = _loose(picture, posts)
        advices: list[Advice] = []
        travel = "line"
        if demand is not None and posts and loose:
            around = Posts.around(posts, demand, self._chooser.radius_m(picture.at))
            starts = [unit.place or Place(0.0, 0.0) for unit in loose]
            times_s, travel = await self._chooser.matrix_s(starts, [post.place for post in posts], picture.at)
            times_s = np.where(np.isnan(times_s), np.inf, times_s)
            # Some 20 ms for each unit of a large fleet: not in the way of those who send.
            advices = await asyncio.to_thread(advise, loose, others, around, times_s, self._policy)
        return Decision(
            "relocate",
            picture.at,
            travel,
            round((self._clock.monotonic_s() - started_s) * 1_000, 3),
            [_plain(advice) for advice in advices],
            " ".join(advice.words for advice in advices) or STAY,
            inputs={"loose": [unit.id for unit in loose], "posts": len(posts)},
        )


def by_lines(reader: Database, board: FleetBoard, policy: DispatchPolicy, clock: Clock, metrics: Metrics) -> Advisor:
    """Return an advisor that knows straight lines alone."""
    chooser = Chooser(reader, StraightLine(policy), policy, clock, metrics)
    return Advisor(reader, Lookout(reader, board, clock, policy), chooser, policy, clock)


def _loose(picture: Picture, posts: Sequence[Post]) -> tuple[list[Unit], dict[int, Place]]:
    """Return the free units that wait at no post, and where all others wait."""
    free = [(unit, unit.place) for unit in picture.units.values() if unit.status == "available" and unit.place]
    if not free or not posts:
        return [], {}
    nearest_m = distances_m([place for _, place in free], [post.place for post in posts]).min(axis=1)
    loose = [unit for (unit, _), metres in zip(free, nearest_m, strict=True) if metres > AT_POST_M][:MOVED_MAX]
    moved = {unit.id for unit in loose}
    return loose, {unit.id: place for unit, place in free if unit.id not in moved}


def _plain(advice: Advice) -> dict[str, object]:
    plain = asdict(advice)
    latitude, longitude = advice.post.place
    return {**plain, "post": advice.post.name, "latitude": latitude, "longitude": longitude}
