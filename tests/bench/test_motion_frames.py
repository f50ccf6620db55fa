"""The prebuilt frames of motion are what a real sensor would send, and the movements are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from bench.motion_frames import MotionFrame
from bench.movements import CYCLE_S, make_movement
from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import FROM_DEVICE
from hub.protocol.motion_frames import MotionData
from tests.bench.test_frames import MASK, unmask


@pytest.mark.parametrize(("joints", "samples"), [(1, 1), (5, 10), (2, 10), (32, 500)])
def test_a_patched_frame_reads_as_the_message_it_stands_for(joints: int, samples: int) -> None:
    angles = np.random.default_rng(1).normal(60, 30, (joints, samples)).astype(np.float32)
    frame = MotionFrame(stream=7, angles=angles, interval_us=10_000, mask=MASK)
    for seq in (1, 70_000):
        payload = unmask(bytes(frame.patch(seq, 2_000_000_000 + seq, 1_000_000_000 + seq)))
        message = MSGPACK.decode(payload, FROM_DEVICE)
        assert isinstance(message, MotionData)
        assert (message.stream, message.seq, message.samples) == (7, seq, samples)
        assert (message.sent_at, message.started_at) == (2_000_000_000 + seq, 1_000_000_000 + seq)
        assert (message.interval_us, message.offsets_us) == (10_000, None)
        assert message.angles == angles.tobytes()


@pytest.mark.parametrize("hz", [50.0, 100.0, 200.0])
def test_a_movement_is_at_rest_where_it_begins_and_follows_itself(hz: float) -> None:
    movement = make_movement(3, 5, hz)
    assert movement.cycle == CYCLE_S * hz
    for joint, (peak, end) in enumerate(zip(movement.peaks, movement.ends, strict=True)):
        rest = movement.angles[joint, : round(0.2 * hz)].mean()
        assert movement.angles[joint, peak] - rest > 40
        assert abs(movement.angles[joint, end:].mean() - rest) < 2


def test_what_must_have_been_counted_grows_by_one_with_each_cycle() -> None:
    movement = make_movement(3, 5, 100.0)
    assert movement.least(0).tolist() == movement.most(0).tolist() == [0] * 5
    whole = 4 * movement.cycle
    assert (movement.most(whole) == 4).all()
    assert (movement.least(whole + movement.told) == 4).all()
    for samples in range(0, whole, 7):
        spread = movement.most(samples) - movement.least(samples)
        assert ((spread == 0) | (spread == 1)).all()
