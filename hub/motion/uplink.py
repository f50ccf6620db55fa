"""What becomes of a sensor's frames: taken for the next turn, or refused as a whole."""

from __future__ import annotations

import numpy as np

from hub.clock import Clock
from hub.metrics import Metrics
from hub.motion.admission import Frame, angles_of, trim
from hub.motion.motion import Motion
from hub.motion.stream import MotionStream
from hub.protocol.motion_frames import Angles, MotionData, are_offsets, has_dates

_BODIES_REMEMBERED = 8  # frames that can still be compared with a resend
_WHOLE = "a frame has an angle of every joint and sample, ascending offsets, and ends in the year 9999 at the latest"


def admit(motion: Motion, clock: Clock, stream: MotionStream, message: MotionData, duplicates: int) -> None:
    """Take the samples of a frame behind its first `duplicates`."""
    received_at = clock.now_us()
    samples, raw = message.samples, message.angles
    angles = angles_of(raw, len(stream.joints), samples)
    offsets = message.offsets_us
    fits = angles is not None and (offsets is None or are_offsets(offsets, samples)) and has_dates(message)
    frame = Frame(
        stream,
        message.seq,
        samples,
        received_at,
        message.sent_at,
        message.started_at,
        message.interval_us,
        np.array(offsets, np.int32) if fits and offsets is not None else None,
        _as_sent(raw) if angles is None else angles,
    )
    _remember(stream, frame)
    stream.admitted(frame.last, samples - duplicates)
    if fits and duplicates:
        frame = trim(frame, duplicates)
    else:
        frame.first, frame.samples = message.seq + duplicates, samples - duplicates
    if not stream.standing.takes(received_at, message.sent_at, message.started_at):
        motion.turn(frames_max=None)  # what came before goes before
        motion.refuse(frame, "outside_session", "the session is not in progress, and this was not measured in it")
    elif not fits:
        motion.turn(frames_max=None)  # likewise
        motion.refuse(frame, "invalid_value", _WHOLE)
    else:
        motion.take(frame)


def repeated(metrics: Metrics, stream: MotionStream, message: MotionData, duplicates: int) -> None:
    """Count samples that were admitted before."""
    metrics.samples_duplicate.inc(duplicates)
    known = stream.bodies.get(message.seq + message.samples - 1)
    if duplicates == message.samples and known is not None:
        angles = angles_of(message.angles, len(stream.joints), message.samples)
        if hash(_as_sent(message.angles) if angles is None else angles) != known:
            metrics.samples_conflicting.inc(duplicates)


def _as_sent(raw: Angles) -> bytes:
    """Return what stands for angles that are not those of a frame: enough to keep it, and to know it again."""
    return raw if isinstance(raw, bytes) else repr(raw).encode()


def _remember(stream: MotionStream, frame: Frame) -> None:
    if len(stream.bodies) == _BODIES_REMEMBERED:
        del stream.bodies[next(iter(stream.bodies))]
    stream.bodies[frame.last] = hash(frame.angles)
