"""Tracks and trips over HTTP."""

from __future__ import annotations

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from hub.ingest.flags import JUMP
from storage.pool import READER, Database
from tests.handlers.past import add_fixes, readings
from tests.handlers.rig import Hub, running
from tests.handlers.world import World, build_world

API = "/api/v1/ambulances"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
RANGE = {"from": BEGAN.isoformat(), "to": (BEGAN + timedelta(hours=1)).isoformat()}


async def _add_shift(connection: asyncpg.Connection[asyncpg.Record], ambulance_id: int) -> None:
    """Ten minutes north at 10 m/s, ten standing, three silent, ten east; a wild fix in between."""
    rows = [(BEGAN + timedelta(seconds=at), 48.0 + at * 9e-5, 11.0, 0) for at in range(600)]
    rows += [(BEGAN + timedelta(seconds=at), 48.054, 11.0, 0) for at in range(600, 1_200)]
    rows += [(BEGAN + timedelta(seconds=at), 48.054, 11.0 + (at - 1_380) * 13e-5, 0) for at in range(1_380, 1_980)]
    rows.append((BEGAN + timedelta(seconds=300.5), 10.0, 10.0, JUMP))
    await add_fixes(connection, ambulance_id, rows, speed=10.0)


async def test_a_track_has_its_ends_stops_gaps_and_says_how_true_it_is(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    ambulance_id = world.ambulances["free"]
    await _add_shift(superuser, ambulance_id)
    path = f"{API}/{ambulance_id}/track"
    answer = await hub.call("GET", path, token=world.tokens["DP"], params=RANGE | {"points": "12"})
    assert answer.status == 200
    track = answer.json
    assert set(track) == {"ambulance_id", "from", "to", "fixes", "tolerance_m", "points", "stops", "gaps"}
    assert (track["ambulance_id"], track["fixes"]) == (ambulance_id, 1_801)
    assert len(track["points"]) <= 12
    assert track["points"][0] == [round(BEGAN.timestamp() * 1_000), 48.0, 11.0, 10.0]
    assert track["points"][-1][0] == round((BEGAN + timedelta(seconds=1_979)).timestamp() * 1_000)
    assert all(isinstance(point[0], int) and point[1] > 47 for point in track["points"])
    assert 0 <= track["tolerance_m"] < 5
    (stop,) = track["stops"]
    assert stop["latitude"] == pytest.approx(48.054, abs=3e-4)
    (gap,) = track["gaps"]
    assert datetime.fromisoformat(gap["to"]) - datetime.fromisoformat(gap["from"]) == timedelta(seconds=181)
    shown = {point[0] for point in track["points"]}
    for span in (stop, gap):
        assert {round(datetime.fromisoformat(span[end]).timestamp() * 1_000) for end in ("from", "to")} <= shown


async def test_a_track_without_fixes_is_empty(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", f"{API}/{world.ambulances['free']}/track", token=world.tokens["AD"])
    assert {name: answer.json[name] for name in ("fixes", "tolerance_m", "points", "stops", "gaps")} == {
        "fixes": 0,
        "tolerance_m": 0.0,
        "points": [],
        "stops": [],
        "gaps": [],
    }


async def test_impossible_numbers_of_points_are_refused(hub: Hub, world: World) -> None:
    for points in ("0", "1", "-1", "10001", "1000000000", "1e3", "", "٣"):
        path = f"{API}/{world.ambulances['free']}/track"
        answer = await hub.call("GET", path, token=world.tokens["DP"], params={"points": points})
        assert (answer.status, answer.code) == (422, "invalid_value"), points
    for query, code in (("points=2&points=3", "invalid_value"), ("limit=2", "unknown_field")):
        answer = await hub.call("GET", f"{path}?{query}", token=world.tokens["DP"])
        assert (answer.status, answer.code) == (422, code)


async def test_trips_are_a_logbook_that_adds_up(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_shift(superuser, world.ambulances["free"])
    path = f"{API}/{world.ambulances['free']}/trips"
    logbook = (await hub.call("GET", path, token=world.tokens["SV"], params=RANGE)).json
    assert [item["kind"] for item in logbook["items"]] == ["trip", "stop", "trip"]
    first, stop, _ = logbook["items"]
    assert first["distance_m"] == pytest.approx(6_000, rel=0.02)
    assert first["speed_max"] == pytest.approx(10.0, abs=0.02)
    assert first["start"] == [48.0, 11.0]
    assert (stop["distance_m"], stop["speed_max"], stop["start"]) == (0.0, None, stop["end"])
    totals = logbook["totals"]
    assert (totals["trips"], totals["stops"], totals["silent_s"]) == (2, 1, 0.0), "it stood through the silence"
    assert totals["distance_m"] == pytest.approx(sum(item["distance_m"] for item in logbook["items"]), abs=0.2)


async def test_trips_come_as_a_table_too_and_no_cell_is_a_formula(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute(
        "UPDATE ambulances SET plate_number = '=HYPERLINK(1)' WHERE id = $1", world.ambulances["free"]
    )
    await _add_shift(superuser, world.ambulances["free"])
    path = f"{API}/{world.ambulances['free']}/trips"
    answer = await hub.call("GET", path, token=world.tokens["DP"], params=RANGE | {"format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    since = f"{BEGAN:%Y%m%dT%H%M%SZ}"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="HYPERLINK-1_trips_{since}_')
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert [row["kind"] for row in rows] == ["trip", "stop", "trip"]
    assert {row["plate_number"] for row in rows} == {"'=HYPERLINK(1)"}
    for wrong in ("xlsx", "CSV", ""):
        refused = await hub.call("GET", path, token=world.tokens["DP"], params={"format": wrong})
        assert (refused.status, refused.code) == (422, "invalid_value")


async def test_a_database_that_does_not_answer_ends_with_503_and_no_reading(
    database: str, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    hasty = await Database.open(database, role=READER, size=2, command_timeout_s=0.3)
    try:
        async with running(database, reader=hasty) as hub:
            world = await build_world(hub, database)
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE ambulance_positions IN ACCESS EXCLUSIVE MODE")
                paths = [
                    f"ambulances/{world.ambulances['free']}/{name}" for name in ("track", "trips", "positions.gpx")
                ]
                for path in (*paths, "fleet/playback"):
                    async with asyncio.timeout(5):
                        answer = await hub.call("GET", f"/api/v1/{path}", token=world.tokens["DP"])
                    assert (answer.status, answer.code) == (503, "storage_unavailable"), path
                    assert "Content-Disposition" not in answer.headers
            assert await readings(superuser) == []
    finally:
        await hasty.close()
