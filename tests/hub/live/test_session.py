"""What a viewer may say, what it is answered, and when it has to go."""

from __future__ import annotations

import pytest

from hub.access.principal import Principal
from hub.errors import Malformed, NotFound, RateLimited, Silent, Slow, TooLarge
from hub.live.channel import StateChannel
from hub.live.frames import SharedFrames
from hub.live.outbox import Outbox
from hub.live.session import ViewerSession
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Delta, Snapshot
from tests.hub.live.viewer import Pipe

SUBSCRIBE = '{"type":"subscribe","channel":"fleet"}'
DISPATCHER = Principal(frozenset({"RC", "DP"}))


class Desk:
    """A session with its pipe, two channels, and a clock that a test moves."""

    def __init__(self, *, subscriptions_max: int = 16) -> None:
        self.pipe = Pipe()
        self.channels = {
            name: StateChannel(name, {"a": lambda key, value: [key, value]}, epoch="e1") for name in ("fleet", "other")
        }
        self.frames = SharedFrames()
        self.now_s = 0.0
        self.session = ViewerSession(
            DISPATCHER,
            self.pipe,
            JSON,
            self._find,
            Outbox(slow_s=7.0, now_s=0.0),
            subscriptions_max=subscriptions_max,
        )

    def _find(self, principal: Principal, name: str) -> StateChannel:
        assert principal is DISPATCHER
        if name not in self.channels:
            raise NotFound("there is no such channel")
        return self.channels[name]

    def say(self, payload: bytes | str) -> bool:
        """Send a message to the hub."""
        return self.session.receive(payload, self.now_s)

    def serve(self) -> list[object]:
        """Tick once and return what arrived."""
        for channel in self.channels.values():
            channel.advance()
        self.frames.begin(0)
        self.session.serve(self.frames, self.now_s)
        return list(self.pipe.take())

    def errors(self) -> list[tuple[str, str | None]]:
        """Return code and channel of the errors that arrived."""
        return [(error.code, error.channel) for error in self.pipe.take() if isinstance(error, Error)]


def test_a_subscription_gets_a_snapshot_then_deltas_and_after_unsubscribing_nothing() -> None:
    desk = Desk()
    assert desk.serve() == []
    assert desk.say(SUBSCRIBE)
    assert isinstance(desk.serve()[0], Snapshot)
    assert desk.serve() == []
    desk.channels["fleet"].put("a", 1, "x")
    (delta,) = desk.serve()
    assert isinstance(delta, Delta) and delta.set == {"a": [[1, "x"]]}
    assert not desk.say('{"type":"unsubscribe","channel":"fleet"}')
    desk.channels["fleet"].put("a", 1, "y")
    assert desk.serve() == []


def test_two_channels_of_a_viewer_leave_in_one_write() -> None:
    desk = Desk()
    desk.say(SUBSCRIBE)
    desk.say('{"type":"subscribe","channel":"other"}')
    assert len(desk.serve()) == 2
    assert desk.pipe.writes == 1


def test_a_refused_channel_is_told_and_is_no_strike() -> None:
    desk = Desk()
    for _ in range(5):
        assert not desk.say('{"type":"subscribe","channel":"ambulance:7"}')
    assert desk.errors() == [("not_found", "ambulance:7")] * 5


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "{",
        "[]",
        "null",
        '{"type":"hello"}',
        '{"type":"subscribe"}',
        '{"type":"subscribe","channel":7}',
        '{"type":"subscribe","channel":"fleet","x":1}',
        '{"type":"subscribe","channel":"fleet","channel":"fleet"}',
        '{"type":"subscribe","channel":"' + "f" * 300 + '"}',
        '{"type":"subscribe","channel":"fleet","epoch":"e1"}',
        '{"type":"subscribe","channel":"fleet","epoch":"e1","offset":-1}',
        '{"type":"subscribe","channel":"fleet","epoch":"e1","offset":1.0}',
        '{"type":"subscribe","channel":"fleet","epoch":"e1","offset":18446744073709551616}',
        '{"type":"subscribe","channel":"fleet","epoch":"e1","offset":true}',
        "[" * 8_000,
        b"\x81",
    ],
)
def test_the_third_message_that_cannot_be_read_ends_the_connection(payload: bytes | str) -> None:
    desk = Desk()
    assert not desk.say(payload)
    assert not desk.say(payload)
    assert len(desk.errors()) == 2
    with pytest.raises(Malformed):
        desk.say(payload)


def test_a_large_message_ends_the_connection_at_once() -> None:
    with pytest.raises(TooLarge):
        Desk().say(" " * 9_000)


def test_more_channels_than_allowed_are_refused_and_the_others_go_on() -> None:
    desk = Desk(subscriptions_max=1)
    desk.say(SUBSCRIBE)
    assert not desk.say('{"type":"subscribe","channel":"other"}')
    assert desk.errors() == [("rate_limited", "other")]
    assert desk.say(SUBSCRIBE), "the same channel again is no further one"
    assert len(desk.serve()) == 1


def test_a_viewer_may_talk_as_fast_as_a_person_and_not_as_a_loop() -> None:
    desk = Desk()
    for _ in range(200):
        desk.now_s += 0.05
        desk.say(SUBSCRIBE)
    with pytest.raises(RateLimited):
        for _ in range(61):
            desk.say(SUBSCRIBE)


def test_a_viewer_that_does_not_read_is_held_and_then_closed_as_slow() -> None:
    desk = Desk()
    desk.say(SUBSCRIBE)
    desk.pipe.reading = False
    desk.serve()
    for second in range(7):
        desk.now_s = float(second)
        desk.channels["fleet"].put("a", 1, second)
        desk.serve()
    assert desk.pipe.writes == 1
    desk.now_s = 8.0
    with pytest.raises(Slow):
        desk.serve()


def test_a_silent_viewer_is_pinged_once_and_closed_after_one_and_a_half_heartbeats() -> None:
    desk = Desk()
    for second in range(31):
        desk.session.check_life(float(second), 20.0)
    assert desk.pipe.pings == 1
    with pytest.raises(Silent):
        desk.session.check_life(30.1, 20.0)


def test_a_pong_is_enough_to_stay() -> None:
    desk = Desk()
    for second in range(200):
        desk.session.check_life(float(second), 20.0)
        if desk.pipe.pings > second // 25:
            desk.pipe.heard_s = float(second)
    assert desk.pipe.pings >= 5


def test_a_viewer_still_busy_with_a_large_snapshot_is_not_called_silent() -> None:
    desk = Desk()
    desk.say(SUBSCRIBE)
    desk.pipe.reading = False
    desk.serve()
    desk.pipe.unread = b"x" * 1_000
    for second in range(60):
        desk.now_s = float(second)
        desk.pipe.unread = desk.pipe.unread[:-5]
        desk.serve()
        desk.session.check_life(desk.now_s, 20.0)


def test_the_binary_encoding_says_the_same() -> None:
    pipe = Pipe(MSGPACK)
    desk = Desk()
    session = ViewerSession(DISPATCHER, pipe, MSGPACK, desk._find, Outbox(slow_s=7.0, now_s=0.0))
    assert session.receive(MSGPACK.dump({"type": "subscribe", "channel": "fleet"}), 0.0)
    desk.frames.begin(5)
    session.serve(desk.frames, 0.0)
    assert pipe.take() == [Snapshot("fleet", "e1", 0, 5, {"a": []})]
