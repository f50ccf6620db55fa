"""A connection is pinged after one heartbeat of silence and ended after one and a half."""

from __future__ import annotations

import pytest

from hub.errors import Silent, Slow
from hub.ingest.patrol import UNREAD_BYTES_MAX, inspect, round_s
from tests.hub.live.viewer import Pipe


def quiet() -> Pipe:
    """Return a socket whose peer does not read."""
    pipe = Pipe()
    pipe.reading = False
    return pipe


NEVER = float("-inf")


def test_a_talking_device_is_left_alone() -> None:
    pipe = quiet()
    assert inspect(pipe, now_s=19.0, heartbeat_s=20.0, pinged_s=NEVER) == NEVER
    assert pipe.unread == b""


@pytest.mark.parametrize("heartbeat_s", [0.5, 4.0, 20.0])
def test_a_silent_one_is_pinged_once_and_then_ended(heartbeat_s: float) -> None:
    pipe, now_s, pinged_s = quiet(), 0.0, NEVER
    with pytest.raises(Silent):
        while now_s < 1_000:
            pinged_s = inspect(pipe, now_s=now_s, heartbeat_s=heartbeat_s, pinged_s=pinged_s)
            now_s += round_s(heartbeat_s)
    assert pipe.unread == b"\x89\x00"
    assert heartbeat_s <= pinged_s < now_s <= 1.5 * heartbeat_s


def test_a_hub_that_was_busy_pings_before_it_ends() -> None:
    pipe = quiet()
    pinged_s = inspect(pipe, now_s=500.0, heartbeat_s=20.0, pinged_s=NEVER)
    assert pipe.unread == b"\x89\x00"
    assert inspect(pipe, now_s=501.0, heartbeat_s=20.0, pinged_s=pinged_s) == pinged_s
    with pytest.raises(Silent):
        inspect(pipe, now_s=505.0, heartbeat_s=20.0, pinged_s=pinged_s)


def test_one_that_answered_is_pinged_again_after_the_next_silence() -> None:
    pipe = quiet()
    pinged_s = inspect(pipe, now_s=20.0, heartbeat_s=20.0, pinged_s=NEVER)
    pipe.heard_s = 20.5
    assert inspect(pipe, now_s=40.0, heartbeat_s=20.0, pinged_s=pinged_s) == 20.0
    assert inspect(pipe, now_s=41.0, heartbeat_s=20.0, pinged_s=pinged_s) == 41.0


def test_one_that_does_not_read_its_acks_is_ended() -> None:
    pipe = quiet()
    pipe.unread = bytes(UNREAD_BYTES_MAX + 1)
    with pytest.raises(Slow):
        inspect(pipe, now_s=0.0, heartbeat_s=20.0, pinged_s=NEVER)
