"""What the tests of the motion client send, and what a hub must have of it."""

from __future__ import annotations

from arogya.client import MotionStream

BEGAN = 1_700_000_000_000_000
INTERVAL_US = 10_000


def angles(first: int, samples: int, joints: int = 2) -> list[list[float]]:
    """Return made-up degrees of the samples `first` …, exact in float32."""
    return [[(seq % 500) / 4 + joint for seq in range(first, first + samples)] for joint in range(joints)]


def expected(last: int, joints: int = 2) -> dict[int, tuple[int, tuple[float, ...]]]:
    """Return what a hub has of the samples 1 to `last`, by seq."""
    return {
        seq: (BEGAN + seq * INTERVAL_US, tuple((seq % 500) / 4 + joint for joint in range(joints)))
        for seq in range(1, last + 1)
    }


async def move(stream: MotionStream, frames: int, samples: int = 5) -> None:
    """Send so many frames, going on from the newest sample."""
    for _ in range(frames):
        first = stream.last_seq + 1
        sent = await stream.send(BEGAN + first * INTERVAL_US, INTERVAL_US, angles(first, samples, len(stream.joints)))
        assert sent == first
