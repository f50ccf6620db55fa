"""The newest row of every key, numbered by tick, so that anybody can be brought up to date.

The law that everything else rests on: `apply(snapshot(p), deltas(p..q)) == snapshot(q)`, for the whole and for every
cell of every partition. Pure: no clock, no sockets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.live.partition import Cut, Entry, Partition, Whole

RowOf = Callable[[int, Any], list[object]]  # (key, value) → the row as viewers get it, the key first


class State:
    """What a state channel holds at `offset`, and what was put since."""

    def __init__(self, tables: Mapping[str, RowOf], *, epoch: str, moves_max: int = 10_000) -> None:
        self.epoch = epoch  # names this numbering; another process, another epoch
        self.offset = 0  # grows by one with each advance() that changed something
        self.changed = _nobody  # called by the first change after an advance; whoever ticks sets it
        self._row_of = dict(tables)
        self._moves_max = moves_max  # what each partition remembers
        self.tables: dict[str, dict[int, Entry]] = {table: {} for table in tables}
        self._partitions: dict[Cut, Partition] = {}  # those that somebody watches through
        # What the next advance() takes in; a key that changes twice within a tick is built and sent once.
        self._gone: dict[int, None] = {}
        self._pending: dict[str, dict[int, Any]] = {table: {} for table in tables}
        self._dirty = False
        # Kept while nobody watches, so that whoever comes back gets what it missed.
        self.whole = self.enter(Whole())

    def __contains__(self, key: int) -> bool:
        return any(key in rows for rows in self.tables.values())

    @property
    def partitions(self) -> int:
        """Return how many partitions are in use, the whole included."""
        return len(self._partitions)

    def put(self, table: str, key: int, value: object) -> None:
        """Set a row to a value that the table's row function understands; viewers see it after the next advance."""
        self._pending[table][key] = value
        if not self._dirty:
            self._touch()

    def remove(self, key: int) -> None:
        """Take a key's rows away; one that is not there is fine."""
        for pending in self._pending.values():
            pending.pop(key, None)
        self._gone[key] = None
        if not self._dirty:
            self._touch()

    def advance(self) -> bool:
        """Take in what was put since the last time; tell whether the offset grew."""
        if not self._dirty:
            return False
        self._dirty = False
        version = self.offset + 1
        gone = {key: None for key in self._gone if self._drop(key)}
        self._gone.clear()
        changed: dict[int, None] = {}
        for table, pending in self._pending.items():
            rows, row_of = self.tables[table], self._row_of[table]
            for key, value in pending.items():
                rows.pop(key, None)  # also to be replaced: the order is by version
                rows[key] = Entry(version, row_of(key, value))
            changed.update(dict.fromkeys(pending))
            pending.clear()
        if not gone and not changed:
            return False
        self.offset = version
        for partition in self._partitions.values():
            partition.update(gone, changed, version)
        return True

    def has(self, cut: Cut) -> bool:
        """Tell whether a partition is in use, so that entering it costs nothing."""
        return cut in self._partitions

    def enter(self, cut: Cut) -> Partition:
        """Return the partition by this cut, made at its first use; `leave` it once for each time."""
        partition = self._partitions.get(cut)
        if partition is None:
            partition = Partition(cut, self.tables, self.offset, moves_max=self._moves_max)
            self._partitions[cut] = partition
        partition.viewers += 1
        return partition

    def leave(self, partition: Partition) -> None:
        """Give a partition up; after the last one it is forgotten."""
        partition.viewers -= 1
        if not partition.viewers:
            del self._partitions[partition.cut]

    def _touch(self) -> None:
        self._dirty = True
        self.changed()

    def _drop(self, key: int) -> bool:
        return sum(rows.pop(key, None) is not None for rows in self.tables.values()) > 0


def _nobody() -> None:
    """Stand in until somebody ticks."""
