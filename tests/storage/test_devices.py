"""What is asked about devices when many of them come at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from storage import commands, devices, tickets
from storage.pool import Database
from storage.tickets import Ticket
from tests.storage import world
from tests.storage.world import Connection

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def secret(number: int) -> bytes:
    return number.to_bytes(32, "big")


async def test_each_secret_finds_its_own_device_and_no_other(superuser: Connection, app_pool: Database) -> None:
    ambulance = await world.ambulance(superuser)
    tablets = [await world.tablet(superuser, ambulance) for _ in range(20)]
    for number, tablet in enumerate(tablets):
        ends = NOW + timedelta(seconds=1 if number % 2 else -1)  # every other one was rotated and has run out
        await superuser.execute(
            "INSERT INTO device_secrets (hash, device_id, expires_at) VALUES ($1, $2, $3)", secret(number), tablet, ends
        )
    found = await asyncio.gather(*(devices.find_by_secret(app_pool, secret(number), NOW) for number in range(25)))
    wanted = [tablet if number % 2 else None for number, tablet in enumerate(tablets)] + [None] * 5
    assert [device and device.device_id for device in found] == wanted
    assert {device.ambulance_id for device in found if device} == {ambulance}


async def test_a_ticket_shown_twice_at_once_counts_once(superuser: Connection, app_pool: Database) -> None:
    tablet = await world.tablet(superuser, await world.ambulance(superuser))
    for number in range(3):
        ticket = Ticket("device", None, tablet, f"https://{number}.example", NOW)
        await tickets.issue(app_pool, secret(number), ticket)
    burnt = await asyncio.gather(*(tickets.burn(app_pool, secret(number)) for number in (0, 1, 1, 2, 1, 9)))
    assert [ticket and ticket.origin for ticket in burnt] == [
        "https://0.example",
        "https://1.example",
        None,
        "https://2.example",
        None,
        None,
    ]


async def test_each_device_is_told_its_own_commands_oldest_first(
    superuser: Connection, app_pool: Database, ingest_pool: Database
) -> None:
    tablets = [await world.tablet(superuser, await world.ambulance(superuser)) for _ in range(4)]
    for tablet in tablets[1:]:
        for interval in (5, 1):
            await commands.enqueue(app_pool, tablet, "reporting", {"interval_s": interval})
    pending = await asyncio.gather(*(commands.pending(ingest_pool, tablet) for tablet in (*tablets, tablets[3])))
    assert [[command.body["interval_s"] for command in told] for told in pending] == [[], *[[5, 1]] * 4]
    assert await superuser.fetchval("SELECT count(*) FROM device_commands WHERE sent_at IS NOT NULL") == 6
