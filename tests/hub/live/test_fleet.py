"""Who gets a partition of a large fleet at once, and who waits for it."""

from __future__ import annotations

import pytest

from hub.live.board import FleetBoard, Unit
from hub.live.fleet import SORTED_KEYS
from hub.live.frames import SharedFrames
from hub.live.subscription import StateSubscription
from hub.live.view import FULL
from hub.protocol.codec import JSON
from hub.protocol.filter import Area, Filter
from hub.protocol.viewer_frames import Subscribe

STATUS = Filter(status=("available",))
IDS = Filter(ids=(1,))
BOTH = Filter(status=("available",), ids=(1,))
AREA = Filter(area=Area(18.0, 73.0, 19.0, 74.0))


class Desk:
    """A fleet so large that one partition is enough for a tick."""

    def __init__(self, size: int = SORTED_KEYS) -> None:
        self.board = FleetBoard()
        self.channel = self.board.channel
        self.frames = SharedFrames()
        self.wakes = 0  # how often a tick was asked for
        for key in range(1, size + 1):
            self.board.upsert_unit(Unit(key, f"A-{key}", None, "available"))
        self.tick()
        self.channel.changed = self.wake

    def wake(self) -> None:
        """Count."""
        self.wakes += 1

    def tick(self) -> None:
        """Begin a tick."""
        self.channel.advance()
        self.frames.begin(0)

    def watch(self, filter: Filter | None) -> StateSubscription:
        """Subscribe to a part of the fleet."""
        return self.channel.watch(Subscribe("fleet", filter=filter), FULL)

    def served(self, *wanted: StateSubscription) -> list[bool]:
        """Return which of them are told something now."""
        return [bool(one.take(self.frames, JSON)) for one in wanted]


def test_one_partition_of_a_large_fleet_is_made_in_a_tick_in_the_order_of_the_wishes() -> None:
    desk = Desk()
    wanted = [desk.watch(filter) for filter in (STATUS, IDS, BOTH, IDS)]
    assert desk.board.state.partitions == 2, "the whole, and the first wish"
    desk.tick()
    assert desk.served(*wanted) == [True, True, False, True], "who wishes the same is served together"
    assert desk.wakes == 1, "the next tick comes although nothing moves"
    desk.tick()
    assert desk.served(*wanted) == [False, False, True, False]
    assert desk.wakes == 1


def test_what_is_there_is_never_waited_for() -> None:
    desk = Desk()
    first = desk.watch(STATUS)
    desk.watch(IDS)
    assert desk.served(first, desk.watch(STATUS), desk.watch(None)) == [True, True, True]


def test_who_gave_up_waiting_costs_nothing() -> None:
    desk = Desk()
    first, impatient, patient = desk.watch(STATUS), desk.watch(IDS), desk.watch(AREA)
    impatient.end()
    desk.tick()
    assert desk.served(first, patient) == [True, True]
    for one in (first, patient):
        one.end()
    desk.tick()
    assert desk.board.state.partitions == 1


@pytest.mark.parametrize("moved", [False, True])
def test_a_position_is_judged_when_the_turn_comes(*, moved: bool) -> None:
    desk = Desk()
    state = desk.board.state
    desk.watch(STATUS)
    waiting = desk.channel.watch(Subscribe("fleet", state.epoch, state.offset, IDS), FULL)
    if moved:
        desk.board.upsert_unit(Unit(1, "A-1", None, "offline"))
    desk.tick()
    told = waiting.take(desk.frames, JSON)
    assert (b'"snapshot"' in told, b'"delta"' in told) == (moved, not moved)


def test_a_small_fleet_is_cut_for_everybody_at_once() -> None:
    desk = Desk(SORTED_KEYS // 10)
    wanted = [desk.watch(filter) for filter in (STATUS, IDS, BOTH, AREA)]
    assert all(desk.served(*wanted))
