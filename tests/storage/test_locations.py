"""Where ambulances are, as it is stored: one by one, all of them, and what was written since a look before."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
import pytest

from storage import locations
from storage.pool import INGEST, Database
from tests.storage.world import NINE, Connection, ambulance, insert

MOVE = "UPDATE ambulances SET current_location = point($2, 12.5), location_fix_at = $3 WHERE id = $1"
FIX = "INSERT INTO ambulance_positions VALUES (1, $1, now(), $2, $3, $3, $4, 77, 1, 2, 3, 'NaN', $5)"
HIDDEN = 4


@pytest.mark.parametrize("asked", [True, False])
async def test_an_ambulance_comes_with_its_position_whether_it_is_asked_for_or_all_are(
    superuser: Connection, reader: Database, asked: bool
) -> None:
    key = await insert(
        superuser,
        "ambulances",
        plate_number="A-1",
        current_location=asyncpg.Point(77.5, 12.5),
        location_fix_at=NINE,
    )
    other = await ambulance(superuser)
    rows = await locations.read_fleet(reader, hidden_flags=0, ambulance_ids=[key] if asked else None)
    assert [row.ambulance_id for row in rows] == ([key] if asked else [key, other])
    free = (None, None, None, None)
    assert rows[0] == (key, "A-1", None, "available", "basic", *free, 12.5, 77.5, None, None, None, NINE, False)
    assert await locations.read_fleet(reader, hidden_flags=0, ambulance_ids=[]) == []


async def test_an_ambulance_comes_with_the_call_that_it_was_offered_or_has(
    superuser: Connection, database: str, reader: Database
) -> None:
    unit = await ambulance(superuser)
    request = await insert(superuser, "ambulance_requests", priority=2)
    run = await insert(superuser, "assignments", request_id=request, ambulance_id=unit, eta_at=NINE)
    (row,) = await locations.read_fleet(reader, hidden_flags=0, ambulance_ids=[unit])
    assert (row.request_id, row.stage, row.priority, row.eta_at) == (request, "offered", 2, NINE)
    await superuser.execute("UPDATE assignments SET status = 'expired', expired_at = now() WHERE id = $1", run)
    (row,) = await locations.read_fleet(reader, hidden_flags=0, ambulance_ids=[unit])
    assert (row.request_id, row.stage, row.priority, row.eta_at) == (None, None, None, None)
    ingest = await Database.open(database, role=INGEST, size=1, command_timeout_s=5)
    try:
        assert await locations.read_fleet(ingest, hidden_flags=0, ambulance_ids=[unit]) == [row]
    finally:
        await ingest.close()


async def test_a_stored_fix_that_the_row_has_not_followed_counts_unless_it_is_hidden(
    superuser: Connection, reader: Database
) -> None:
    key = await ambulance(superuser)
    now = datetime.now(UTC)
    await superuser.execute(MOVE, key, 70.0, NINE.replace(year=2020))
    await superuser.execute(FIX, 1, key, now, 13.0, 0)
    await superuser.execute(FIX, 2, key, now.replace(year=now.year + 1), 14.0, HIDDEN)
    (row,) = await locations.read_fleet(reader, hidden_flags=HIDDEN, ambulance_ids=[key])
    assert (row.latitude, row.longitude, row.fix_at, row.behind) == (13.0, 77.0, now, True)


async def test_what_moved_since_a_look_is_told_once_and_nothing_is_missing(
    superuser: Connection, reader: Database, database: str
) -> None:
    one, two, three = [await ambulance(superuser) for _ in range(3)]
    nothing = await locations.read_moved(reader, None)
    assert nothing.places == []
    await superuser.execute(MOVE, one, 70.0, NINE)
    first = await locations.read_moved(reader, nothing.mark)
    assert [place[:3] for place in first.places] == [(one, 12.5, 70.0)]
    assert (await locations.read_moved(reader, first.mark)).places == []

    late = await asyncpg.connect(database)
    async with late.transaction():  # begins before a younger one, and commits after the next look
        await late.execute(MOVE, two, 71.0, NINE.replace(year=1990))  # by whatever clock
        await superuser.execute(MOVE, three, 72.0, NINE)
        second = await locations.read_moved(reader, first.mark)
        assert [place.ambulance_id for place in second.places] == [three]
    third = await locations.read_moved(reader, second.mark)
    assert two in [place.ambulance_id for place in third.places]
    assert (await locations.read_moved(reader, third.mark)).places == []
    assert len((await locations.read_moved(reader, None)).places) == 3
    await late.close()


async def test_looks_one_after_the_other_add_up_to_the_whole(superuser: Connection, reader: Database) -> None:
    keys = [await ambulance(superuser) for _ in range(20)]
    seen: dict[int, float] = {}
    mark = None
    for turn in range(30):
        for key in keys[turn % 7 :: 3]:
            await superuser.execute(MOVE, key, float(turn), NINE)
        moved = await locations.read_moved(reader, mark)
        mark = moved.mark
        seen |= {place.ambulance_id: place.longitude for place in moved.places}
    assert seen == {place.ambulance_id: place.longitude for place in (await locations.read_moved(reader, None)).places}
