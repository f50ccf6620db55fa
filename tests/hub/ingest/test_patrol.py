"""A connection is pinged after one heartbeat of silence and ended after one and a half."""

from __future__ import annotations

from hub.errors import Silent, Slow
from hub.ingest.patrol import UNREAD_BYTES_MAX, inspect, round_s
from tests.hub.live.viewer import Pipe


def quiet() -> Pipe:
    """Return a socket whose peer does not read."""
    pipe = Pipe()
    pipe.reading = False
    return pipe


def test_a_talking_device_is_left_alone() -> None:
    pipe = quiet()
    assert inspect(pipe, now_s=19.0, heartbeat_s=20.0) is None
    assert pipe.unread == b""


def test_a_silent_one_is_pinged_once_and_then_ended() -> None:
    for heartbeat_s in (0.5, 4.0, 20.0):
        pipe = quiet()
        now_s = 0.0
        while (error := inspect(pipe, now_s=now_s, heartbeat_s=heartbeat_s)) is None:
            now_s += round_s(heartbeat_s)
        assert isinstance(error, Silent)
        assert pipe.unread == b"\x89\x00"
        assert 1.5 * heartbeat_s < now_s <= 1.5 * heartbeat_s + round_s(heartbeat_s)


def test_one_that_does_not_read_its_acks_is_ended() -> None:
    pipe = quiet()
    pipe.unread = bytes(UNREAD_BYTES_MAX + 1)
    assert isinstance(inspect(pipe, now_s=0.0, heartbeat_s=20.0), Slow)
