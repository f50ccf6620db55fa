"""Whatever is lost, late or removed: a viewer sees each event once and in order, or is told to begin anew."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.errors import InvalidValue
from hub.live.events import EventChannel, EventSubscription
from hub.live.frames import SharedFrames
from hub.live.view import FULL
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.filter import Filter
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Events
from hub.protocol.viewer_frames import Subscribe
from storage.events import Event, Position, Stretch
from tests.hub.live.viewer import split

NAME = "alarms"
NEWEST = 2**63 - 1


class Log:
    """A channel as PostgreSQL keeps it."""

    def __init__(self) -> None:
        self.epoch, self.head, self.oldest, self.events = "epoch 0", 0, 0, list[Event]()
        self.told: dict[Position, object] = {}  # the body at every position that there ever was

    def append(self, count: int) -> None:
        for offset in range(self.head + 1, self.head + 1 + count):
            self.events.append(Event(offset, offset * 10, "raised", {"of": self.epoch, "n": offset}))
            self.told[Position(self.epoch, offset)] = self.events[-1].body
        self.head += count

    def prune(self, until: int) -> None:
        self.oldest = max(self.oldest, min(until, self.head))
        self.events = [event for event in self.events if event.offset > self.oldest]

    def restore(self, head: int) -> None:
        """Go back to an earlier state, under another name."""
        self.head = max(self.oldest, min(head, self.head))
        self.epoch = f"epoch {int(self.epoch.split()[1]) + 1}"
        self.events = [event for event in self.events if event.offset <= self.head]
        self.told |= {Position(self.epoch, event.offset): event.body for event in self.events}

    def read(self, after: int, until: int, rows_max: int) -> Stretch:
        start = max(after, min(until, self.head) - rows_max)
        found = tuple(event for event in self.events if start < event.offset <= until)
        return Stretch(self.epoch, self.head, self.oldest, found)


class Viewer:
    """A viewer that follows the rules of the protocol page."""

    def __init__(self, channel: EventChannel, log: Log, position: Position | None, codec: Codec) -> None:
        self.position = position
        self.reading = True
        self.resyncs = 0
        self.codec = codec
        self._channel = channel
        self._log = log
        self._subscription = self.subscribe()

    def subscribe(self) -> EventSubscription:
        """Subscribe from where it is."""
        at = self.position
        wanted = Subscribe(NAME) if at is None else Subscribe(NAME, at.epoch, at.offset)
        self._subscription = self._channel.watch(wanted, FULL)
        return self._subscription

    def take(self, frames: SharedFrames) -> None:
        """Read what the hub sends in one tick."""
        for _, payload in split(self._subscription.take(frames, self.codec)):
            message = self.codec.decode(payload if self.codec.binary else payload.decode(), FROM_LIVE, bytes_max=2**30)
            if isinstance(message, Error):
                self._resync(message)
            else:
                assert isinstance(message, Events)
                self._follow(message)

    def _resync(self, message: Error) -> None:
        log, at = self._log, self.position
        assert (message.code, message.channel) == ("resync", NAME)
        assert at is not None, "who comes without a position begins now"
        assert at.epoch != log.epoch or at.offset < log.oldest or at.offset > log.head, "the position was good"
        assert self._subscription.take(SharedFrames(), self.codec) == b"", "nothing follows"
        self.resyncs += 1
        self.position = Position(log.epoch, log.head)  # read over HTTP
        self.subscribe()

    def _follow(self, message: Events) -> None:
        if self.position is None:
            assert message.events == [], "the first answer says where now is"
            self.position = Position(message.epoch, message.base)
        assert (message.epoch, message.base) == self.position, "a viewer never has to skip or to ask again"
        offsets = [event[0] for event in message.events]
        assert offsets == list(range(message.base + 1, message.offset + 1))
        for offset, at, kind, body in message.events:
            assert isinstance(offset, int)
            assert (at, kind, body) == (offset * 10, "raised", self._log.told[Position(message.epoch, offset)])
        self.position = Position(message.epoch, message.offset)


class Read(NamedTuple):
    """An answer of PostgreSQL that is still on its way."""

    number: int  # of a tail, 0 for a page
    after: int
    stretch: Stretch


class Life(RuleBasedStateMachine):
    """A log, a hub that reads it now and then, and viewers."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.channel = EventChannel(NAME, tail_events=5, page_events=3, pages_max=2)
        self.frames = SharedFrames()
        self.viewers: list[Viewer] = []
        self.tail: Read | None = None
        self.page: Read | None = None

    @rule(count=st.integers(1, 12))
    def append(self, count: int) -> None:
        self.log.append(count)

    @rule(until=st.integers(0, 60))
    def prune(self, until: int) -> None:
        self.log.prune(until)

    @rule(head=st.integers(0, 60))
    def restore(self, head: int) -> None:
        self.log.restore(head)

    @precondition(lambda self: self.tail is None)
    @rule()
    def begin_tail(self) -> None:
        """A notification arrived, or the listener is back; or somebody asked."""
        number, after = self.channel.begin_tail()
        self.tail = Read(number, after, self.log.read(after, NEWEST, self.channel.tail_events))

    @precondition(lambda self: self.tail is not None)
    @rule(lost=st.booleans())
    def end_tail(self, *, lost: bool) -> None:
        tail, self.tail = self.tail, None
        if tail is not None and not lost:
            self.channel.take_tail(tail.number, tail.stretch)

    @precondition(lambda self: self.page is None and self.channel.page_wanted is not None)
    @rule()
    def begin_page(self) -> None:
        ends = self.channel.page_wanted
        assert ends is not None
        self.page = Read(0, ends[0], self.log.read(*ends, self.channel.page_events))

    @precondition(lambda self: self.page is not None)
    @rule(lost=st.booleans())
    def end_page(self, *, lost: bool) -> None:
        page, self.page = self.page, None
        if page is not None and not lost:
            self.channel.take_page(page.after, page.stretch)

    @rule(codec=st.sampled_from([JSON, MSGPACK]))
    def join_now(self, codec: Codec) -> None:
        self.viewers.append(Viewer(self.channel, self.log, None, codec))

    @rule(back=st.integers(-3, 30), codec=st.sampled_from([JSON, MSGPACK]))
    def join_from(self, back: int, codec: Codec) -> None:
        position = Position(self.log.epoch, max(0, self.log.head - back))
        self.viewers.append(Viewer(self.channel, self.log, position, codec))

    @rule()
    def join_from_elsewhere(self) -> None:
        self.viewers.append(Viewer(self.channel, self.log, Position("another", 1), JSON))

    @precondition(lambda self: self.viewers)
    @rule(which=st.integers(0, 99), reading=st.booleans())
    def lag(self, which: int, *, reading: bool) -> None:
        self.viewers[which % len(self.viewers)].reading = reading

    @precondition(lambda self: self.viewers)
    @rule(which=st.integers(0, 99))
    def come_back(self, which: int) -> None:
        self.viewers[which % len(self.viewers)].subscribe()

    @rule()
    def tick(self) -> None:
        self.channel.advance()
        self.frames.begin(1)
        for viewer in self.viewers:
            if viewer.reading:
                viewer.take(self.frames)

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.channel._tail) <= 5
        assert len(self.channel._pages) <= 2

    def teardown(self) -> None:
        """When nothing is lost any more, everybody arrives at the head."""
        self.end_tail(lost=False)
        self.end_page(lost=False)
        for viewer in self.viewers:
            viewer.reading = True
        self.begin_tail()
        self.end_tail(lost=False)
        for _ in range(100 + 40 * len(self.viewers)):
            self.tick()
            if self.channel.tail_wanted:
                self.begin_tail()
                self.end_tail(lost=False)
            while self.channel.page_wanted is not None:
                self.begin_page()
                self.end_page(lost=False)
        assert {viewer.position for viewer in self.viewers} <= {Position(self.log.epoch, self.log.head)}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


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
