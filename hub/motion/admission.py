"""From what a device calls a frame to float32: all of it, or a reason why none of it can be stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.motion.stream import MotionStream
from hub.protocol.limits import ANGLE_MAX, ANGLE_SPEED_MAX
from hub.protocol.motion_frames import Angles
from storage.motion_encoding import FrameColumns

FAST = 1  # a bit of motion_frames.flags
_Kind = tuple[int, int, int, bool]  # groups that come before, joints, samples, whether the interval is constant
STRAIGHT = 180.0  # degrees: what a device says of a straight joint that sends the included angle


@dataclass(slots=True)
class Frame:
    """A run of samples on its way from a device to the writer; times in µs since 1970."""

    stream: MotionStream
    first: int
    samples: int
    received_at: int
    sent_at: int
    started_at: int
    interval_us: int
    offsets: NDArray[np.int32] | None  # of each sample after `started_at`; None where the interval is constant
    angles: bytes  # float32, little-endian, joint after joint

    @property
    def last(self) -> int:
        """The last sample."""
        return self.first + self.samples - 1


def angles_of(raw: Angles, joints: int, samples: int) -> bytes | None:
    """Return the angles of a frame as float32, or None where they are not `joints` times `samples` numbers."""
    if isinstance(raw, bytes):
        return raw if len(raw) == 4 * joints * samples else None
    if len(raw) != joints:
        return None
    rows: list[Any] = raw
    for row in rows:
        if type(row) is not list or len(row) != samples or not all(type(angle) in (int, float) for angle in row):
            return None
    with np.errstate(over="ignore"):  # too large for a float32 is too large
        return np.array(rows, np.float64).astype("<f4").tobytes()


def trim(frame: Frame, duplicates: int) -> Frame:
    """Return a frame without its first samples, which are stored already."""
    joints = len(frame.stream.joints)
    kept = np.frombuffer(frame.angles, "<f4").reshape(joints, frame.samples)[:, duplicates:]
    if frame.offsets is None:
        later, offsets = duplicates * frame.interval_us, None
    else:
        later = int(frame.offsets[duplicates])
        offsets = frame.offsets[duplicates:] - np.int32(later)
    return Frame(
        frame.stream,
        frame.first + duplicates,
        frame.samples - duplicates,
        frame.received_at,
        frame.sent_at,
        frame.started_at + later,
        frame.interval_us,
        offsets,
        kept.tobytes(),
    )


def alike(frames: Iterable[Frame]) -> list[list[Frame]]:
    """Return frames in groups of one shape, those of a stream in their order from group to group.

    Together, because a step costs the same for one frame and for a thousand. What is to be reached may change behind
    `targets_until`: what comes after that is not looked ahead at.
    """
    groups: dict[
        tuple[int, int, int, bool], list[Frame]
    ] = {}  # by how many groups of its streams come before, and shape
    latest: dict[MotionStream, tuple[int, int, int, bool]] = {}
    for frame in frames:
        stream = frame.stream
        before = latest.get(stream)
        key = (before[0] if before else 0, len(stream.joints), frame.samples, frame.offsets is None)
        if before is not None and (key != before or frame.received_at >= stream.targets_until):
            key = (key[0] + 1, *key[1:])
        latest[stream] = key
        group = groups.get(key)
        if group is None:
            groups[key] = [frame]
        else:
            group.append(frame)
    return [groups[key] for key in sorted(groups)] if len(groups) > 1 else [*groups.values()]


def times_of(frames: list[Frame]) -> NDArray[np.int64]:
    """Return when each sample of frames of one shape was taken, by their devices' clocks: (frames, samples)."""
    started = np.array([frame.started_at for frame in frames], np.int64)[:, None]
    if frames[0].offsets is None:
        interval = np.array([frame.interval_us for frame in frames], np.int64)[:, None]
        return started + interval * np.arange(frames[0].samples, dtype=np.int64)
    return started + np.stack([frame.offsets for frame in frames if frame.offsets is not None])


def anatomical(frames: list[Frame]) -> NDArray[np.float32]:
    """Return the angles of frames of one shape, 0 = anatomical position: (frames, joints, samples)."""
    joints, samples = len(frames[0].stream.joints), frames[0].samples
    sent = np.frombuffer(b"".join([frame.angles for frame in frames]), "<f4").reshape(len(frames), joints, samples)
    included = [place for place, frame in enumerate(frames) if frame.stream.standing.included_angle]
    if not included:
        return sent
    angles = sent.copy()
    angles[included] = np.float32(STRAIGHT) - angles[included]
    return angles


def possible(angles: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell of each frame whether all of its angles are numbers that a joint can have."""
    # NaN is not below anything.
    return np.asarray((np.abs(angles) <= ANGLE_MAX).all(axis=(1, 2)))


def flags_of(at_us: NDArray[np.int64], angles: NDArray[np.float32]) -> list[int]:
    """Return the flags of each frame."""
    if angles.shape[2] < 2:
        return [0] * len(angles)
    farthest = (np.diff(at_us) * (ANGLE_SPEED_MAX / 1e6)).astype(np.float32)  # degrees between two samples
    is_fast = (np.abs(np.diff(angles, axis=2)) > farthest[:, None, :]).any(axis=(1, 2))
    return [FAST if fast else 0 for fast in np.atleast_1d(is_fast).tolist()]


def columns_of(frames: list[Frame], angles: NDArray[np.float32], flags: list[int]) -> FrameColumns:
    """Return frames of one shape as they are stored."""
    regular = frames[0].offsets is None
    return FrameColumns(
        [frame.stream.stream_id for frame in frames],
        [frame.first for frame in frames],
        [frame.received_at for frame in frames],
        [frame.started_at for frame in frames],
        [frame.interval_us for frame in frames],
        None if regular else np.stack([frame.offsets for frame in frames if frame.offsets is not None]),
        angles,
        flags,
    )
