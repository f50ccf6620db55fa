"""What one viewer wants of a state, and the only thing that is kept for it: how far it is."""

from __future__ import annotations

from hub.live.feed import Feed
from hub.live.frames import SharedFrames
from hub.live.partition import Cell
from hub.protocol.codec import Codec
from hub.protocol.live_frames import Delta, Snapshot


class _Position:
    """How far a viewer is: what it was told, and what it holds without having been told so."""

    __slots__ = ("_answered", "_base", "_feed", "_partition", "_told")

    def __init__(self, feed: Feed, position: tuple[str, int] | None) -> None:
        self._feed = feed
        self._partition = partition = feed.partition
        epoch, offset = position or (None, 0)
        # The viewer's cells are at this offset; None: it has nothing that can be continued, it gets a snapshot.
        self._base = offset if epoch == feed.state.epoch and partition.oldest <= offset <= partition.offset else None
        # The offset that the viewer itself knows: lower than `_base` while only other cells changed.
        self._told = self._base or 0
        self._answered = False  # every subscription gets a first answer, also when the viewer misses nothing

    def end(self) -> None:
        """Let go of the partition."""
        self._feed.state.leave(self._partition)


class OneCell(_Position):
    """A viewer of one cell: its frames are plain snapshots and deltas."""

    __slots__ = ("_cell",)

    def __init__(self, feed: Feed, cell: Cell, position: tuple[str, int] | None) -> None:
        super().__init__(feed, position)
        self._cell = cell

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frame that brings the viewer to the state's offset, empty if nothing changed for it."""
        partition, base = self._partition, self._base
        told: int | None = self._told
        offset = partition.offset
        if base == offset and self._answered:
            return b""
        self._base = offset
        if base is None or base < partition.oldest:
            base = told = None
        key = (codec, self._feed, self._cell, base, told)
        frame = frames.find(key)
        if frame is None:
            frame = frames.keep(key, codec, self._message(base, told, frames.now_us))
        if not frame:
            if self._answered:
                return b""
            frame = frames.parts(self._feed, codec, base).closing[told]
        self._answered = True
        self._told = offset
        return frame

    def _message(self, base: int | None, told: int | None, now_us: int) -> Snapshot | Delta | None:
        feed = self._feed
        channel, epoch, offset, view = feed.channel, feed.state.epoch, feed.state.offset, feed.view
        if base is None or told is None:
            return Snapshot(channel, epoch, offset, now_us, view.rows(self._partition.snapshot(self._cell)))
        changes = self._partition.since(base)
        came = {table: rows for table, rows in view.rows(changes.came.get(self._cell, {})).items() if rows}
        left = view.keys(changes.left.get(self._cell, {}))
        return Delta(channel, epoch, told, offset, now_us, came, left) if came or left else None


class ManyCells(_Position):
    """A viewer of several cells: one write joins the shared parts of those that changed and a closing message."""

    __slots__ = ("_cells",)

    def __init__(self, feed: Feed, cells: frozenset[Cell], position: tuple[str, int] | None) -> None:
        super().__init__(feed, position)
        self._cells = cells

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the frames that bring the viewer to the state's offset, empty if nothing changed for it."""
        partition, base, cells = self._partition, self._base, self._cells
        offset = partition.offset
        if base == offset and self._answered:
            return b""
        self._base = offset
        if base is None or base < partition.oldest:
            parts = frames.parts(self._feed, codec, None)
            due = [parts.came[cell] for cell in cells]
            due.append(parts.closing[None])
        else:
            parts = frames.parts(self._feed, codec, base)
            left, came = parts.leaving & cells, parts.coming & cells
            if not (left or came) and self._answered:
                return b""
            due = [parts.left[cell] for cell in left]
            due += [parts.came[cell] for cell in came]
            due.append(parts.closing[self._told])
        self._answered = True
        self._told = offset
        return b"".join(due)
