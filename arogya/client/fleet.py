"""The fleet as a viewer knows it: snapshots and deltas in, ambulances out. Pure: time comes in as an argument."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Literal, NamedTuple, cast

from hub.errors import Malformed
from hub.protocol.live_frames import Delta, Part, Snapshot

STALE_S = 60.0  # docs/protocol.md: from this age on a position says where the ambulance was
OFFLINE_S = 300.0

Staleness = Literal["live", "stale", "offline", "unknown"]


class Position(NamedTuple):
    """An ambulance's newest good fix; None is what the receiver did not give."""

    latitude: float  # degrees, WGS 84
    longitude: float  # degrees, WGS 84
    speed: float | None  # m/s
    heading: float | None  # degrees clockwise from true north
    accuracy: float | None  # metres
    fix_at: int  # µs since 1970 UTC, by the hub's clock
    alarm_at: int | None  # when the crew called for help, while that is open


class Ambulance(NamedTuple):
    """One ambulance of the fleet; None is what there is not, or what this account does not see of it."""

    id: int
    plate_number: str | None
    driver_name: str | None
    status: str | None
    position: Position | None  # None until it has sent a good fix


class FleetChange(NamedTuple):
    """Which ambulances are not what they were."""

    changed: frozenset[int]
    removed: frozenset[int]
    resynced: bool  # the state was replaced as a whole: everything may differ


def merge(earlier: FleetChange, later: FleetChange) -> FleetChange:
    """Return one change that says what two in a row said."""
    return FleetChange(
        (earlier.changed - later.removed) | later.changed,
        (earlier.removed - later.changed) | later.removed,
        earlier.resynced or later.resynced,
    )


class OutOfStep(Exception):
    """A delta does not continue what is known here: subscribe again with (`epoch`, `offset`)."""


class Fleet:
    """State of a channel (`fleet` or a part of it, or `ambulance:{id}`) at one (epoch, offset)."""

    def __init__(self) -> None:
        self.epoch: str | None = None  # None before the first snapshot
        self.offset = 0  # the newest change that is in `ambulances`
        self._server_time = 0  # of the newest message, µs
        self._heard_at = 0  # the viewer's own monotonic clock then, µs
        self._units: dict[int, list[object]] = {}
        self._fixes: dict[int, list[object]] = {}
        self._ambulances: dict[int, Ambulance] = {}
        self._parts: list[Part] = []  # kept aside until the snapshot or delta that they belong to

    @property
    def ambulances(self) -> Mapping[int, Ambulance]:
        """Return the ambulances by id; the mapping follows every change."""
        return MappingProxyType(self._ambulances)

    def forget_position(self) -> None:
        """Be in step with nothing from now on: only a snapshot is taken. What is shown stays until then."""
        self.epoch, self.offset = None, 0
        self.forget_parts()

    def forget_parts(self) -> None:
        """Drop the parts that were kept aside: their connection is over."""
        self._parts.clear()

    def apply(self, message: Snapshot | Delta | Part, heard_at: int) -> FleetChange | None:
        """Take a message heard at `heard_at` (µs of a monotonic clock); returns None if there is nothing new yet.

        Raises `OutOfStep` for a delta that leaves a gap, `Malformed` for rows that are not a fleet's.
        """
        if isinstance(message, Part):
            self._parts.append(message)
            return None
        parts, self._parts = self._parts, []
        self._server_time, self._heard_at = message.server_time, heard_at
        if isinstance(message, Snapshot):
            return self._replace(message, parts)
        if message.epoch != self.epoch or message.base > self.offset:
            raise OutOfStep
        if message.offset <= self.offset:
            return None
        changed = self._take((*parts, message))
        self.offset = message.offset
        removed = {key for key in changed if not self._join(key)}
        return FleetChange(frozenset(changed - removed), frozenset(removed), resynced=False)

    def _replace(self, snapshot: Snapshot, parts: list[Part]) -> FleetChange:
        before = set(self._ambulances)
        self._units, self._fixes = {}, {}
        self._take((*parts, Part(snapshot.channel, snapshot.set)))
        self._ambulances.clear()  # kept as an object: callers hold a view of it
        for key in self._units:
            self._join(key)
        self.epoch, self.offset = snapshot.epoch, snapshot.offset
        return FleetChange(frozenset(self._ambulances), frozenset(before - set(self._ambulances)), resynced=True)

    def _take(self, parts: Iterable[Part | Delta]) -> set[int]:
        changed: set[int] = set()
        tables = (("units", self._units, 4), ("fixes", self._fixes, 8))
        for part, (name, rows, width) in product(parts, tables):
            for key in part.removed.get(name, ()):
                rows.pop(key, None)
                changed.add(key)
            for row in part.set.get(name, ()):
                if len(row) < width or type(row[0]) is not int:
                    raise Malformed(f"a row of {name} has {width} elements, the first an id")
                rows[row[0]] = row
                changed.add(row[0])
        return changed

    def _join(self, key: int) -> bool:
        """Build the ambulance from its rows; returns whether there is one."""
        unit = self._units.get(key)
        if unit is None:
            self._ambulances.pop(key, None)
            return False
        fix = self._fixes.get(key)
        # The hub is trusted for the types inside a row: it is its own contract, tested there.
        position = Position(*cast("tuple[float, float, None, None, None, int, None]", fix[1:8])) if fix else None
        self._ambulances[key] = Ambulance(*cast("tuple[int, str | None, str | None, str | None]", unit[:4]), position)
        return True

    def age_s(self, ambulance_id: int, now: int) -> float | None:
        """Return the age of an ambulance's position at `now` (µs, the clock of `apply`), never negative.

        None when it has none. Uses the hub's clock, so a wrong clock at the viewer does not matter.
        """
        ambulance = self._ambulances.get(ambulance_id)
        if ambulance is None or ambulance.position is None:
            return None
        server_now = self._server_time + now - self._heard_at
        return max(0.0, (server_now - ambulance.position.fix_at) / 1e6)

    def staleness(self, ambulance_id: int, now: int) -> Staleness:
        """Return how far an ambulance's position can be believed at `now`."""
        age_s = self.age_s(ambulance_id, now)
        if age_s is None:
            return "unknown"
        if age_s < STALE_S:
            return "live"
        return "stale" if age_s < OFFLINE_S else "offline"
