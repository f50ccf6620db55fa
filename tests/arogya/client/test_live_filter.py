"""The live client on a part of the fleet, and on one ambulance, with a real hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from arogya.client import AccessRefused, Ambulance, Area, Backoff, Filter, LiveClient
from hub.live.board import LiveFix
from tests.handlers.floor import Floor, until

CITY = Area(47.9, 10.9, 48.1, 11.1)
SOON = Backoff(first_s=0.01, longest_s=0.05)


async def seen(fleet: LiveClient, expected: Callable[[LiveClient], bool]) -> None:
    """Take changes until the picture is as expected."""
    async with asyncio.timeout(5):
        while not expected(fleet):
            await anext(fleet)


async def test_an_area_is_followed_as_ambulances_come_and_go(floor: Floor) -> None:
    floor.move(1, 1)
    async with LiveClient(floor.hub.url, floor.world.tokens["DP"], filter=Filter(area=CITY)) as fleet:
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {1})
        floor.move(2, 2)
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {1, 2})
        assert fleet.ambulances[2].plate_number == "MARK-FREE"
        floor.board.move(1, LiveFix(20.0, 20.0, 1.0, 1.0, 1.0, 3))
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {2})


async def test_another_filter_replaces_the_picture_and_none_shows_all(floor: Floor) -> None:
    async with LiveClient(floor.hub.url, floor.world.tokens["DP"], filter=Filter(ids=(1, 2))) as fleet:
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {1, 2})
        await fleet.set_filter(Filter(ids=(2, 3)))
        assert set(fleet.ambulances) == {1, 2}, "until the hub has answered"
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {2, 3})
        await fleet.set_filter(None)
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {1, 2, 3, 4})
        floor.move(5, 4)
        await seen(fleet, lambda fleet: fleet.ambulances[4].position is not None)


async def test_changing_the_filter_all_the_time_ends_with_the_last(floor: Floor) -> None:
    async with LiveClient(floor.hub.url, floor.world.tokens["DP"]) as fleet:
        await anext(fleet)
        for number in range(20):
            await fleet.set_filter(Filter(ids=(number % 4 + 1,)))
            floor.move(number, number % 4 + 1)
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {4})
        await until(lambda: floor.board.state.partitions == 2)


async def test_a_lost_connection_comes_back_to_the_same_filter(floor: Floor) -> None:
    async with LiveClient(floor.hub.url, floor.world.tokens["DP"], filter=Filter(area=CITY), backoff=SOON) as fleet:
        await until(lambda: fleet.connected)
        assert fleet._socket is not None and fleet._socket._response.connection is not None
        fleet._socket._response.connection.close()
        await until(lambda: not fleet.connected)
        floor.move(7, 1)
        await seen(fleet, lambda fleet: set(fleet.ambulances) == {1})
        assert fleet.connected


async def test_a_tablet_and_a_patient_follow_one_ambulance_each_with_what_is_theirs(floor: Floor) -> None:
    key = floor.world.ambulances["live"]
    for name, expected in (
        ("TB", Ambulance(key, "MARK-LIVE", None, "available", None)),
        ("PT", Ambulance(key, "MARK-LIVE", None, None, None)),
        ("RC", Ambulance(key, None, None, "available", None)),
    ):
        async with LiveClient(floor.hub.url, floor.world.tokens[name], channel=f"ambulance:{key}") as fleet:
            await anext(fleet)
            assert dict(fleet.ambulances) == {key: expected}


async def test_a_right_that_ends_ends_the_iteration(floor: Floor) -> None:
    channel = f"ambulance:{floor.world.ambulances['live']}"
    async with LiveClient(floor.hub.url, floor.world.tokens["PT"], channel=channel) as fleet:
        await anext(fleet)
        await floor.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now() + interval '1 s'")
        async with asyncio.timeout(3):
            with pytest.raises(AccessRefused, match=channel):
                await anext(fleet)


async def test_a_filter_that_no_hub_takes_is_refused_here_and_one_that_this_hub_refuses_there(floor: Floor) -> None:
    url, token = floor.hub.url, floor.world.tokens["DP"]
    for wrong in (Filter(), Filter(status=("busy",)), Filter(ids=(0,)), Filter(area=Area(2.0, 0.0, 1.0, 1.0))):
        with pytest.raises(ValueError, match=r"\w"):
            LiveClient(url, token, filter=wrong)
    async with LiveClient(url, token, filter=Filter(("available", "offline"), tuple(range(1, 201)), CITY)) as fleet:
        with pytest.raises(ValueError, match="south"):
            await fleet.set_filter(Filter(area=Area(2.0, 0.0, 1.0, 1.0)))
        async with asyncio.timeout(3):
            with pytest.raises(AccessRefused, match="invalid_value"):
                await anext(fleet)
