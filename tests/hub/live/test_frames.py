"""One encode per encoding and tick, whoever asks."""

from __future__ import annotations

from hub.live.channel import StateChannel
from hub.live.frames import SharedFrames
from hub.live.subscription import Subscription
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.live_frames import FROM_LIVE, Delta
from tests.hub.live.viewer import split


def _row(key: int, value: object) -> list[object]:
    return [key, value]


def _channel() -> StateChannel:
    channel = StateChannel("things", {"a": _row}, epoch="e1")
    channel.put("a", 1, "x")
    channel.advance()
    return channel


def test_all_viewers_of_a_tick_share_one_frame_per_encoding() -> None:
    channel, frames = _channel(), SharedFrames()
    viewers = [(Subscription(channel), codec) for codec in (JSON, MSGPACK) for _ in range(100)]
    frames.begin(1)
    first = {id(viewer.take(frames, codec)) for viewer, codec in viewers}
    assert (len(first), frames.snapshots, frames.deltas) == (2, 2, 0)
    channel.put("a", 2, "y")
    channel.advance()
    frames.begin(2)
    second = {id(viewer.take(frames, codec)) for viewer, codec in viewers}
    assert (len(second), frames.snapshots, frames.deltas) == (2, 2, 2)


def test_laggards_of_the_same_offset_share_their_frame_too() -> None:
    channel, frames = _channel(), SharedFrames()
    laggards = [Subscription(channel, "e1", 0) for _ in range(10)]
    frames.begin(1)
    assert len({id(viewer.take(frames, JSON)) for viewer in laggards}) == 1
    assert (frames.snapshots, frames.deltas) == (0, 1)


def test_a_frame_says_the_time_of_its_own_tick() -> None:
    channel, frames = _channel(), SharedFrames()
    for now_us in (5, 6):
        frames.begin(now_us)
        ((_, payload),) = split(Subscription(channel).take(frames, JSON))
        assert JSON.decode(payload.decode(), FROM_LIVE).wire()["server_time"] == now_us


def test_a_viewer_that_missed_nothing_is_told_so_once() -> None:
    channel, frames = _channel(), SharedFrames()
    viewer = Subscription(channel, "e1", 1)
    frames.begin(1)
    ((_, payload),) = split(viewer.take(frames, JSON))
    assert JSON.decode(payload.decode(), FROM_LIVE) == Delta("things", "e1", 1, 1, 1)
    assert viewer.take(frames, JSON) == b""
