"""The parts that viewers of several cells share, each encoded when the first of them needs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from hub.live.frames import SharedFrames
from hub.live.partition import Cell, Changes, Partition
from hub.live.state import State
from hub.live.view import View
from hub.protocol.codec import Codec
from hub.protocol.live_frames import Delta, Part, Rows, Snapshot

K = TypeVar("K")


class Source(NamedTuple):
    """A state under a channel's name, cut by a partition, seen through a view."""

    channel: str
    state: State
    partition: Partition
    view: View


class Parts:
    """What came to and left every cell after `base`, as frames; without a base all that is in the cells."""

    def __init__(self, frames: SharedFrames, codec: Codec, source: Source, base: int | None) -> None:
        channel, state, partition, view = source
        changes = Changes() if base is None else partition.since(base)

        def leaving(cell: Cell) -> bytes:
            return frames.encode(codec, Part(channel, removed=view.keys(changes.left[cell])))

        def coming(cell: Cell) -> bytes:
            rows = partition.snapshot(cell) if base is None else changes.came[cell]
            shown = {table: every for table, every in view.rows(rows).items() if every}
            return frames.encode(codec, Part(channel, set=shown)) if shown else b""

        def ending(told: int | None) -> bytes:
            if told is not None:
                return frames.encode(codec, Delta(channel, state.epoch, told, state.offset, frames.now_us))
            empty: Rows = {table: [] for table in state.tables}
            return frames.encode(codec, Snapshot(channel, state.epoch, state.offset, frames.now_us, empty))

        self.leaving = frozenset(changes.left)  # cells that something went out of
        self.coming = frozenset(changes.came)  # cells with new or changed rows
        self.left = _Frames(leaving)  # by cell
        self.came = _Frames(coming)  # by cell
        self.closing = _Frames(ending)  # by the offset that the viewer knows; None: a snapshot


class _Frames(dict[K, bytes]):
    """Frames that are made at their first use."""

    def __init__(self, make: Callable[[K], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: K) -> bytes:
        frame = self[key] = self._make(key)
        return frame
