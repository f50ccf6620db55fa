"""Frames of a turn put together: those of a stream that follow each other, and those of streams that look alike. Pure.

A sensor that was held up sends many frames at once. One by one they would be taken in as many small steps, each of
which costs what a step of a thousand streams costs: a hub that is behind would be slower for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.motion.admission import Frame

Chunk = list[Frame]  # of one stream, of one shape, without a hole between them, under the same targets


def rounds(of_each: Iterable[list[Frame]]) -> Iterator[list[Chunk]]:
    """Yield chunks of one shape and length, of a different stream each, so that a stream's frames keep their order.

    `of_each` has the frames of each stream.
    """
    waiting = [[frames] if len(frames) == 1 else chunks_of(frames) for frames in of_each]
    longest = max(map(len, waiting), default=0)
    for place in range(longest):
        alike: dict[tuple[int, int, int, bool], list[Chunk]] = {}
        for chunks in waiting:
            if place < len(chunks):
                chunk = chunks[place]
                frame = chunk[0]
                shape = (len(chunk), len(frame.stream.joints), frame.samples, frame.offsets is None)
                alike.setdefault(shape, []).append(chunk)
        yield from alike.values()


def chunks_of(frames: list[Frame]) -> list[Chunk]:
    """Return the frames of one stream in chunks."""
    chunks = [frames[:1]]
    for frame in frames[1:]:
        if _goes_on(chunks[-1], frame):
            chunks[-1].append(frame)
        else:
            chunks.append([frame])
    return chunks


def _goes_on(chunk: Chunk, frame: Frame) -> bool:
    before, until = chunk[-1], frame.stream.targets_until
    return (
        frame.first == before.last + 1
        and frame.samples == before.samples
        and (frame.offsets is None) == (before.offsets is None)
        # What is to be reached may change behind `until`; what comes after that is not looked ahead at.
        and (frame.received_at < until or frame.received_at == chunk[0].received_at)
    )
