"""Who shares what of an event channel, who waits for what, and which positions are refused."""

from __future__ import annotations

import pytest

from hub.errors import InvalidValue
from hub.live.events import EventChannel, EventSubscription
from hub.live.frames import SharedFrames
from hub.live.view import FULL
from hub.protocol.codec import JSON, Codec
from hub.protocol.filter import Filter
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Events
from hub.protocol.viewer_frames import Subscribe
from tests.hub.live.event_log import NEWEST, Log
from tests.hub.live.viewer import split

NAME = "alarms"


class Bench:
    """A log and a channel that has read it."""

    def __init__(self, count: int = 0) -> None:
        self.log = Log()
        self.log.append(count)
        self.channel = EventChannel(NAME, tail_events=5, page_events=3)
        self.frames = SharedFrames()
        self.refresh()

    def refresh(self) -> None:
        """Read the tail, and let viewers have it."""
        number, after = self.channel.begin_tail()
        self.channel.take_tail(number, self.log.read(after, NEWEST, 5))
        self.channel.advance()
        self.frames.begin(1)

    def take(self, subscription: EventSubscription, codec: Codec = JSON) -> object:
        """Return the one message of a tick, None for none."""
        messages = [
            codec.decode(payload.decode(), FROM_LIVE) for _, payload in split(subscription.take(self.frames, codec))
        ]
        assert len(messages) <= 1
        return messages[0] if messages else None


def test_who_comes_without_a_position_begins_now() -> None:
    bench = Bench(7)
    subscription = bench.channel.watch(Subscribe(NAME), FULL)
    assert bench.take(subscription) == Events(NAME, "epoch 0", 7, 7, 1, [])
    assert bench.take(subscription) is None
    bench.log.append(1)
    bench.refresh()
    event = [8, 80, "raised", {"of": "epoch 0", "n": 8}]
    assert bench.take(subscription) == Events(NAME, "epoch 0", 7, 8, 1, [event])


def test_everybody_in_step_shares_one_encoded_frame() -> None:
    bench = Bench(7)
    viewers = [bench.channel.watch(Subscribe(NAME, "epoch 0", 6), FULL) for _ in range(50)]
    assert len({viewer.take(bench.frames, JSON) for viewer in viewers}) == 1
    assert bench.frames.encoded["events"] == 1


def test_laggards_share_the_pages_that_were_read_for_the_first_of_them() -> None:
    bench = Bench(20)
    viewers = [bench.channel.watch(Subscribe(NAME, "epoch 0", 6), FULL) for _ in range(50)]
    assert {viewer.take(bench.frames, JSON) for viewer in viewers} == {b""}
    assert bench.channel.page_wanted == (6, 9)
    bench.channel.take_page(6, bench.log.read(6, 9, 3))
    bench.frames.begin(2)
    assert len({viewer.take(bench.frames, JSON) for viewer in viewers}) == 1
    assert bench.frames.encoded["events"] == 1
    assert bench.channel.page_wanted == (9, 12)  # asked for while the first one travels


def test_a_position_ahead_of_what_was_read_is_asked_of_the_database_first() -> None:
    bench = Bench(1)
    bench.log.append(1)  # committed, and not heard of
    subscription = bench.channel.watch(Subscribe(NAME, "epoch 0", 2), FULL)
    assert bench.take(subscription) is None
    assert bench.channel.tail_wanted
    bench.refresh()
    assert bench.take(subscription) == Events(NAME, "epoch 0", 2, 2, 1, [])


@pytest.mark.parametrize("position", [("epoch 0", 9), ("another", 0), ("epoch 0", 2)])
def test_a_position_that_fits_nothing_is_refused_and_the_subscription_over(position: tuple[str, int]) -> None:
    bench = Bench(8)
    bench.log.prune(3)
    bench.refresh()
    subscription = bench.channel.watch(Subscribe(NAME, *position), FULL)
    if bench.take(subscription) is None:
        bench.refresh()
    else:
        subscription = bench.channel.watch(Subscribe(NAME, *position), FULL)
    refusal = bench.take(subscription)
    assert isinstance(refusal, Error)
    assert (refusal.code, refusal.channel) == ("resync", NAME)
    bench.log.append(1)
    bench.refresh()
    assert bench.take(subscription) is None


def test_a_head_that_went_back_under_the_same_name_sends_everybody_to_the_start() -> None:
    bench = Bench(8)
    subscription = bench.channel.watch(Subscribe(NAME), FULL)
    bench.take(subscription)
    bench.log.head = 7  # a failover lost the newest commit
    bench.log.events.pop()
    bench.refresh()
    assert isinstance(bench.take(subscription), Error)


def test_a_subscription_that_is_over_takes_nothing() -> None:
    bench = Bench(3)
    subscription = bench.channel.watch(Subscribe(NAME, "epoch 0", 1), FULL)
    subscription.end()
    assert bench.take(subscription) is None


def test_events_are_not_filtered() -> None:
    with pytest.raises(InvalidValue):
        EventChannel(NAME).watch(Subscribe(NAME, filter=Filter(ids=(1,))), FULL)


def test_nobody_is_told_anything_before_the_first_read() -> None:
    channel = EventChannel(NAME)
    assert channel.watch(Subscribe(NAME), FULL).take(SharedFrames(), JSON) == b""
    assert channel.tail_wanted
