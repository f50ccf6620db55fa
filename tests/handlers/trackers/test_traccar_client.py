"""Traccar Client on a real hub: stored before it is answered, once, whatever it sends, and never wedged."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from hub.access import tokens
from hub.ingest.flags import ALARM, CLOCK_SKEW, NULL_ISLAND
from hub.trackers.recent import REMEMBERED
from storage import devices
from storage.pool import APP, Database
from tests.handlers.rig import SETTINGS
from tests.handlers.trackers.rig import JSON, Posting, Station, add_tracker, say, station, stored

NOW = int(time.time())
FIX = {"lat": 18.5204, "lon": 73.8567, "timestamp": NOW, "speed": 10, "bearing": 90, "accuracy": 5}


def moved(number: int) -> dict[str, Any]:
    """Return the fix of a drive, 10 s and some 100 m after the one before."""
    return {**FIX, "lat": round(18.52 + number / 1_000, 4), "timestamp": NOW - 60 + 10 * number}


@pytest.fixture
async def tracker(here: Station, superuser: asyncpg.Connection[asyncpg.Record]) -> Posting:
    """A phone with Traccar Client in an ambulance."""
    return await add_tracker(superuser)


async def test_each_shape_is_stored_and_shown(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    call = here.hub.call
    flat = [{name: str(value) for name, value in moved(number).items()} for number in range(5)]
    location = {"coords": {"latitude": moved(2)["lat"], "longitude": 73.8567}, "timestamp": moved(2)["timestamp"]}
    answers = [
        await call("GET", tracker.link, params=flat[0]),
        await call("POST", tracker.link, params=flat[1]),
        await call("POST", tracker.link, data=json.dumps({"location": location, "device_id": "7"}), headers=JSON),
        await call("POST", tracker.link, data=flat[3]),
        await call("POST", tracker.link, data=json.dumps([moved(4)]), headers=JSON),
    ]
    assert [answer.status for answer in answers] == [200] * 5
    assert [row[:2] for row in await stored(superuser, tracker)] == [(n + 1, moved(n)["lat"]) for n in range(5)]
    assert tracker.ambulance_id is not None
    shown = here.board.current(tracker.ambulance_id)
    assert shown is not None
    assert shown.latitude == moved(4)["lat"]
    assert here.counted("traccar", "stored") == 5


async def test_a_repeat_is_answered_and_not_stored(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    answers = [await say(here, tracker, **FIX) for _ in range(3)]
    await say(here, tracker, **{**FIX, "lat": 18.53})  # of the same second, and another place
    assert {answer.status for answer in answers} == {200}
    assert len(await stored(superuser, tracker)) == 2
    assert here.counted("traccar", "duplicate") == 2


async def test_many_at_once_are_stored_once_each(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    many = [{**FIX, "lat": 18.52 + number / 1e4} for number in range(7)]
    answers = await asyncio.gather(*(say(here, tracker, **fix) for fix in [*many, *many]))
    assert {answer.status for answer in answers} == {200}
    assert len(await stored(superuser, tracker)) == 7


async def test_a_call_for_help_is_raised_once_however_often_it_comes(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for _ in range(3):
        assert (await say(here, tracker, **FIX, alarm="sos")).status == 200
    (row,) = await superuser.fetch("SELECT kind, ambulance_id, latitude, late FROM alarms")
    assert tuple(row) == ("sos", tracker.ambulance_id, 18.5204, False)
    assert [flags & ALARM for *_, flags in await stored(superuser, tracker)] == [ALARM]


async def test_a_call_for_help_without_a_place_is_raised_too(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for place in ({}, {"lat": 91, "lon": 0}):
        assert (await say(here, tracker, timestamp=NOW, alarm="sos", **place)).status == 200
    (row,) = await superuser.fetch("SELECT latitude, longitude FROM alarms")
    assert tuple(row) == (None, None)
    assert [flags & NULL_ISLAND for *_, flags in await stored(superuser, tracker)] == [NULL_ISLAND]
    assert tracker.ambulance_id is not None
    assert here.board.current(tracker.ambulance_id) is None


async def test_a_heartbeat_says_that_it_is_there(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    assert (await say(here, tracker, timestamp=NOW)).status == 200
    assert await stored(superuser, tracker) == []
    assert await superuser.fetchval("SELECT last_seen_at FROM devices WHERE id = $1", tracker.device_id) is not None
    assert here.counted("traccar", "heartbeat") == 1


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{", JSON),
        (b'[{"lat":91,"lon":181}]', JSON),
        (b"lat=NaN&lon=1", {}),
        (b"\xff\x00", {}),
        (b'{"location":{"coords":{"latitude":73.8567,"longitude":185.204}}}', JSON),
        (b"[" * 60_000, JSON),
        (b"x" * 500_000, JSON),
        (b"\x1f\x8b\x08\x00", {**JSON, "Content-Encoding": "gzip"}),
    ],
    ids=["broken", "out of range", "NaN", "bytes", "swapped", "deep", "gigantic", "compressed"],
)
async def test_what_will_never_be_stored_is_answered_and_the_next_fix_is_stored(
    here: Station,
    tracker: Posting,
    superuser: asyncpg.Connection[asyncpg.Record],
    body: bytes,
    headers: dict[str, str],
) -> None:
    answer = await here.hub.call("POST", tracker.link, data=body, headers=headers)
    assert (answer.status, answer.body) == (200, b"")
    assert here.counted("traccar", "malformed") >= 1
    assert (await say(here, tracker, **FIX)).status == 200
    assert len(await stored(superuser, tracker)) == 1


@pytest.mark.parametrize("timestamp", [0, 2_208_988_800, NOW - 86_400 * 400], ids=["1970", "2040", "last year"])
async def test_a_clock_that_stands_wrong_is_no_reason_to_refuse(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record], timestamp: int
) -> None:
    assert (await say(here, tracker, **{**FIX, "timestamp": timestamp})).status == 200
    ((_, _, _, flags),) = await stored(superuser, tracker)
    assert bool(flags & CLOCK_SKEW) is (timestamp > NOW)
    late = await superuser.fetchval("SELECT max(fix_at) <= now() FROM ambulance_positions")
    assert late is True


async def test_a_wrong_secret_is_a_path_that_does_not_exist(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    wrong = tracker.with_secret(("A" if tracker.secret[0] != "A" else "B") + tracker.secret[1:])
    assert (await say(here, wrong, **FIX)).status == 404
    assert (await say(here, tracker.with_secret("short"), **FIX)).status == 404
    await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", tracker.device_id)
    assert (await say(here, tracker, **FIX)).status == 404
    assert await stored(superuser, tracker) == []


async def test_guessing_is_limited(database: str, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
    async with station(database, settings=replace(SETTINGS, refusals_per_network_per_min=3.0)) as here:
        tracker = await add_tracker(superuser)
        wrong = [(await say(here, tracker.with_secret("B" * 43), **FIX)).status for _ in range(5)]
        assert wrong == [404, 404, 404, 429, 429]
        assert (await say(here, tracker, **FIX)).status == 200


async def test_the_secret_of_a_tracker_opens_nothing_else(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    answer = await here.hub.call("GET", "/api/v1/ambulances", token=tracker.secret)
    assert answer.status == 401
    owntracks = await add_tracker(superuser, "owntracks")
    assert (await say(here, owntracks, **FIX)).status == 404
    assert (await here.hub.call("POST", "/owntracks", headers=tracker.basic, data=b"")).status == 401


async def test_the_secret_of_a_tracker_is_never_logged(
    here: Station, tracker: Posting, capsys: pytest.CaptureFixture[str]
) -> None:
    await say(here, tracker, **FIX)
    await here.hub.call("POST", tracker.link, data=b"{", headers=JSON)
    await here.hub.call("PUT", tracker.link)
    await say(here, tracker.with_secret("B" * 43), **FIX)
    said = capsys.readouterr()
    assert tracker.secret not in said.out + said.err
    assert "18.52" not in said.out + said.err


async def test_a_tracker_that_is_nowhere_mounted_is_of_no_use(
    here: Station, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    spare = await add_tracker(superuser, is_mounted=False)
    assert (await say(here, spare, **FIX)).status == 200
    assert await stored(superuser, spare) == []
    assert here.counted("traccar", "unwanted") == 1


async def test_it_goes_on_in_the_ambulance_that_it_is_moved_to(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await say(here, tracker, **FIX)
    other = await superuser.fetchval("INSERT INTO ambulances (plate_number) VALUES ('other') RETURNING id")
    await superuser.execute("UPDATE devices SET ambulance_id = $1 WHERE id = $2", other, tracker.device_id)
    await say(here, tracker, **{**FIX, "lat": 18.5304})
    rows = await superuser.fetch("SELECT ambulance_id FROM ambulance_positions ORDER BY seq")
    assert [row["ambulance_id"] for row in rows] == [tracker.ambulance_id, other]


async def test_two_hubs_take_turns(
    here: Station, tracker: Posting, database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async with station(database) as there:
        for number in range(6):
            fix: dict[str, Any] = {**FIX, "lat": 18.52 + number / 1e4, "timestamp": NOW + number}
            for hub in (here, there) if number % 2 else (there, here):  # each post comes to both
                assert (await say(hub, tracker, **fix)).status == 200
        call = {**FIX, "lat": 18.53, "alarm": "sos"}
        await say(there, tracker, **call)
        await say(here, tracker, **call)
    rows = await stored(superuser, tracker)
    assert [row[0] for row in rows] == list(range(1, 8))
    assert len({row[1:3] for row in rows}) == 7
    assert await superuser.fetchval("SELECT count(*) FROM alarms") == 1


async def test_what_was_stored_is_known_again_after_a_restart(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    tracker = await add_tracker(superuser)
    for _ in range(2):
        async with station(database) as here:
            assert (await say(here, tracker, **FIX)).status == 200
    assert len(await stored(superuser, tracker)) == 1


async def test_a_repeat_of_more_than_is_remembered_is_not_stored(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    fixes = [{"lat": 18.52, "lon": 73.85, "timestamp": NOW - number} for number in range(REMEMBERED + 100)]
    for _ in range(3):
        answer = await here.hub.call("POST", tracker.link, data=json.dumps(fixes), headers=JSON)
        assert answer.status == 200
    assert len(await stored(superuser, tracker)) == len(fixes)


async def test_what_is_not_stored_in_time_is_to_be_sent_again(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async with station(database, stored_s=0.2) as here:
        tracker = await add_tracker(superuser)
        await say(here, tracker, **FIX)
        async with superuser.transaction():
            await superuser.execute("LOCK TABLE ambulance_positions IN ACCESS EXCLUSIVE MODE")
            answer = await say(here, tracker, **{**FIX, "lat": 18.53})
            assert (answer.status, "Retry-After" in answer.headers) == (503, True)
        async with asyncio.timeout(10):
            while (await say(here, tracker, **{**FIX, "lat": 18.53})).status != 200:
                pass
        assert len(await stored(superuser, tracker)) == 2
        assert here.counted("traccar", "unstored") >= 1


async def test_a_hub_that_goes_away_sends_trackers_to_the_next(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await say(here, tracker, **FIX)
    await here.intake.drain(4.0)
    assert (await say(here, tracker, **{**FIX, "lat": 18.53})).status == 503
    assert len(await stored(superuser, tracker)) == 1


async def test_looking_stores_nothing(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    params = {name: str(value) for name, value in FIX.items()}
    assert (await here.hub.call("HEAD", tracker.link, params=params)).status == 200
    assert await stored(superuser, tracker) == []


async def test_a_tracker_is_no_device_of_the_socket(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    tracker = await add_tracker(superuser)
    app = await Database.open(database, role=APP, size=1, command_timeout_s=5)
    try:
        assert await devices.find_by_secret(app, tokens.digest(tracker.secret), datetime.now(UTC)) is None
    finally:
        await app.close()
