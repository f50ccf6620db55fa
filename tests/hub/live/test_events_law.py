"""Whatever is lost, late or removed: a viewer sees each event once and in order, or is told to begin anew."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hub.live.events import EventChannel, EventSubscription
from hub.live.frames import SharedFrames
from hub.live.view import FULL
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Events
from hub.protocol.viewer_frames import Subscribe
from storage.events import Position, Stretch
from tests.hub.live.event_log import NEWEST, Log
from tests.hub.live.viewer import split

NAME = "alarms"


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
