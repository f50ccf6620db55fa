"""The channels of the fleet: `fleet`, all of it or what a filter leaves, and `ambulance:{id}`, one of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from hub.errors import InvalidValue
from hub.live.feed import Feed
from hub.live.filters import FleetCut, chosen
from hub.live.partition import Cell, Cut
from hub.live.parts import Source
from hub.live.state import State
from hub.live.subscription import StateSubscription
from hub.live.view import View
from hub.protocol.limits import SEQ_MAX
from hub.protocol.viewer_frames import Subscribe

FLEET = "fleet"
AMBULANCE = "ambulance"
# Of ambulances that are sorted into new cells between two ticks, some 5 µs each; at least one partition is made. A few
# viewers who change their filters as often as they may would keep the hub busy with nothing else.
SORTED_KEYS: Final = 2_000


def ambulance_of(name: str) -> int | None:
    """Return the id in a channel's name `ambulance:{id}`, None for any other name."""
    kind, _, digits = name.partition(":")
    if kind != AMBULANCE or not (digits.isascii() and digits.isdecimal()) or digits.startswith("0"):
        return None
    found = int(digits)
    return found if found <= SEQ_MAX else None


class _Picture(NamedTuple):
    """What a subscription is of: a channel's name, the cells of a cut, the view."""

    name: str
    cut: Cut
    cells: frozenset[Cell]
    view: View


class FleetChannel:
    """One state under two kinds of names."""

    name = FLEET

    def __init__(self, state: State) -> None:
        self.state = state
        self._feeds: WeakValueDictionary[tuple[Source, frozenset[Cell]], Feed] = (
            WeakValueDictionary()
        )  # those that are watched
        self._room = SORTED_KEYS  # that may still be sorted before the next advance
        # Those whose partition has to be made first, in the order in which they came; ended ones until the next tick.
        self._waiting: dict[StateSubscription, _Picture] = {}

    @property
    def changed(self) -> Callable[[], None]:
        """Return what the first change after an advance calls."""
        return self.state.changed

    @changed.setter
    def changed(self, wake: Callable[[], None]) -> None:
        self.state.changed = wake

    def advance(self) -> bool:
        """Take in what was put since the last time; tell whether the offset grew."""
        grew = self.state.advance()
        self._room = SORTED_KEYS
        waiting, self._waiting = self._waiting, {}
        for subscription, picture in waiting.items():
            if not subscription.ended:
                self._open(subscription, picture)
        if self._waiting:
            self.changed()
        return grew

    def watch(self, wanted: Subscribe, view: View) -> StateSubscription:
        """Begin a subscription of either kind of name; raises `InvalidValue` for a filter that is not taken."""
        cut: Cut
        cells: frozenset[Cell]
        ambulance_id = ambulance_of(wanted.channel)
        if ambulance_id is None:
            cut, cells = chosen(wanted.filter)
        elif wanted.filter is not None:
            raise InvalidValue("this channel takes no filter", field="filter")
        else:
            cut, cells = FleetCut(ids=True), frozenset({ambulance_id})
        position = None
        if wanted.epoch is not None and wanted.offset is not None:
            position = wanted.epoch, wanted.offset
        subscription = StateSubscription(position)
        self._open(subscription, _Picture(wanted.channel, cut, cells, view))
        return subscription

    def _open(self, subscription: StateSubscription, picture: _Picture) -> None:
        """Give a subscription its feed, or let it wait while enough partitions have been made for this tick."""
        if not self.state.has(picture.cut):
            if self._room <= 0:
                self._waiting[subscription] = picture
                return
            self._room -= max(map(len, self.state.tables.values()))
        subscription.open(self._feed(*picture))

    def _feed(self, name: str, cut: Cut, cells: frozenset[Cell], view: View) -> Feed:
        """Return the feed that all such viewers share; its partition is entered once for each of them."""
        source = Source(name, self.state, self.state.enter(cut), view)
        feed = self._feeds.get((source, cells))
        if feed is None:
            feed = self._feeds[source, cells] = Feed(source, cells)
        return feed
