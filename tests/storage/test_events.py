"""Events are appended with their cause, once and without holes; they are kept for a while, and go from the start."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from storage import alarms, audit, events, expiry
from storage.errors import StorageError
from storage.events import ALARMS, Event
from storage.pool import INGEST, INGEST_SETTINGS, Database, connect
from tests.storage import world
from tests.storage.world import Connection

AT = datetime(2031, 3, 3, 9, tzinfo=UTC)
AT_US = int(AT.timestamp()) * 1_000_000
INSERT = (
    "INSERT INTO alarms (device_id, alarm_id, kind, ambulance_id, raised_at, received_at, late, latitude, longitude)"
    " VALUES ($1, $2, 'sos', $3, $4, $5, true, 48.1, 11.5) ON CONFLICT (device_id, alarm_id) DO NOTHING"
)


async def raise_alarm(connection: Connection, device_id: int, alarm_id: str, ambulance_id: int | None) -> None:
    await connection.execute(INSERT, device_id, alarm_id, ambulance_id, AT - timedelta(seconds=1), AT)


async def told(db: Database) -> list[Event]:
    return list((await events.read(db, ALARMS, after=0, rows_max=1_000_000)).events)


async def append(connection: Connection, count: int, at: datetime = AT) -> None:
    for _ in range(count):
        await connection.execute("SELECT append_channel_event('alarms', $1, 'raised', '{}')", at)


async def test_a_channel_begins_empty_and_under_a_name(reader: Database) -> None:
    found = await events.read(reader, ALARMS, after=0, rows_max=10)
    assert (found.head, found.oldest, found.events) == (0, 0, ())
    assert await events.position(reader, ALARMS) == (found.epoch, 0)
    assert str(UUID(found.epoch)) == found.epoch


async def test_a_channel_that_does_not_exist_has_no_position(reader: Database) -> None:
    with pytest.raises(StorageError):
        await events.position(reader, "none")
    with pytest.raises(StorageError):
        await events.read(reader, "none", after=0, rows_max=10)


async def test_a_channel_is_made_by_its_first_event(superuser: Connection, reader: Database) -> None:
    assert await superuser.fetchval("SELECT append_channel_event('new', now(), 'first', '{\"a\": [1]}')") == 1
    (event,) = (await events.read(reader, "new", after=0, rows_max=10)).events
    assert (event.offset, event.kind, event.body) == (1, "first", {"a": [1]})


async def test_an_alarm_is_told_with_all_that_is_shown_of_it(superuser: Connection, reader: Database) -> None:
    vehicle = await world.ambulance(superuser)
    await raise_alarm(superuser, await world.tablet(superuser, vehicle), "one", vehicle)
    (event,) = await told(reader)
    assert (event.offset, event.at, event.kind) == (1, AT_US, "raised")
    assert event.body == {
        "id": str(await superuser.fetchval("SELECT id FROM alarms")),
        "ambulance_id": vehicle,
        "plate_number": await superuser.fetchval("SELECT plate_number FROM ambulances"),
        "kind": "sos",
        "raised_at": AT_US - 1_000_000,
        "late": True,
        "latitude": 48.1,
        "longitude": 11.5,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }


async def test_an_alarm_that_comes_again_is_told_once(superuser: Connection, reader: Database) -> None:
    device = await world.tablet(superuser, None)
    for alarm_id in ("one", "one", "two", "one"):
        await raise_alarm(superuser, device, alarm_id, None)
    assert [event.offset for event in await told(reader)] == [1, 2]


async def test_what_is_rolled_back_was_never_told(superuser: Connection, reader: Database) -> None:
    device = await world.tablet(superuser, None)
    transaction = superuser.transaction()
    await transaction.start()
    await raise_alarm(superuser, device, "one", None)
    await transaction.rollback()
    await raise_alarm(superuser, device, "two", None)
    assert [event.offset for event in await told(reader)] == [1]


async def test_hubs_hear_of_an_event_after_its_commit(database: str, superuser: Connection) -> None:
    heard: asyncio.Queue[object] = asyncio.Queue()
    listener = await asyncpg.connect(database)
    await listener.add_listener("arogya", lambda *said: heard.put_nowait(said[-1]))
    device = await world.tablet(superuser, None)
    async with superuser.transaction():
        await raise_alarm(superuser, device, "one", None)
        await raise_alarm(superuser, device, "two", None)
    async with asyncio.timeout(5):
        assert await heard.get() == "event:alarms"
    assert heard.empty()  # one word for one transaction
    await listener.close()


async def test_the_first_to_acknowledge_stays_and_is_told_once(
    superuser: Connection, app_pool: Database, reader: Database
) -> None:
    device = await world.tablet(superuser, None)
    people = [await world.user(superuser, "admin") for _ in range(8)]
    await raise_alarm(superuser, device, "one", None)
    alarm_id = await superuser.fetchval("SELECT id FROM alarms")
    entry = audit.Entry("alarms.U", "alarms", str(alarm_id))
    answers = await asyncio.gather(
        *(alarms.acknowledge(app_pool, alarm_id, user_id=one, now=AT, entry=entry) for one in people)
    )
    first = answers[0]
    assert first is not None
    assert first.acknowledged_by in people
    assert set(answers) == {first}
    assert [event.kind for event in await told(reader)] == ["raised", "acknowledged"]
    body = (await told(reader))[1].body
    assert (body["acknowledged_at"], body["acknowledged_by"]) == (AT_US, first.acknowledged_by_name)
    assert await superuser.fetchval("SELECT count(*) FROM audit_log WHERE action = 'alarms.U'") == 1


async def test_an_alarm_that_is_not_there_cannot_be_acknowledged(superuser: Connection, app_pool: Database) -> None:
    somebody = await world.user(superuser, "admin")
    entry = audit.Entry("alarms.U", "alarms", None)
    assert await alarms.acknowledge(app_pool, UUID(int=1), user_id=somebody, now=AT, entry=entry) is None
    assert await superuser.fetchval("SELECT count(*) FROM audit_log") == 0


async def test_writers_that_race_leave_no_hole_and_never_wait_in_a_circle(
    database: str, superuser: Connection, app_pool: Database, reader: Database
) -> None:
    devices = [await world.tablet(superuser, None) for _ in range(2)]
    somebody = await world.user(superuser, "admin")
    names = [f"call {n}" for n in range(12)]
    entry = audit.Entry("alarms.U", "alarms", None)

    async def store(order: list[str]) -> None:
        writer = await connect(database, role=INGEST, command_timeout_s=5, settings=INGEST_SETTINGS)
        for name in order:
            async with writer.transaction():
                for device in devices:
                    await writer.execute(INSERT, device, name, None, AT, AT)
        await writer.close()

    async def acknowledge() -> None:
        for _ in range(30):
            for row in await superuser.fetch("SELECT id FROM alarms WHERE acknowledged_at IS NULL"):
                await alarms.acknowledge(app_pool, row["id"], user_id=somebody, now=AT, entry=entry)

    orders = [random.Random(n).sample(names, len(names)) for n in range(3)]  # noqa: S311 - the same in every run
    await asyncio.gather(*(store(order) for order in orders), acknowledge())
    await acknowledge()
    found = await told(reader)
    assert [event.offset for event in found] == list(range(1, 4 * len(names) + 1))
    raised = [event.body["id"] for event in found if event.kind == "raised"]
    assert len(set(raised)) == len(raised) == 2 * len(names)
    assert sorted(map(str, raised)) == sorted(str(e.body["id"]) for e in found if e.kind == "acknowledged")


async def test_what_the_head_counts_is_there_to_be_read(superuser: Connection, reader: Database) -> None:
    async def write() -> None:
        await append(superuser, 100)

    writing = asyncio.ensure_future(write())
    known = 0
    while known < 100:
        found = await events.read(reader, ALARMS, after=known, rows_max=1_000)
        assert [event.offset for event in found.events] == list(range(known + 1, found.head + 1))
        known = found.head
    await writing


async def test_a_run_is_read_by_its_ends_or_as_the_newest_of_it(superuser: Connection, reader: Database) -> None:
    await append(superuser, 10)

    async def offsets(**bounds: int) -> list[int]:
        return [event.offset for event in (await events.read(reader, ALARMS, **bounds)).events]

    assert await offsets(after=2, until=5, rows_max=3) == [3, 4, 5]
    assert await offsets(after=2, until=50, rows_max=100) == [3, 4, 5, 6, 7, 8, 9, 10]
    assert await offsets(after=0, rows_max=3) == [8, 9, 10]
    assert await offsets(after=9, rows_max=3) == [10]
    assert await offsets(after=10, rows_max=3) == []
    assert await offsets(after=12, rows_max=3) == []


async def test_old_events_go_from_the_start_and_leave_no_hole(
    superuser: Connection, reader: Database, owner_pool: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiry, "ROWS_MAX", 2)  # several rounds
    await append(superuser, 5, AT - timedelta(days=8))
    await append(superuser, 1)
    await append(superuser, 1, AT - timedelta(days=8))  # a clock that went back: it stays with what is before it
    assert await expiry.remove_events(owner_pool, AT - timedelta(days=7)) == 5
    found = await events.read(reader, ALARMS, after=0, rows_max=100)
    assert (found.head, found.oldest) == (7, 5)
    assert [event.offset for event in found.events] == [6, 7]
    assert await expiry.remove_events(owner_pool, AT + timedelta(days=7)) == 2
    found = await events.read(reader, ALARMS, after=0, rows_max=100)
    assert (found.head, found.oldest, found.events) == (7, 7, ())
    await append(superuser, 1)
    assert [event.offset for event in await told(reader)] == [8]


async def test_only_the_owner_appends(superuser: Connection) -> None:
    for role in ("arogya_reader", "arogya_ingest", "arogya_app"):
        await superuser.execute(f"SET ROLE {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await append(superuser, 1)
        await superuser.execute("RESET ROLE")
