"""One physio session that somebody watches: `physio:{session}`, a state that all its viewers share."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from hub.errors import InvalidValue
from hub.live.feed import Feed
from hub.live.partition import Whole
from hub.live.parts import Source
from hub.live.physio_board import PhysioBoard
from hub.live.physio_news import News
from hub.live.physio_rows import THEIRS
from hub.live.subscription import StateSubscription
from hub.live.view import View
from hub.protocol.viewer_frames import Subscribe

PHYSIO = "physio"
_PREFIX = f"{PHYSIO}:"


def channel_of(session_id: UUID) -> str:
    """Return the name of a session's channel."""
    return f"{_PREFIX}{session_id}"


def session_of(channel: str) -> UUID | None:
    """Return the session whose channel this is, by its one spelling; None for any other name."""
    try:
        session_id = UUID(channel.removeprefix(_PREFIX))
    except ValueError:
        return None
    return session_id if channel == channel_of(session_id) else None


class PhysioSubscription(StateSubscription):
    """A subscription that its channel counts."""

    __slots__ = ("_left",)

    def __init__(self, position: tuple[str, int] | None, left: Callable[[], None]) -> None:
        super().__init__(position)
        self._left = left

    def end(self) -> None:
        """Let go of the state, and let the channel know."""
        super().end()
        self._left()


class PhysioChannel:
    """One session; read before anybody watches it."""

    def __init__(self, session_id: UUID) -> None:
        self.name = channel_of(session_id)
        self.changed: Callable[[], None] = _nobody  # wakes the tick
        self.board = PhysioBoard()
        self.watchers = 0  # subscriptions that have not ended
        self.finding = 0  # viewers that are about to subscribe
        self.heard: list[News] = []  # of other hubs, since the last advance
        self.heard_s = float("-inf")  # when its sensor was heard last, monotonic
        self.read_s = float("-inf")  # when it was read last
        state = self.board.state
        self._feed = Feed(Source(self.name, state, state.whole, THEIRS), frozenset({()}))

    @property
    def is_wanted(self) -> bool:
        """Tell whether somebody watches it, or is about to."""
        return self.watchers > 0 or self.finding > 0

    def advance(self) -> bool:
        """Take in what was put; tell whether the offset grew."""
        return self.board.state.advance()

    def watch(self, wanted: Subscribe, _view: View) -> StateSubscription:
        """Begin a subscription; raises `InvalidValue` for a filter."""
        if wanted.filter is not None:
            raise InvalidValue("this channel takes no filter", field="filter")
        position = None
        if wanted.epoch is not None and wanted.offset is not None:
            position = wanted.epoch, wanted.offset
        subscription = PhysioSubscription(position, self._left)
        self.board.state.enter(Whole())
        subscription.open(self._feed)
        self.watchers += 1
        return subscription

    def _left(self) -> None:
        self.watchers -= 1
        self.changed()


def _nobody() -> None:
    """Stand in until the hub listens."""
