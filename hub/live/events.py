"""An event channel: what happened, numbered without holes; nothing of it is ever conflated or skipped.

The newest events are in memory, in a tail that viewers in step share. A viewer that is behind the tail reads on in
pages of what PostgreSQL keeps. A position that cannot be continued, because its events were removed or because it
belongs to another numbering, ends the subscription with `resync`: the viewer reads the state again, and begins there.

Pure: what has to be read is asked for (`tail_wanted`, `page_wanted`) and handed in; hub/live/event_reader.py does that.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from hub.errors import InvalidValue, Resync
from hub.live.frames import SharedFrames
from hub.live.view import View
from hub.outcomes import outcome_of
from hub.protocol.codec import Codec
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe
from storage.events import Event, Position, Stretch


class EventChannel:
    """One channel's newest events, and the pages that somebody is reading."""

    def __init__(
        self,
        name: str,
        *,
        told_as: str | None = None,
        tail_events: int = 1_000,
        page_events: int = 500,
        pages_max: int = 16,
        begins_with: int = 0,
    ) -> None:
        self.name = name  # as it is stored
        self.told_as = told_as or name  # as viewers know it
        self.tail_events = tail_events  # of the newest, how many are kept in memory
        self.page_events = page_events  # most of one frame, and how many are read at once for those behind the tail
        self.begins_with = begins_with  # of the newest, how many a viewer without a position is told at first
        self._pages_max = pages_max  # in memory, shared by everybody who is as far behind
        self.changed = _nobody  # wakes the tick; the hub sets it
        self.asked = _nobody  # wakes whoever reads; the reader sets it
        self.epoch = ""  # names the numbering; empty until the first read
        self.era = 0  # counts numberings: a subscription belongs to one
        self.head = 0  # the newest offset that viewers may be told
        self.oldest = 0  # the lowest position that PostgreSQL can continue
        self.tails_taken = 0  # the number of the newest read that is part of this state
        self._tail: list[Event] = []  # up to `head`; without holes above `oldest`
        self._arrived: list[tuple[int, Stretch]] = []  # what was read since the last advance
        self._latest = 0  # the newest offset that was read
        self._begun = 0  # the number of the last read of the tail that has begun
        self._done = 0  # the number of the last one that came back
        self._wanted = 1  # a read of at least this number is wanted; the first one anyway
        self._pages: OrderedDict[int, tuple[Event, ...]] = OrderedDict()  # by number, least recently used first
        self._pages_wanted: dict[int, None] = {}  # in the order in which they were asked for
        self._paged = False  # a page came since the last advance

    # What viewers need.

    def watch(self, wanted: Subscribe, _view: View) -> EventSubscription:
        """Begin a subscription, at a position or now; raises `InvalidValue` for a filter: events have none."""
        if wanted.filter is not None:
            raise InvalidValue("this channel takes no filter", field="filter")
        if wanted.epoch is None or wanted.offset is None:
            return EventSubscription(self, None)
        return EventSubscription(self, Position(wanted.epoch, wanted.offset))

    def sending(self, events: Sequence[Event]) -> None:
        """Know that a viewer is being sent events."""

    def left(self) -> None:
        """Know that a subscription has ended."""

    def advance(self) -> bool:
        """Take in what was read since the last time; tell whether somebody may be waiting for it."""
        arrived, self._arrived = self._arrived, []
        for number, stretch in arrived:
            self._take_in(stretch)
            self.tails_taken = number
        paged, self._paged = self._paged, False
        return bool(arrived) or paged

    def after(self, offset: int) -> Sequence[Event] | None:
        """Return events that follow an offset below `head`; None while they have to be read."""
        start = self.head - len(self._tail)
        if offset >= start:
            return self._tail[offset - start : offset - start + self.page_events]
        number = offset // self.page_events
        page = self._pages.get(number, ())
        if page and page[0].offset <= offset + 1 <= page[-1].offset:
            self._pages.move_to_end(number)
            return page[offset + 1 - page[0].offset :]
        self._pages_wanted[number] = None
        self.asked()
        return None

    def ask_tail(self) -> int:
        """Ask for a read of the tail that begins after this moment; return the number that it has at least."""
        self._wanted = self._begun + 1
        self.asked()
        return self._wanted

    # What the reader needs.

    @property
    def tail_wanted(self) -> bool:
        """Tell whether somebody waits for a read of the tail."""
        return self._done < self._wanted

    @property
    def page_wanted(self) -> tuple[int, int] | None:
        """Return the ends (after, until] of a page that somebody waits for, None when nobody does."""
        for number in self._pages_wanted:
            return number * self.page_events, (number + 1) * self.page_events
        return None

    def begin_tail(self) -> tuple[int, int]:
        """Number a read of the tail; return that and the offset after which to read. One at a time."""
        self._begun += 1
        return self._begun, self._latest

    def take_tail(self, number: int, stretch: Stretch) -> None:
        """Take what a read of the tail found; viewers see it after the next advance."""
        self._done, self._latest = number, stretch.head
        self._arrived.append((number, stretch))
        self.changed()

    def take_page(self, after: int, stretch: Stretch) -> None:
        """Take a page that was read; what it says of removed events counts at once."""
        number = after // self.page_events
        self._pages_wanted.pop(number, None)
        if stretch.epoch != self.epoch:
            self.ask_tail()
            return
        self.oldest = max(self.oldest, stretch.oldest)
        self._pages[number] = stretch.events
        self._pages.move_to_end(number)
        if len(self._pages) > self._pages_max:
            self._pages.popitem(last=False)
        self._paged = True
        self.changed()

    def _take_in(self, stretch: Stretch) -> None:
        if stretch.epoch != self.epoch or stretch.head < self.head:
            # Another numbering; a head that goes back under the same name is one too: commits were lost, in a failover.
            self.epoch = stretch.epoch
            self.era += 1
            self._tail.clear()
            self._pages.clear()
            self._pages_wanted.clear()
        self._tail += stretch.events  # if some in between were not read, they lie below its start or below `oldest`
        del self._tail[: -self.tail_events]
        self.head, self.oldest = stretch.head, stretch.oldest


class EventSubscription:
    """How far one viewer is in an event channel."""

    __slots__ = ("_answered", "_channel", "_ended", "_era", "_offset", "_position", "_verdict")

    def __init__(self, channel: EventChannel, position: Position | None) -> None:
        self._channel = channel
        self._position = position  # where the viewer says it is; None: it wants what comes from now on
        self._era = 0  # the numbering that `_offset` is of; 0 until the position was judged
        self._offset = 0  # everything up to here was sent
        self._verdict = 0  # the read of the tail after which a position that fits nothing fits nothing for sure
        self._answered = False  # every subscription gets a first answer, also when the viewer misses nothing
        self._ended = False  # it was told to resync, or is over

    def end(self) -> None:
        """Ask for nothing more."""
        self._ended = True
        self._channel.left()

    def take(self, frames: SharedFrames, codec: Codec) -> bytes:
        """Return the next frame, of one page at most; empty for a viewer that is in step, or that has to wait."""
        channel = self._channel
        if self._ended or not (self._era or self._settle()):
            return b""
        offset = self._offset
        if self._era != channel.era or offset < channel.oldest:
            self._ended = True
            return _refusal(channel, frames, codec)
        if offset == channel.head:
            events: Sequence[Event] | None = ()
        else:
            events = channel.after(offset)
        if events is None or (not events and self._answered):
            return b""
        self._answered = True
        if events:
            self._offset = events[-1].offset
            channel.sending(events)
            if self._offset < channel.head and channel.after(self._offset) is not None:
                channel.changed()  # the rest goes with the next tick in which the viewer reads
        return _frame(channel, offset, events, frames, codec)

    def _settle(self) -> bool:
        """Judge the position that the viewer came with; False while PostgreSQL has to be asked.

        A position ahead of what is known here, or under another name, may be younger than the last read.
        """
        channel, position = self._channel, self._position
        if not channel.era:
            return False
        if position is None:
            self._offset = max(channel.oldest, channel.head - channel.begins_with)
        elif position.epoch == channel.epoch and position.offset <= channel.head:
            self._offset = position.offset
        elif not self._verdict:
            self._verdict = channel.ask_tail()
            return False
        elif channel.tails_taken < self._verdict:
            return False
        else:
            self._offset = -1  # below everything that can be continued
        self._era = channel.era
        return True


def _frame(channel: EventChannel, base: int, events: Sequence[Event], frames: SharedFrames, codec: Codec) -> bytes:
    """Return the frame of a run of events; viewers of one encoding and base share it."""
    offset = events[-1].offset if events else base
    key = (codec.subprotocol, channel.name, base, offset)
    frame = frames.find(key)
    if frame is None:
        rows: list[list[object]] = [list(event) for event in events]
        message = Events(channel.told_as, channel.epoch, base, offset, frames.now_us, rows)
        frame = frames.keep(key, codec, message)
    return frame


def _refusal(channel: EventChannel, frames: SharedFrames, codec: Codec) -> bytes:
    error = Resync("this position cannot be continued: read the state again, and begin there")
    key = (codec.subprotocol, channel.name, None)
    return frames.find(key) or frames.keep(key, codec, Error(outcome_of(error).code, error.detail, channel.told_as))


def _nobody() -> None:
    """Stand in until somebody listens."""
