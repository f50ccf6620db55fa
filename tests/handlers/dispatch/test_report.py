"""The shift report: intervals that can be computed by hand, late calls, and the file with every time."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.handlers.dispatch.scene import Connection, add_assignment, add_call
from tests.handlers.rig import Hub
from tests.handlers.world import World

REPORT = "/api/v1/dispatch/report"
NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)
DAY = {"since": "2031-03-03T00:00:00Z", "until": "2031-03-04T00:00:00Z"}


def times(received_at: datetime, minutes: float) -> dict[str, Any]:
    """Return a whole course: to the scene in so many minutes, ten there, ten on the way, ten more."""
    scene = received_at + timedelta(minutes=minutes)
    return {
        "status": "cleared",
        "offered_at": received_at + timedelta(seconds=30),
        "accepted_at": received_at + timedelta(seconds=45),
        "en_route_at": received_at + timedelta(seconds=60),
        "on_scene_at": scene,
        "transporting_at": scene + timedelta(minutes=10),
        "at_destination_at": scene + timedelta(minutes=20),
        "cleared_at": scene + timedelta(minutes=30),
    }


async def add_day(connection: Connection, world: World) -> None:
    """Store four critical calls, of which one is late, a cancelled one, and one at which a stage was skipped."""
    for number, minutes in enumerate((4, 6, 8, 12)):
        at = NOON + timedelta(minutes=number)
        call = await add_call(connection, priority=1, requested_at=at, status="completed", closed_at=at)
        await add_assignment(connection, call, world.ambulances["free"], **times(at, minutes))
    await add_call(
        connection, priority=1, requested_at=NOON, status="cancelled", cancel_reason="=1+1", closed_at=NOON, place=None
    )
    call = await add_call(connection, priority=3, requested_at=NOON, status="completed", complaint="@SUM(1)")
    course = {**times(NOON, 5), "en_route_at": None, "skipped": ["en_route"]}
    await add_assignment(connection, call, world.ambulances["free"], **course)


async def test_intervals_are_between_the_times_that_nemsis_names(hub: Hub, world: World, superuser: Connection) -> None:
    await superuser.execute("DELETE FROM assignments")
    await add_day(superuser, world)
    answer = await hub.call("GET", REPORT, token=world.tokens["SV"], params=DAY)
    first, lower = answer.json["priorities"]
    found = {each["name"]: (each["n"], each["mean_s"], each["p50_s"], each["p90_s"]) for each in first["intervals"]}
    assert found == {
        "response": (4, 450.0, 420.0, 648.0),
        "chute": (4, 30.0, 30.0, 30.0),
        "travel": (4, 390.0, 360.0, 588.0),
        "scene": (4, 600.0, 600.0, 600.0),
        "transport": (4, 600.0, 600.0, 600.0),
        "call_to_arrival": (4, 1_650.0, 1_620.0, 1_848.0),
    }
    assert {each["name"] for each in lower["intervals"]} == {"response", "scene", "transport", "call_to_arrival"}
    assert {each["name"]: each["n"] for each in answer.json["intervals"]}["response"] == 5


async def test_late_calls_are_a_share_of_those_that_were_not_cancelled(
    hub: Hub, world: World, superuser: Connection
) -> None:
    await superuser.execute("DELETE FROM assignments")
    await add_day(superuser, world)
    answer = await hub.call("GET", REPORT, token=world.tokens["DP"], params=DAY)
    first, lower = answer.json["priorities"]
    assert (first["received"], first["completed"], first["cancelled"]) == (5, 4, 1)
    assert (first["late"], first["late_share"], first["target_s"]) == (1, 0.25, 480.0)
    assert (lower["with_skipped_stages"], lower["late_share"]) == (1, 0.0)


async def test_a_call_that_waits_beyond_its_target_is_late_already(
    hub: Hub, world: World, superuser: Connection
) -> None:
    await superuser.execute("DELETE FROM assignments")
    await superuser.execute("DELETE FROM ambulance_requests")
    now = datetime.now(UTC)
    await add_call(superuser, priority=1, requested_at=now - timedelta(minutes=9), status="queued")
    await add_call(superuser, priority=1, requested_at=now - timedelta(minutes=7), status="queued")
    answer = await hub.call("GET", REPORT, token=world.tokens["DP"])
    (first,) = answer.json["priorities"]
    assert (first["still_open"], first["late"], first["late_share"]) == (2, 1, 1.0)


async def test_a_shift_is_named_by_its_day_and_its_local_times(hub: Hub, world: World) -> None:
    shift = {"day": "2031-03-03", "begins": "19:00", "ends": "07:00", "time_zone": "Asia/Kolkata"}
    answer = await hub.call("GET", REPORT, token=world.tokens["DP"], params=shift)
    assert (answer.json["since"], answer.json["until"]) == ("2031-03-03T13:30:00Z", "2031-03-04T01:30:00Z")


async def test_the_file_has_every_time_of_every_call_and_no_formula(
    hub: Hub, world: World, superuser: Connection
) -> None:
    await superuser.execute("DELETE FROM assignments")
    await add_day(superuser, world)
    answer = await hub.call(
        "GET", f"{REPORT}.csv", token=world.tokens["DP"], params={**DAY, "time_zone": "Asia/Kolkata"}
    )
    assert answer.headers["Content-Type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert len(lines) == 6
    whole = next(line for line in lines if line["response_s"] == "720")
    assert whole["call_received (eTimes.01)"] == "2031-03-03T17:33:00+05:30"
    assert whole["on_scene (eTimes.06)"] == "2031-03-03T17:45:00+05:30"
    assert whole["back_in_service (eTimes.13)"] == "2031-03-03T18:15:00+05:30"
    assert whole["late"] == "true"
    cancelled = next(line for line in lines if line["status"] == "cancelled")
    assert (cancelled["cancel_reason"], cancelled["on_scene (eTimes.06)"]) == ("'=1+1", "")
    skipped = next(line for line in lines if line["skipped"])
    assert (skipped["skipped"], skipped["unit_en_route (eTimes.05)"], skipped["complaint"]) == (
        "en_route",
        "",
        "'@SUM(1)",
    )


@pytest.mark.parametrize(
    "query",
    [
        {"since": "2031-03-04T00:00:00Z", "until": "2031-03-03T00:00:00Z"},
        {"since": "2029-03-04T00:00:00Z", "until": "2031-03-03T00:00:00Z"},
        {"since": "0001-01-01T00:00:00Z"},
        {"since": "2031-03-04T00:00:00"},
        {"day": "0001-01-01"},
        {"day": "2031-02-30"},
        {"day": "2031-02-03", "begins": "25:00"},
        {"day": "2031-02-03", "time_zone": "Mars/Olympus"},
        {"day": "2031-02-03", "since": "2031-03-04T00:00:00Z"},
        {"time_zone": "../../etc/passwd"},
    ],
    ids=lambda query: " ".join(query.values()),
)
async def test_an_impossible_range_is_refused(hub: Hub, world: World, query: dict[str, str]) -> None:
    assert (await hub.call("GET", REPORT, token=world.tokens["DP"], params=query)).status == 422
    assert (await hub.call("GET", f"{REPORT}.csv", token=world.tokens["DP"], params=query)).status == 422
