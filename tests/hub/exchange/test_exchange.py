"""What one hub is told, all hubs show: over the bus at once, and by PostgreSQL while there is none."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from hub.clock import from_us
from hub.live.board import LiveFix
from tests.hub.exchange.hubs import SECOND, crew, fix, until
from tests.storage import world
from tests.storage.world import Connection, ambulance, tablet

NEVER = 3_600.0  # PostgreSQL is not told
NOW = int(datetime.now(UTC).timestamp()) * SECOND


async def test_a_fix_is_on_every_map_a_moment_later(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B", "C") as hubs:
        hubs["A"].show(vehicle, NOW)
        took_s = await until(lambda: all(hub.picture() == {vehicle: fix(NOW)} for hub in hubs.hubs.values()))
        assert took_s < 0.5
        hubs["B"].show(vehicle, NOW + SECOND, 49.0)  # the tablet has moved on to another hub
        await until(lambda: all(hub.picture() == {vehicle: fix(NOW + SECOND, 49.0)} for hub in hubs.hubs.values()))


async def test_of_two_trackers_on_two_hubs_one_moves_the_marker_everywhere(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:

        async def shown(latitude: float, second: int) -> None:
            await until(
                lambda: all(hub.picture()[vehicle][5:6] == (NOW + second * SECOND,) for hub in hubs.hubs.values())
            )
            assert {hub.picture()[vehicle].latitude for hub in hubs.hubs.values()} == {latitude}

        hubs["A"].show(vehicle, NOW, 48.0, device_id=5)
        await until(lambda: all(hub.picture() for hub in hubs.hubs.values()))
        hubs["B"].show(vehicle, NOW + SECOND, 49.0, device_id=3)  # has come, and waits
        hubs["A"].show(vehicle, NOW + 2 * SECOND, 48.0, device_id=5)
        await shown(48.0, 2)
        hubs["B"].show(vehicle, NOW + 17 * SECOND, 49.0, device_id=3)  # nothing was heard of the other for 15 s
        await shown(49.0, 17)
        hubs["A"].show(vehicle, NOW + 18 * SECOND, 48.0, device_id=5)  # it is back, and waits now
        hubs["B"].show(vehicle, NOW + 19 * SECOND, 49.0, device_id=3)
        await shown(49.0, 19)


async def test_what_was_heard_is_neither_said_again_nor_stored(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:
        hubs["A"].show(vehicle, NOW)
        await until(lambda: bool(hubs["B"].picture()))
        assert not hubs["B"].intake.locations._moved
        tables = {node for table, _, node in hubs.ether.tables if table == "fixes"}
        assert tables == {"A"}


async def test_an_older_fix_never_moves_a_marker_back_whatever_the_clocks_say(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:
        hubs["A"].show(vehicle, NOW + 300_000, 48.5)  # by a clock that is ahead
        await until(lambda: bool(hubs["B"].picture()))
        hubs["B"].show(vehicle, NOW + 200_000, 48.25)  # sent later
        await asyncio.sleep(0.1)
        assert hubs["A"].picture() == hubs["B"].picture() == {vehicle: fix(NOW + 300_000, 48.5)}
        hubs["B"].show(vehicle, NOW + SECOND, 48.75)
        await until(lambda: hubs["A"].picture() == hubs["B"].picture() == {vehicle: fix(NOW + SECOND, 48.75)})


async def test_of_two_fixes_of_one_instant_all_hubs_show_the_same(superuser: Connection, database: str) -> None:
    vehicle, other = await ambulance(superuser), await ambulance(superuser)
    async with crew(database, "A", "B", "C") as hubs:
        for name, latitude in (("A", 48.0), ("B", 49.0), ("C", 47.0)):
            hubs[name].show(vehicle, NOW, latitude)
        for latitude in (49.0, 48.0):  # one after the other on one hub: the later one
            hubs["A"].show(other, NOW, latitude)
        await hubs.alike()
        assert {shown.latitude for shown in hubs["C"].picture().values()} == {48.0, 49.0}


async def test_an_ambulance_that_was_added_a_moment_ago_is_read_and_shown(superuser: Connection, database: str) -> None:
    async with crew(database, "A", "B") as hubs:  # which PostgreSQL tells nothing
        vehicle = await ambulance(superuser)
        await hubs["A"].intake.fleet.read_unit(vehicle)
        hubs["A"].show(vehicle, NOW)
        await until(lambda: hubs["B"].picture() == {vehicle: fix(NOW)})


async def test_a_hub_that_starts_sees_what_was_shown_before(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B", "C", location_s=NEVER) as hubs:
        await hubs.stop("C")
        hubs["A"].show(vehicle, NOW)
        await hubs.start("C")
        await hubs.alike()
        assert hubs["C"].picture() == {vehicle: fix(NOW)}


async def test_a_lost_message_is_caught_up_with(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B", location_s=NEVER) as hubs:
        hubs.ether.lose_one("A")
        hubs["A"].show(vehicle, NOW)
        await hubs.alike()
        assert hubs["B"].picture() == {vehicle: fix(NOW)}


async def test_after_a_cut_the_map_is_right_within_three_seconds(superuser: Connection, database: str) -> None:
    vehicles = [await ambulance(superuser) for _ in range(8)]
    async with crew(database, "A", "B", "C", location_s=NEVER) as hubs:
        for name in ("A", "B", "C"):
            hubs.ether.cut(name)
        for number, vehicle in enumerate(vehicles):
            hubs["ABC"[number % 3]].show(vehicle, NOW + number, 40.0 + number)
        await asyncio.sleep(0.1)  # until they have been said, and lost
        for name in ("A", "B", "C"):
            hubs.ether.heal(name)
        await hubs.alike(3.0)
        assert len(hubs["A"].picture()) == len(vehicles)


async def test_without_a_bus_the_hubs_see_each_other_through_postgresql(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:
        for name in ("A", "B"):
            hubs.ether.cut(name)
        await until(lambda: hubs["A"].bus.deaf_s > 0 and hubs["B"].bus.deaf_s > 0)
        for step in range(3):
            hubs["A"].show(vehicle, NOW + step * SECOND, 48.0 + step)
            await until(lambda at=NOW + step * SECOND: _shown_at(hubs["B"].picture(), vehicle) == at, 2.5)  # type: ignore[misc]


async def test_a_hub_that_cannot_be_heard_says_so_through_postgresql(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B", "C", listening=True) as hubs:
        hubs.ether.cut("A")
        await until(lambda: hubs["A"].bus.deaf_s > 0)
        await asyncio.sleep(0.6)  # it has said so
        hubs["A"].show(vehicle, NOW)
        for name in ("B", "C"):
            assert hubs[name].bus.deaf_s == 0
        await hubs.alike(2.5)
        hubs["B"].show(vehicle, NOW + SECOND)  # and it sees what it cannot hear
        await hubs.alike(2.5)
        assert _shown_at(hubs["A"].picture(), vehicle) == NOW + SECOND


async def test_what_a_hub_stored_before_it_died_is_found(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:
        await superuser.execute(
            "INSERT INTO ambulance_positions VALUES (1, 1, now(), $1, $2, $2, 50, 7, 8.5, 90, 4, 'NaN', 0)",
            vehicle,
            from_us(NOW),
        )
        await hubs.stop("A")
        await until(lambda: hubs["B"].picture() == {vehicle: fix(NOW, 50.0, 7.0)}, 3)


async def test_a_call_for_help_is_on_every_map_before_it_is_stored_until_it_is_answered(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    device = await tablet(superuser, vehicle)
    async with crew(database, "A", "B", "C", listening=True) as hubs:
        await hubs.stop("C")
        hubs["A"].show(vehicle, NOW)
        hubs["A"].intake.call(vehicle, (device, "call-1"), NOW)
        await until(lambda: _alarm(hubs["B"].picture(), vehicle) == NOW, 1)
        await hubs.start("C")  # who comes later, hears of it too
        await until(lambda: _alarm(hubs["C"].picture(), vehicle) == NOW, 3)
        await world.alarm(superuser, device, vehicle, alarm_id="call-1", raised_at=from_us(NOW))
        for name in "ABC":
            await until(lambda name=name: not hubs[name].intake.alarms._heard)  # type: ignore[misc]
            assert _alarm(hubs[name].picture(), vehicle) == NOW
        await superuser.execute("UPDATE alarms SET acknowledged_at = now()")
        for hub in hubs.hubs.values():
            hub.changes.heard("event", "alarms")
        await until(lambda: all(_alarm(hub.picture(), vehicle) == 0 for hub in hubs.hubs.values()))
        await until(lambda: not any(rows for (table, *_), rows in hubs.ether.tables.items() if table == "calls"))


async def test_a_hub_knows_which_device_is_connected_where(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    device = await tablet(superuser, vehicle)
    async with crew(database, "A", "B", "C") as hubs:
        where = hubs["C"].exchange.presence.where
        session = hubs["A"].connect(device, vehicle)
        await until(lambda: where(device) == "A", 1)
        hubs["B"].connect(device, vehicle)
        await until(lambda: where(device) == "B", 1)
        hubs["A"].intake.detach(session)
        await asyncio.sleep(0.05)
        assert where(device) == "B"
        await hubs.stop("B")
        await until(lambda: where(device) is None, 1)


async def test_a_removed_ambulance_is_not_kept_for_newcomers(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B", listening=True, location_s=NEVER) as hubs:
        hubs["A"].show(vehicle, NOW)
        await until(lambda: any(hubs.ether.tables.values()))
        await superuser.execute("DELETE FROM ambulances")
        await until(lambda: not any(hubs.ether.tables.values()))
        await until(lambda: all(not len(hub.board) for hub in hubs.hubs.values()))


async def test_words_that_nobody_understands_hurt_nobody(superuser: Connection, database: str) -> None:
    vehicle = await ambulance(superuser)
    async with crew(database, "A", "B") as hubs:
        for payload in (b"", b"\xc1", b"\x81\xa1f\x91\x91\x01", b"\x90", b"\x81\xa1d\x91\x92\x01\xa1x"):
            hubs["A"].bus.publish(0, payload)
        for kind, key in (("fence", "x:y"), ("fence", "1"), ("revoke", "device"), ("revoke", "user:1"), ("dance", "*")):
            hubs["A"].bus.tell(kind, key)
        hubs["A"].bus.publish(vehicle % 4, b"\x82\xa1f\x90\xa3new\x01")  # of a newer version
        hubs["A"].show(vehicle, NOW)
        await hubs.alike(1)


async def test_a_hub_goes_when_it_is_told_to(database: str) -> None:
    async with crew(database, "A", "B", "C") as hubs:
        hubs["A"].bus.tell("renew", "B")
        hubs["A"].bus.tell("drain", "nobody")
        hubs["C"].bus.tell("drain", "*")
        await until(lambda: hubs["A"].left == ["drain"] and hubs["B"].left == ["renew", "drain"])
        assert hubs["C"].left == []


def _shown_at(picture: dict[int, LiveFix], ambulance_id: int) -> int:
    return picture[ambulance_id].fix_at if ambulance_id in picture else 0


def _alarm(picture: dict[int, LiveFix], ambulance_id: int) -> int:
    return picture[ambulance_id].alarm_at if ambulance_id in picture else 0
