"""Calls for help over HTTP: the list that a viewer begins with, and who answers first."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from storage import events
from tests.handlers.rig import Hub
from tests.handlers.world import LIVE, World
from tests.storage.world import alarm

API = "/api/v1/alarms"
UNKNOWN = "9217b713-b0ba-4afa-b6b7-4b56a37f29f6"
NOON = datetime(2031, 3, 3, 12, tzinfo=UTC)


async def raise_alarms(connection: asyncpg.Connection[asyncpg.Record], world: World, count: int) -> list[str]:
    """Raise alarms of one ambulance, two in each second; return their ids, newest first."""
    found = []
    for number in range(count):
        raised_at = NOON + timedelta(seconds=number // 2)
        late = {"received_at": NOON + timedelta(seconds=60), "late": True, "latitude": 48.1, "longitude": 11.5}
        alarm_id = await alarm(connection, world.devices["TB"], world.ambulances["live"], raised_at=raised_at, **late)
        found.append((raised_at, alarm_id))
    return [str(alarm_id) for _, alarm_id in sorted(found, reverse=True)]


async def test_an_alarm_is_shown_with_its_ambulance_and_times(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    (alarm_id,) = await raise_alarms(superuser, world, 1)
    answer = await hub.call("GET", API, token=world.tokens["DP"])
    assert answer.json["items"] == [
        {
            "id": alarm_id,
            "kind": "sos",
            "ambulance": {"id": world.ambulances["live"], "plate_number": LIVE},
            "raised_at": "2031-03-03T12:00:00Z",
            "received_at": "2031-03-03T12:01:00Z",
            "late": True,
            "latitude": 48.1,
            "longitude": 11.5,
            "acknowledged_at": None,
            "acknowledged_by": None,
        }
    ]
    assert answer.json["next_cursor"] is None


async def test_the_list_says_from_where_the_live_channel_goes_on(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await raise_alarms(superuser, world, 3)
    answer = await hub.call("GET", f"{API}?open=true", token=world.tokens["DP"])
    position = await events.position(hub.context.reader, events.ALARMS)
    assert (answer.json["epoch"], answer.json["offset"]) == (position.epoch, position.offset) == (position.epoch, 3)


async def test_pages_hold_every_alarm_once_newest_first(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    expected = await raise_alarms(superuser, world, 11)
    found, path = [], f"{API}?limit=3"
    for _ in range(4):
        answer = await hub.call("GET", path, token=world.tokens["DP"])
        found += [item["id"] for item in answer.json["items"]]
        path = f"{API}?limit=3&cursor={answer.json['next_cursor']}"
    assert answer.json["next_cursor"] is None
    assert found == expected


async def test_a_cursor_is_good_for_its_own_list_and_caller_alone(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await raise_alarms(superuser, world, 2)
    answer = await hub.call("GET", f"{API}?limit=1", token=world.tokens["DP"])
    cursor = answer.json["next_cursor"]
    for who, query in (("SV", ""), ("DP", "&open=true"), ("DP", "&open=false")):
        foreign = await hub.call("GET", f"{API}?limit=1&cursor={cursor}{query}", token=world.tokens[who])
        assert (foreign.status, foreign.code) == (422, "invalid_value")


@pytest.mark.parametrize("query", ["open=1", "open=True", "open=", "limit=0", "limit=201", "cursor=x"])
async def test_impossible_questions_are_refused(hub: Hub, world: World, query: str) -> None:
    answer = await hub.call("GET", f"{API}?{query}", token=world.tokens["DP"])
    assert (answer.status, answer.code) == (422, "invalid_value")


async def test_who_answers_first_stays_whoever_repeats_it(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    alarm_id, other = await raise_alarms(superuser, world, 2)
    path = f"{API}/{alarm_id}/acknowledge"
    first = await hub.call("POST", path, token=world.tokens["DP"])
    again = await hub.call("POST", path, token=world.tokens["DP"])
    late = await hub.call("POST", path, token=world.tokens["SV"])
    assert first.status == again.status == late.status == 200
    assert first.json == again.json == late.json
    assert first.json["acknowledged_by"] == {"id": str(world.users["DP"]), "name": "Name of DP"}
    assert datetime.now(UTC) - datetime.fromisoformat(first.json["acknowledged_at"]) < timedelta(seconds=10)
    told = await superuser.fetch("SELECT kind, body->>'by' AS by FROM device_commands WHERE kind = 'sos_seen'")
    assert [tuple(row) for row in told] == [("sos_seen", "Name of DP")]  # the tablet knows who has heard it
    audited = await superuser.fetch(
        "SELECT action, entity, entity_id, actor_id, outcome FROM audit_log WHERE action LIKE 'alarms%'"
    )
    assert [tuple(row) for row in audited] == [("alarms.U", "alarms", alarm_id, str(world.users["DP"]), "allowed")]
    opened = await hub.call("GET", f"{API}?open=true", token=world.tokens["DP"])
    closed = await hub.call("GET", f"{API}?open=false", token=world.tokens["DP"])
    assert [item["id"] for item in opened.json["items"]] == [other]
    assert closed.json["items"] == [first.json]


async def test_of_many_who_answer_at_once_everybody_is_told_the_same_one(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    (alarm_id,) = await raise_alarms(superuser, world, 1)
    callers = [world.tokens[who] for who in ("DP", "SV", "AD")] * 5
    answers = await asyncio.gather(
        *(hub.call("POST", f"{API}/{alarm_id}/acknowledge", token=token) for token in callers)
    )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    told = await events.read(hub.context.reader, events.ALARMS, after=0, rows_max=10)
    assert [event.kind for event in told.events] == ["raised", "acknowledged"]


@pytest.mark.parametrize("alarm_id", [UNKNOWN, "1", "x", UNKNOWN.upper() + "0"])
async def test_an_alarm_that_does_not_exist_cannot_be_answered(hub: Hub, world: World, alarm_id: str) -> None:
    answer = await hub.call("POST", f"{API}/{alarm_id}/acknowledge", token=world.tokens["DP"])
    assert (answer.status, answer.code) == (404, "not_found")


async def test_a_browser_answers_only_with_the_header_that_no_other_page_can_send(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    (alarm_id,) = await raise_alarms(superuser, world, 1)
    answer = await hub.call("POST", f"{API}/{alarm_id}/acknowledge", headers={"Cookie": "hub_session=x"})
    assert answer.status in (401, 403)
    assert await superuser.fetchval("SELECT acknowledged_at FROM alarms") is None
