"""What one hub tells another to do: close whoever lost a stream, and end what is not allowed any more."""

from __future__ import annotations

import asyncio

from hub.errors import Revoked, Superseded
from tests.hub.exchange.hubs import HELLO, crew, until
from tests.storage.world import Connection, ambulance, tablet


async def test_a_stream_that_is_claimed_on_another_hub_closes_the_older_connection_at_once(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    device = await tablet(superuser, vehicle)
    async with crew(database, "A", "B") as hubs:
        older, newer = hubs["A"].connect(device, vehicle), hubs["B"].connect(device, vehicle)
        await older.open(HELLO)
        await newer.open(HELLO)
        assert await until(lambda: isinstance(older.ending, Superseded)) < 0.5
        assert newer.ending is None
        fence = next(iter(newer.streams.values())).fence
        hubs["A"].bus.tell("fence", f"{next(iter(newer.streams))}:{fence}")  # late, and told twice
        await asyncio.sleep(0.05)
        assert newer.ending is None


async def test_without_a_bus_postgresql_tells_within_two_seconds_who_lost_a_stream(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    device = await tablet(superuser, vehicle)
    async with crew(database, "A", "B") as hubs:
        hubs.ether.cut("A")
        older, newer = hubs["A"].connect(device, vehicle), hubs["B"].connect(device, vehicle)
        await older.open(HELLO)
        await newer.open(HELLO)
        await until(lambda: isinstance(older.ending, Superseded), 2)
        assert newer.ending is None


async def test_a_hub_that_is_deaf_to_postgresql_hears_from_another_what_ends_a_right(
    superuser: Connection, database: str
) -> None:
    vehicle = await ambulance(superuser)
    device, kept = [await tablet(superuser, vehicle) for _ in range(2)]
    async with crew(database, "A", "B") as hubs:  # none of them listens: A is told here
        gone, stays = hubs["B"].connect(device, vehicle), hubs["B"].connect(kept, vehicle)
        await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", device)
        hubs["A"].changes.heard("device", str(device))
        assert await until(lambda: isinstance(gone.ending, Revoked)) < 0.5
        assert stays.ending is None


async def test_a_change_of_rights_is_not_passed_on_twice(superuser: Connection, database: str) -> None:
    async with crew(database, "A", "B", "C") as hubs:
        sent = {name: hubs[name].bus.sent for name in "ABC"}
        hubs["A"].changes.heard("device", "77")
        await asyncio.sleep(0.2)
        assert hubs["A"].bus.sent > sent["A"]
        beats = 5 * 1  # at most, in so short a time
        assert all(hubs[name].bus.sent - sent[name] <= beats for name in "BC")


async def test_a_right_that_ends_unheard_ends_on_every_hub_within_two_seconds(
    superuser: Connection, database: str
) -> None:
    vehicle, other = await ambulance(superuser), await ambulance(superuser)
    revoked, moved, rotated, stays = [await tablet(superuser, vehicle) for _ in range(4)]
    for device, secret in ((rotated, b"r" * 32), (stays, b"s" * 32)):
        await superuser.execute("INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", secret, device)
    async with crew(database, "A", "B") as hubs:
        for hub in hubs.hubs.values():
            hubs.alongside(hub.changes.rights.patrol())
        sessions = {
            (name, device): hubs[name].connect(device, vehicle, credential)
            for name in "AB"
            for device, credential in ((revoked, None), (moved, None), (rotated, b"r" * 32), (stays, b"s" * 32))
        }
        await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", revoked)
        await superuser.execute("UPDATE devices SET ambulance_id = $2 WHERE id = $1", moved, other)
        await superuser.execute("UPDATE device_secrets SET revoked_at = now() WHERE device_id = $1", rotated)
        ended = [session for (_, device), session in sessions.items() if device != stays]
        await until(lambda: all(session.ending is not None for session in ended), 2)
        assert all(session.ending is None for (_, device), session in sessions.items() if device == stays)
