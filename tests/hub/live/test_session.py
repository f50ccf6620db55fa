"""What a viewer may say, what it is answered, and when it has to go."""

from __future__ import annotations

import pytest

from hub.access.principal import Principal
from hub.errors import Malformed, RateLimited, Silent, Slow, TooLarge
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.directory import Directory
from hub.live.frames import SharedFrames
from hub.live.outbox import Outbox
from hub.live.session import ViewerSession
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Delta, LiveMessage, Snapshot
from tests.hub.live.judge import Granted, nothing_new
from tests.hub.live.viewer import Pipe

SUBSCRIBE = '{"type":"subscribe","channel":"fleet"}'
DISPATCHER = Principal(frozenset({"RC", "DP"}))


class Desk:
    """A session with its pipe, a fleet of three, and a clock that a test moves."""

    def __init__(self, *, subscriptions_max: int = 16, principal: Principal = DISPATCHER) -> None:
        self.pipe = Pipe()
        self.board = FleetBoard()
        for key in (1, 2, 3):
            self.board.upsert_unit(Unit(key, f"A-{key}", None, "available"))
        self.board.channel.advance()
        self.frames = SharedFrames()
        self.now_s = 0.0
        self.judge = Granted(1)
        self.session = ViewerSession(
            principal,
            self.pipe,
            JSON,
            Directory(self.board.channel, self.judge, nothing_new).find,
            Outbox(slow_s=7.0, now_s=0.0),
            subscriptions_max=subscriptions_max,
        )

    async def say(self, payload: bytes | str) -> bool:
        """Send a message to the hub."""
        return await self.session.receive(payload, self.now_s, 1_000_000 + round(self.now_s * 1e6))

    def move(self, fix_at: float) -> None:
        """Move an ambulance."""
        self.board.move(1, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, int(fix_at)))

    def serve(self) -> list[LiveMessage]:
        """Tick once and return what arrived."""
        self.board.channel.advance()
        self.frames.begin(0)
        self.session.serve(self.frames)
        return self.pipe.take()

    def errors(self) -> list[tuple[str, str | None]]:
        """Return code and channel of the errors that arrived."""
        return [(error.code, error.channel) for error in self.pipe.take() if isinstance(error, Error)]


async def test_a_subscription_gets_a_snapshot_then_deltas_and_after_unsubscribing_nothing() -> None:
    desk = Desk()
    assert desk.serve() == []
    assert await desk.say(SUBSCRIBE)
    assert isinstance(desk.serve()[0], Snapshot)
    assert desk.serve() == []
    desk.move(1)
    (delta,) = desk.serve()
    assert isinstance(delta, Delta) and delta.set == {"fixes": [[1, 48, 11, 1, 2, 3, 1, None]]}
    assert not await desk.say('{"type":"unsubscribe","channel":"fleet"}')
    desk.move(2)
    assert desk.serve() == []


async def test_two_channels_of_a_viewer_leave_in_one_write() -> None:
    desk = Desk()
    await desk.say(SUBSCRIBE)
    await desk.say('{"type":"subscribe","channel":"ambulance:2"}')
    assert len(desk.serve()) == 2
    assert desk.pipe.writes == 1


async def test_a_refused_channel_is_told_and_is_no_strike() -> None:
    desk = Desk()
    for _ in range(5):
        assert not await desk.say('{"type":"subscribe","channel":"ambulance:7"}')
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
async def test_the_third_message_that_cannot_be_read_ends_the_connection(payload: bytes | str) -> None:
    desk = Desk()
    assert not await desk.say(payload)
    assert not await desk.say(payload)
    assert len(desk.errors()) == 2
    with pytest.raises(Malformed):
        await desk.say(payload)


async def test_a_large_message_ends_the_connection_at_once() -> None:
    with pytest.raises(TooLarge):
        await Desk().say(" " * 9_000)


async def test_more_channels_than_allowed_are_refused_and_the_others_go_on() -> None:
    desk = Desk(subscriptions_max=1)
    await desk.say(SUBSCRIBE)
    assert not await desk.say('{"type":"subscribe","channel":"ambulance:2"}')
    assert desk.errors() == [("rate_limited", "ambulance:2")]
    assert await desk.say(SUBSCRIBE), "the same channel again is no further one"
    assert len(desk.serve()) == 1


async def test_a_viewer_may_talk_as_fast_as_a_person_and_not_as_a_loop() -> None:
    desk = Desk()
    for _ in range(200):
        desk.now_s += 0.05
        await desk.say(SUBSCRIBE)
    with pytest.raises(RateLimited):
        for _ in range(61):
            await desk.say(SUBSCRIBE)


async def test_a_viewer_that_does_not_read_is_held_and_then_closed_as_slow() -> None:
    desk = Desk()
    await desk.say(SUBSCRIBE)
    desk.pipe.reading = False
    desk.serve()
    desk.session.check_life(0.5, 20.0)
    for second in range(7):
        desk.move(second)
        desk.serve()
        desk.session.check_life(float(second), 20.0)
    assert desk.pipe.writes == 1
    with pytest.raises(Slow):
        desk.session.check_life(8.0, 20.0)


async def test_a_silent_viewer_is_pinged_once_and_closed_after_one_and_a_half_heartbeats() -> None:
    desk = Desk()
    for second in range(29):
        desk.session.check_life(float(second), 20.0)
    assert desk.pipe.pings == 1
    with pytest.raises(Silent):
        desk.session.check_life(29.0, 20.0)  # the next round would be late


async def test_a_pong_is_enough_to_stay() -> None:
    desk = Desk()
    for second in range(200):
        desk.session.check_life(float(second), 20.0)
        if desk.pipe.pings > second // 25:
            desk.pipe.heard_s = float(second)
    assert desk.pipe.pings >= 5


async def test_a_viewer_still_busy_with_a_large_snapshot_is_not_called_silent() -> None:
    desk = Desk()
    await desk.say(SUBSCRIBE)
    desk.pipe.reading = False
    desk.serve()
    desk.pipe.sent_bytes = 1_000
    desk.pipe.unread = b"x" * 1_000
    for second in range(60):
        desk.now_s = float(second)
        desk.pipe.unread = desk.pipe.unread[:-5]
        desk.serve()
        desk.session.check_life(desk.now_s, 20.0)


async def test_the_binary_encoding_says_the_same() -> None:
    desk = Desk()
    pipe = Pipe(MSGPACK)
    find = Directory(desk.board.channel, desk.judge, nothing_new).find
    session = ViewerSession(DISPATCHER, pipe, MSGPACK, find, Outbox(slow_s=7.0, now_s=0.0))
    assert await session.receive(MSGPACK.dump({"type": "subscribe", "channel": "ambulance:2"}), 0.0, 0)
    desk.frames.begin(5)
    session.serve(desk.frames)
    tables = {"units": [[2, "A-2", None, "available", "basic", None, None, None, None]], "fixes": []}
    assert pipe.take() == [Snapshot("ambulance:2", desk.board.state.epoch, 1, 5, tables)]
