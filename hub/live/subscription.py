"""What one viewer wants of a state, and the only thing that is kept for it: how far it is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

from hub.live.frames import SharedFrames
from hub.live.partition import Cell, Partition
from hub.live.state import State
from hub.live.view import View
from hub.protocol.codec import Codec
from hub.protocol.live_frames import Delta, Snapshot


class Feed(NamedTuple):
    """What a subscription reads from: the state under a channel's name, cut by a partition, seen through a view."""

    channel: str
    state: State
    partition: Partition
    view: View


class _Position:
    """How far a viewer is: what it was told, and what it holds without having been told so."""

    __slots__ = ("_answered", "_base", "_feed", "_told")

    def __init__(self, feed: Feed, position: tuple[str, int] | None) -> None:
        self._feed = feed
        state, partition = feed.state, feed.partition
        known = position is not None and position[0] == state.epoch
        offset = position[1] if position is not None else 0
        # The viewer's cells are at this offset; None: it has nothing that can be continued, it gets a snapshot.
        self._base = offset if known and partition.oldest <= offset <= state.offset else None
        # The offset that the viewer itself knows: lower than `_base` while only other cells changed.
        self._told = self._base or 0
        self._answered = False  # every subscription gets a first answer, also when the viewer misses nothing

    def end(self) -> None:
        """Let go of the partition."""
        self._feed.state.leave(self._feed.partition)

    def _closing(self, frames: SharedFrames, codec: Codec, *, whole: bool) -> bytes:
        """Return the message that ends a run of parts: all of it is in them."""
        channel, state, _, view = self._feed
        told = None if whole else self._told
        key = (codec.subprotocol, channel, state, view, told)
        frame = frames.find(key)
        if frame is None:
            message: Snapshot | Delta
            if told is None:
                empty = view.rows({table: [] for table in state.tables})
                message = Snapshot(channel, state.epoch, state.offset, frames.now_us, empty)
            else:
                message = Delta(channel, state.epoch, told, state.offset, frames.now_us)
            frame = frames.keep(key, codec, message)
        return frame


class OneCell(_Position):
    """A viewer of one cell: its frames are plain snapshots and deltas."""

    __slots__ = ("_cell", "_key")

    def __init__(self, feed: Feed, cell: Cell, position: tuple[str, int] | None) -> None:
        super().__init__(feed, position)
        self._cell = cell
        self._key: Hashable = (feed.channel, feed.view, feed.partition, cell)

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frame that brings the viewer to the state's offset, empty if nothing changed for it."""
        partition, base = self._feed.partition, self._base
        offset = partition.offset
        if base == offset and self._answered:
            return b""
        self._base = offset
        if base is None or base < partition.oldest:
            base = told = None
        else:
            told = self._told
        key = (codec.subprotocol, self._key, base, told)
        frame = frames.find(key)
        if frame is None:
            frame = frames.keep(key, codec, self._message(base, frames.now_us))
        if not frame:
            if self._answered:
                return b""
            frame = self._closing(frames, codec, whole=False)
        self._answered = True
        self._told = offset
        return frame

    def _message(self, base: int | None, now_us: int) -> Snapshot | Delta | None:
        channel, state, partition, view = self._feed
        if base is None:
            return Snapshot(channel, state.epoch, state.offset, now_us, view.rows(partition.snapshot(self._cell)))
        changes = partition.since(base)
        came = {table: rows for table, rows in view.rows(changes.came.get(self._cell, {})).items() if rows}
        left = view.keys(changes.left.get(self._cell, {}))
        if not came and not left:
            return None
        return Delta(channel, state.epoch, self._told, state.offset, now_us, came, left)


class ManyCells(_Position):
    """A viewer of several cells: one write joins the shared parts of those that changed and a closing message."""

    __slots__ = ("_cells", "_of")

    def __init__(self, feed: Feed, cells: frozenset[Cell], position: tuple[str, int] | None) -> None:
        super().__init__(feed, position)
        self._cells = cells
        self._of = (feed.channel, feed.view, feed.partition)

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frames that bring the viewer to the state's offset, empty if nothing changed for it."""
        partition, base = self._feed.partition, self._base
        offset = partition.offset
        if base == offset and self._answered:
            return b""
        self._base = offset
        if base is None or base < partition.oldest:
            parts = frames.parts(self._of, codec, None)
            due = [parts.came[cell] for cell in self._cells]
            due.append(self._closing(frames, codec, whole=True))
        else:
            parts = frames.parts(self._of, codec, base)
            left, came = parts.leaving & self._cells, parts.coming & self._cells
            if not left and not came and self._answered:
                return b""
            due = [parts.left[cell] for cell in left]
            due += [parts.came[cell] for cell in came]
            due.append(self._closing(frames, codec, whole=False))
        self._answered = True
        self._told = offset
        return b"".join(due)
