"""The live client on a channel of events, with a real hub."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import aiohttp
import pytest

from arogya.client import AccessRefused, Backoff, EventFeed, EventPosition, HubEvent, LiveClient
from hub.errors import Resync
from storage import events
from tests.handlers.floor import Floor, until

SOON = Backoff(first_s=0.01, longest_s=0.05)


async def raise_alarm(floor: Floor) -> None:
    """Let an ambulance call for help."""
    await floor.execute(
        "INSERT INTO alarms (device_id, alarm_id, kind, ambulance_id, raised_at, received_at)"
        " VALUES ($1, $2, 'sos', $3, now(), now())",
        floor.world.devices["TB"],
        uuid4().hex,
        floor.world.ambulances["live"],
    )
    await floor.alarms.refresh()


class Desk:
    """What somebody who follows the alarms was told."""

    def __init__(self, floor: Floor) -> None:
        self.read: list[int] = []  # where the channel stood each time that the state was read
        self.told: list[int] = []  # numbers of the events
        self.troubles: list[Exception] = []  # raised by the next readings
        self.confusions: list[Exception] = []  # raised by the next events
        self.feed = EventFeed(events.ALARMS, self._start, self._on_events)
        self._floor = floor

    def client(self, who: str = "DP") -> LiveClient:
        return LiveClient(self._floor.hub.url, self._floor.world.tokens[who], events=[self.feed], backoff=SOON)

    async def _start(self) -> EventPosition:
        if self.troubles:
            raise self.troubles.pop()
        epoch, offset = await events.position(self._floor.hub.context.reader, events.ALARMS)
        self.read.append(offset)
        return EventPosition(epoch, offset)

    def _on_events(self, happened: Sequence[HubEvent]) -> None:
        if self.confusions:
            raise self.confusions.pop()
        self.told += [event.offset for event in happened]


async def test_what_happens_after_the_state_is_told_beside_the_fleet(floor: Floor) -> None:
    await raise_alarm(floor)
    desk = Desk(floor)
    async with desk.client() as fleet:
        await anext(fleet)
        await until(lambda: desk.read == [1])
        await raise_alarm(floor)
        await floor.execute("UPDATE alarms SET acknowledged_at = now()")
        await floor.alarms.refresh()
        await until(lambda: desk.told == [2, 3, 4])
        assert set(fleet.ambulances) == {1, 2, 3, 4}


async def test_what_happened_while_the_connection_was_lost_is_told_without_reading_again(floor: Floor) -> None:
    desk = Desk(floor)
    async with desk.client():
        await until(lambda: desk.read == [0])
        await raise_alarm(floor)
        await until(lambda: desk.told == [1])
        for _ in range(3):
            floor.live.end_sessions(user_id=floor.world.users["DP"], error=Resync("for the test"))
            await raise_alarm(floor)
        await until(lambda: desk.told == [1, 2, 3, 4])
    assert desk.read == [0]


async def test_a_position_that_the_hub_cannot_continue_has_the_state_read_again(floor: Floor) -> None:
    desk = Desk(floor)
    async with desk.client() as fleet:
        await until(lambda: desk.read == [0])
        await raise_alarm(floor)
        await until(lambda: desk.told == [1])
        await floor.execute("UPDATE event_channels SET epoch = gen_random_uuid()")
        await raise_alarm(floor)
        await until(lambda: desk.read == [0, 2])
        await raise_alarm(floor)
        await until(lambda: desk.told == [1, 3])
        assert fleet.connected


async def test_a_state_that_cannot_be_read_is_tried_again(floor: Floor) -> None:
    desk = Desk(floor)
    desk.troubles.append(aiohttp.ClientConnectionError("the proxy is away"))
    async with desk.client() as fleet:
        await until(lambda: desk.read == [0])
        await raise_alarm(floor)
        await until(lambda: desk.told == [1])
        assert fleet.connected


async def test_events_that_could_not_be_taken_come_again(floor: Floor) -> None:
    desk = Desk(floor)
    desk.confusions.append(OSError("the disk is full"))
    async with desk.client():
        await until(lambda: desk.read == [0])
        await raise_alarm(floor)
        await until(lambda: desk.told == [1])
    assert desk.read == [0]


async def test_a_mistake_in_a_feed_ends_the_client(floor: Floor) -> None:
    desk = Desk(floor)
    desk.troubles.append(KeyError("items"))
    with pytest.raises(ExceptionGroup) as ended:
        async with desk.client() as fleet:
            async for _ in fleet:
                pass
    assert ended.group_contains(KeyError)


@pytest.mark.parametrize("channel", [events.ALARMS, "nothing"])
async def test_a_feed_that_is_not_for_this_account_ends_the_iteration(floor: Floor, channel: str) -> None:
    desk = Desk(floor)
    feed = EventFeed(channel, desk.feed.start, desk.feed.on_events)
    own = f"ambulance:{floor.world.ambulances['live']}"
    async with LiveClient(floor.hub.url, floor.world.tokens["TB"], channel=own, events=[feed]) as fleet:
        with pytest.raises(AccessRefused, match=f"may not watch {channel}"):
            async for _ in fleet:
                pass


async def test_a_sign_in_that_is_refused_to_a_feed_ends_the_iteration(floor: Floor) -> None:
    desk = Desk(floor)
    desk.troubles.append(AccessRefused("the hub refused the sign-in"))
    async with desk.client() as fleet:
        with pytest.raises(AccessRefused, match="sign-in"):
            async for _ in fleet:
                pass
