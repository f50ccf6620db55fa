"""What a kind of viewers reads from: those who watch the same cells through the same view share every write."""

from __future__ import annotations

from hub.live.frames import SharedFrames
from hub.live.partition import Cell
from hub.live.parts import Parts, Source
from hub.protocol.codec import Codec
from hub.protocol.live_frames import Delta, Snapshot


class Feed:
    """Some cells of a source; the same feed is the same object.

    One cell is told in plain snapshots and deltas. Of several cells, one write joins the parts of those that changed,
    which other feeds share, and a closing message.
    """

    __slots__ = ("__weakref__", "cells", "partition", "source")

    def __init__(self, source: Source, cells: frozenset[Cell]) -> None:
        self.source = source
        self.cells = cells
        self.partition = source.partition

    def whole(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return all that is in the cells."""
        if len(self.cells) > 1:
            parts = self._parts(frames, codec, None)
            return b"".join([*(parts.came[cell] for cell in self.cells), parts.closing[None]])
        channel, state, partition, view = self.source
        (cell,) = self.cells
        rows = view.rows(partition.snapshot(cell))
        return frames.encode(codec, Snapshot(channel, state.epoch, state.offset, frames.now_us, rows))

    def since(self, frames: SharedFrames, codec: Codec, base: int, told: int) -> bytes:
        """Return what changed after `base` for a viewer who knows the offset `told`, empty if nothing did."""
        if len(self.cells) > 1:
            parts = self._parts(frames, codec, base)
            due = [parts.left[cell] for cell in parts.leaving & self.cells]
            due += [parts.came[cell] for cell in parts.coming & self.cells]
            if any(due):
                due.append(parts.closing[told])
            return b"".join(due)
        channel, state, partition, view = self.source
        (cell,) = self.cells
        changes = partition.since(base)
        came = {table: rows for table, rows in view.rows(changes.came.get(cell, {})).items() if rows}
        left = view.keys(changes.left.get(cell, {}))
        if not came and not left:
            return b""
        return frames.encode(codec, Delta(channel, state.epoch, told, state.offset, frames.now_us, came, left))

    def nothing(self, frames: SharedFrames, codec: Codec, base: int, told: int) -> bytes:
        """Return the answer to a viewer who misses nothing: a delta without rows."""
        return self._parts(frames, codec, base).closing[told]

    def _parts(self, frames: SharedFrames, codec: Codec, base: int | None) -> Parts:
        return frames.once((codec, self.source, base), lambda: Parts(frames, codec, self.source, base))
