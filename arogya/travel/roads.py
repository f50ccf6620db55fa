"""Travel times on a road graph that the hub reads from a file: exact on what the file says, without another server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from hub.dispatch.geo import EARTH_RADIUS_M
from hub.dispatch.unit import Place

OFF_ROAD_M_PER_S: Final = 5.0  # from a place to the crossing that is nearest to it
STEADY: Final = (1.0,) * 24


class RoadsError(Exception):
    """The file is no road graph; says why."""


class RoadsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file holds, as JSON."""

    nodes: list[tuple[float, float]]  # crossings: latitude, longitude
    ways: list[tuple[int, int, float]]  # from, to (places in `nodes`), seconds on an empty road; both directions stand
    pace: tuple[float, ...] = STEADY  # by hour of the day, local time: the share of that speed that is driven


class RoadGraph:
    """Crossings and the ways between them."""

    name = "roads"

    def __init__(self, roads: RoadsFile, zone: tzinfo = UTC) -> None:
        """Take a graph; raises `RoadsError` where a way leads nowhere or takes no time."""
        if not roads.nodes or len(roads.pace) != len(STEADY) or min(roads.pace) <= 0.0:
            raise RoadsError("it needs crossings, and a pace above 0 for each of the 24 hours")
        ways = np.array(roads.ways, float).reshape(-1, 3)
        starts, ends, seconds = ways[:, 0].astype(int), ways[:, 1].astype(int), ways[:, 2]
        if ways.size and (ways[:, :2].min() < 0 or ways[:, :2].max() >= len(roads.nodes) or seconds.min() <= 0.0):
            raise RoadsError("each way needs two crossings of the list and more than 0 seconds")
        self._links = starts, ends, seconds
        self._nodes = np.array(roads.nodes, float)
        self._pace = roads.pace
        self._zone = zone  # whose hours these are

    # scipy takes a second to load: with the first question, which a thread answers, and not before a hub serves.
    @cached_property
    def _ways(self) -> Any:
        from scipy.sparse import csr_array

        starts, ends, seconds = self._links
        return csr_array((seconds, (starts, ends)), shape=(len(self._nodes), len(self._nodes)))

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        return KDTree(_on_sphere(self._nodes))

    @classmethod
    def read(cls, path: Path, zone: tzinfo = UTC) -> RoadGraph:
        """Read a file of `RoadsFile`; raises `RoadsError`."""
        try:
            return cls(msgspec.json.decode(path.read_bytes(), type=RoadsFile), zone)
        except OSError as error:
            raise RoadsError(f"{path}: {error.strerror}") from error
        except (msgspec.DecodeError, RoadsError) as error:
            raise RoadsError(f"{path} is no road graph: {error}") from error

    async def times_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> list[list[float | None]]:
        """Return a row for each origin with the seconds to each goal; None where there is no way."""
        times: list[list[float]] = (await asyncio.to_thread(self.matrix_s, origins, goals, at)).tolist()
        return [[time if time < np.inf else None for time in row] for row in times]

    def matrix_s(self, origins: Sequence[Place], goals: Sequence[Place], at: datetime) -> NDArray[np.float64]:
        """Return the same as an array, with inf where there is no way: a search from each origin."""
        starts, ends = self.nearest(origins), self.nearest(goals)
        pace = self._pace[at.astimezone(self._zone).hour]
        off = self._metres(origins, starts)[:, None] + self._metres(goals, ends)[None, :]
        found: NDArray[np.float64] = self.from_nodes(starts)[:, ends] / pace + off / OFF_ROAD_M_PER_S
        return found

    def from_nodes(self, starts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the seconds on empty roads from these crossings (rows) to all (columns), by Dijkstra's algorithm."""
        from scipy.sparse.csgraph import dijkstra

        only, back = np.unique(starts, return_inverse=True)
        times: NDArray[np.float64] = np.atleast_2d(dijkstra(self._ways, indices=only))[back]
        return times

    def nearest(self, places: Sequence[Place]) -> NDArray[np.int64]:
        """Return the crossing nearest to each place."""
        _, found = self._tree.query(_on_sphere(np.array(places, float).reshape(-1, 2)))
        return np.asarray(found, np.int64)

    def _metres(self, places: Sequence[Place], nodes: NDArray[np.int64]) -> NDArray[np.float64]:
        here, there = (_on_sphere(each) for each in (np.array(places, float).reshape(-1, 2), self._nodes[nodes]))
        metres: NDArray[np.float64] = np.linalg.norm(here - there, axis=1)
        return metres


def _on_sphere(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return degrees as metres from the middle of the Earth: straight distances order as those on the ground do."""
    latitude, longitude = np.radians(places[:, 0]), np.radians(places[:, 1])
    level = np.cos(latitude)
    return EARTH_RADIUS_M * np.stack([level * np.cos(longitude), level * np.sin(longitude), np.sin(latitude)], axis=1)
