"""A state channel: the newest row of every key, numbered by tick, so that anybody can be brought up to date.

The law that everything else rests on: `apply(snapshot(p), deltas(p..q)) == snapshot(q)`. Pure: no clock, no sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from hub.protocol.live_frames import Keys, Rows

V = TypeVar("V")
RowOf = Callable[[int, Any], list[object]]  # (key, value) → the row as viewers get it, the key first


class Change(NamedTuple):
    """What a viewer at some offset is missing; no key is in both parts of a table."""

    set: Rows
    removed: Keys


class _Versioned(NamedTuple):
    version: int  # the offset at which the row took this value
    row: list[object]


class StateChannel:
    """One channel's state at `offset`, and what was put since."""

    def __init__(self, name: str, tables: Mapping[str, RowOf], *, epoch: str, tombstones_max: int = 10_000) -> None:
        self.name = name
        self.epoch = epoch  # names this numbering; another process, another epoch
        self.offset = 0  # grows by one with each advance() that changed something
        self.changed = _nobody  # called by the first change after an advance; whoever ticks sets it
        self._row_of = dict(tables)
        self._tombstones_max = tombstones_max
        self._oldest = 0  # the lowest offset from which a change can still be told: below, removals are forgotten
        # By table and key, in order of version: what changed last is at the end.
        self._rows: dict[str, dict[int, _Versioned]] = {table: {} for table in tables}
        self._removed: dict[tuple[str, int], int] = {}  # version of each removal, oldest first
        # What the next advance() takes in; a key that moves twice within a tick is built and sent once.
        self._pending: dict[str, dict[int, Any]] = {table: {} for table in tables}
        self._dirty = False

    def __len__(self) -> int:
        return sum(len(rows) for rows in self._rows.values())

    def put(self, table: str, key: int, value: object) -> None:
        """Set a key to a value that the table's row function understands; viewers see it after the next advance."""
        self._pending[table][key] = value
        if not self._dirty:
            self._dirty = True
            self.changed()

    def remove(self, table: str, key: int) -> None:
        """Take a key away; one that is not there is fine."""
        self.put(table, key, _GONE)

    def advance(self) -> bool:
        """Take in what was put since the last time; tell whether the offset grew."""
        if not self._dirty:
            return False
        self._dirty = False
        version = self.offset + 1
        touched = False
        for table, pending in self._pending.items():
            for key, value in pending.items():
                touched |= self._take_in(table, key, value, version)
            pending.clear()
        if touched:
            self.offset = version
            self._forget_removals()
        return touched

    def serves(self, epoch: str | None, offset: int | None) -> bool:
        """Tell whether a viewer at this position can be brought up to date by a change instead of a snapshot."""
        return epoch == self.epoch and offset is not None and self._oldest <= offset <= self.offset

    def snapshot(self) -> Rows:
        """Return every row, least recently changed first."""
        return {table: [entry.row for entry in rows.values()] for table, rows in self._rows.items()}

    def since(self, base: int) -> Change:
        """Return what changed after `base`; raises ValueError where `serves` says no."""
        if not self._oldest <= base <= self.offset:
            raise ValueError(base)
        changed: Rows = {}
        for table, rows in self._rows.items():
            if newer := [entry.row for entry in _newer(rows, base)]:
                changed[table] = newer
        removed: Keys = {}
        for (table, key), version in reversed(self._removed.items()):
            if version <= base:
                break
            removed.setdefault(table, []).append(key)
        return Change(changed, removed)

    def _take_in(self, table: str, key: int, value: object, version: int) -> bool:
        rows = self._rows[table]
        former = rows.pop(key, None)  # popped also to be replaced: the order is by version
        if value is _GONE:
            if former is None:
                return False
            self._removed[table, key] = version
            return True
        rows[key] = _Versioned(version, self._row_of[table](key, value))
        self._removed.pop((table, key), None)
        return True

    def _forget_removals(self) -> None:
        while len(self._removed) > self._tombstones_max:
            first = next(iter(self._removed))
            self._oldest = max(self._oldest, self._removed.pop(first))


def _newer(rows: dict[int, _Versioned], base: int) -> Iterator[_Versioned]:
    for entry in reversed(rows.values()):
        if entry.version <= base:
            return
        yield entry


def _nobody() -> None:
    """Stand in until somebody ticks."""


_GONE: Hashable = object()
