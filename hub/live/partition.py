"""One way to cut a channel's keys into cells, and what each cell's viewers are missing.

The fleet cut by map tiles is one partition, by status another, and the whole fleet is the one that is not cut at all.
A key is in one cell at a time, or in none. What changes is worked out for all cells at once: however many viewers
watch however many of them, a position costs one pass over the rows that are newer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hub.protocol.live_frames import Keys, Rows

Cell = Hashable
CellOf = Callable[[int], Cell | None]  # key → its cell now; None: in no cell


class Entry(NamedTuple):
    """A row, and the offset at which it took this value."""

    version: int
    row: list[object]


Tables = Mapping[str, dict[int, Entry]]  # each in order of version: what changed last is at the end


class Cut(Protocol):
    """What tells cells apart; equal cuts share a partition."""

    def __hash__(self) -> int:
        """Be a key."""

    def cell_of(self, tables: Tables) -> CellOf:
        """Return the function that finds a key's cell in these tables, which change under it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """No cut: every key that has a row is in the cell `()`."""

    def cell_of(self, tables: Tables) -> CellOf:
        """Return the function that finds a key's cell."""
        every = tuple(tables.values())

        def cell_of(key: int) -> Cell | None:
            for rows in every:
                if key in rows:
                    return ()
            return None

        return cell_of


@dataclass(slots=True)
class Changes:
    """What the viewers of each cell are missing. A key is in both parts of a cell's table never, of two cells' maybe:
    it moved from one to the other.
    """

    came: dict[Cell, Rows] = field(default_factory=dict)  # new and changed rows, and those of keys that came in
    left: dict[Cell, Keys] = field(default_factory=dict)  # keys that went out, or have no row in a table any more


class _Move(NamedTuple):
    version: int
    key: int
    former: Cell | None  # where it was until then


class Partition:
    """The keys by cell at `offset`, and a bounded memory of who moved."""

    def __init__(self, cut: Cut, tables: Tables, offset: int, *, moves_max: int) -> None:
        self.cut = cut
        self.offset = offset  # the state's; changes count from here on
        self.oldest = offset  # the lowest offset from which changes can still be told: below, moves are forgotten
        self.viewers = 0  # subscriptions that watch through this partition
        self._tables = tables
        self._cell_of = cut.cell_of(tables)
        self._moves_max = moves_max
        self._moves: deque[_Move] = deque()  # oldest first
        self._cells: dict[int, Cell] = {}  # by key
        self._members: dict[Cell, dict[int, None]] = {}  # the other way round; no empty ones
        self._changes: dict[int, Changes] = {}  # by base, since the last update
        for key in dict.fromkeys(key for rows in tables.values() for key in rows):
            cell = self._cell_of(key)
            if cell is not None:
                self._enter(key, cell)

    def __len__(self) -> int:
        return len(self._members)

    def update(self, gone: Mapping[int, None], changed: Mapping[int, None], offset: int) -> None:
        """Take in which keys were removed, and then which have new rows."""
        self.offset = offset
        self._changes.clear()
        cells, cell_of = self._cells, self._cell_of
        for key in gone:
            if key in cells:
                self._move(key, None)
        for key in changed:
            cell = cell_of(key)
            if cell != cells.get(key):
                self._move(key, cell)
        while len(self._moves) > self._moves_max:
            self.oldest = self._moves.popleft().version

    def snapshot(self, cell: Cell) -> Rows:
        """Return every row of a cell by table; every table is there."""
        members = self._members.get(cell, ())
        return {
            table: [entry.row for key in members if (entry := rows.get(key)) is not None]
            for table, rows in self._tables.items()
        }

    def since(self, base: int) -> Changes:
        """Return what changed after `base` in every cell; raises ValueError for what is forgotten or not yet true."""
        found = self._changes.get(base)
        if found is None:
            if not self.oldest <= base <= self.offset:
                raise ValueError(base)
            found = self._changes[base] = self._collect(base)
        return found

    def _collect(self, base: int) -> Changes:
        changes = Changes()
        for table, rows in self._tables.items():
            for key, entry in reversed(rows.items()):
                if entry.version <= base:
                    break
                cell = self._cells.get(key)
                if cell is not None:
                    changes.came.setdefault(cell, {}).setdefault(table, []).append(entry.row)
        self._collect_moves(base, changes)
        return changes

    def _collect_moves(self, base: int, changes: Changes) -> None:
        told: set[tuple[int, Cell | None]] = set()
        for version, key, former in reversed(self._moves):
            if version <= base:
                break
            if (key, former) in told:
                continue
            told.add((key, former))
            here = self._cells.get(key)
            for table, rows in self._tables.items():
                entry = rows.get(key)
                if former is not None and (former != here or entry is None):
                    changes.left.setdefault(former, {}).setdefault(table, []).append(key)
                if here is not None and (key, _CAME) not in told and entry is not None and entry.version <= base:
                    changes.came.setdefault(here, {}).setdefault(table, []).append(entry.row)
            told.add((key, _CAME))

    def _move(self, key: int, cell: Cell | None) -> None:
        former = self._cells.pop(key, None)
        if former is not None:
            members = self._members[former]
            del members[key]
            if not members:
                del self._members[former]
        if cell is not None:
            self._enter(key, cell)
        self._moves.append(_Move(self.offset, key, former))

    def _enter(self, key: int, cell: Cell) -> None:
        self._cells[key] = cell
        self._members.setdefault(cell, {})[key] = None


_CAME = object()  # stands in `told` for a key whose older rows were told to its new cell
