"""Alerts over HTTP: all of them by page, and who takes care of one."""

from __future__ import annotations

import asyncio

import pytest

from tests.handlers.dispatch.scene import Connection, add_alert, add_call, ago
from tests.handlers.rig import Hub
from tests.handlers.world import World

ALERTS = "/api/v1/dispatch/alerts"
UNKNOWN = "9217b713-b0ba-4afa-b6b7-4b56a37f29f6"


async def test_pages_hold_every_alert_once_newest_first(hub: Hub, world: World, superuser: Connection) -> None:
    made = [
        await add_alert(superuser, "unattended", request_id=await add_call(superuser), raised_at=ago(minutes=number))
        for number in range(5)
    ]
    found, path = [], f"{ALERTS}?limit=2"
    for _ in range(3):
        answer = await hub.call("GET", path, token=world.tokens["DP"])
        found += [item["id"] for item in answer.json["items"]]
        path = f"{ALERTS}?limit=2&cursor={answer.json['next_cursor']}"
    assert found == [str(one) for one in made]
    assert answer.json["next_cursor"] is None


async def test_those_on_the_board_and_those_of_a_call_are_asked_for(
    hub: Hub, world: World, superuser: Connection
) -> None:
    one, other = await add_call(superuser), await add_call(superuser)
    still = await add_alert(superuser, "no_unit", request_id=one)
    over = await add_alert(superuser, "unattended", request_id=one, resolved_at=ago())
    elsewhere = await add_alert(superuser, "no_unit", request_id=other)

    async def ids(query: str) -> set[str]:
        answer = await hub.call("GET", f"{ALERTS}?{query}", token=world.tokens["DP"])
        return {item["id"] for item in answer.json["items"]}

    assert await ids("open=true") == {str(still), str(elsewhere)}
    assert await ids("open=false") == {str(over)}
    assert await ids(f"request_id={one}") == {str(still), str(over)}


async def test_the_first_to_answer_stays_and_the_others_are_told_who_it_was(
    hub: Hub, world: World, superuser: Connection
) -> None:
    alert = await add_alert(superuser, "no_unit", request_id=await add_call(superuser), severity="alarm")
    path = f"{ALERTS}/{alert}/acknowledge"
    answers = await asyncio.gather(*(hub.call("POST", path, token=world.tokens[who]) for who in ("DP", "SV", "AD")))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["acknowledged_by"] for answer in answers}) == 1
    audited = await superuser.fetchval("SELECT count(*) FROM audit_log WHERE action = 'dispatch_alerts.U'")
    assert audited == 1


async def test_an_alert_that_does_not_exist_is_not_answered(hub: Hub, world: World) -> None:
    answer = await hub.call("POST", f"{ALERTS}/{UNKNOWN}/acknowledge", token=world.tokens["DP"])
    assert answer.status == 404


@pytest.mark.parametrize("query", ["cursor=nothing", "limit=0", "limit=201", "open=maybe", "request_id=7", "page=2"])
async def test_an_impossible_list_is_refused(hub: Hub, world: World, query: str) -> None:
    assert (await hub.call("GET", f"{ALERTS}?{query}", token=world.tokens["DP"])).status == 422
