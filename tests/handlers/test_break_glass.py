"""Breaking the glass over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World
from tests.storage.world import Connection

API = "/api/v1"
REASON = "brought in unconscious"


async def look(hub: Hub, world: World, who: str, **more: object) -> Answer:
    body = {"patient_id": str(world.users["PT"]), "reason": REASON, **more}
    return await hub.call("POST", f"{API}/break_glass", token=world.tokens[who], json=body)


async def test_a_stated_reason_is_stored_told_and_written_down(hub: Hub, world: World, superuser: Connection) -> None:
    answer = await look(hub, world, "DR", minutes=15)
    assert answer.status == 201
    granted, until = (datetime.fromisoformat(answer.json[name]) for name in ("granted_at", "expires_at"))
    assert until - granted == timedelta(minutes=15)
    told = await superuser.fetchrow("SELECT type, message FROM notifications WHERE user_id = $1", world.users["PT"])
    assert told is not None
    assert told["type"] == "break_glass"
    assert "Name of DR" in told["message"]
    assert REASON not in told["message"]  # it may be clinical
    entry = await superuser.fetchrow(
        "SELECT actor_id, patient_id, reason, entity_id FROM audit_log WHERE action = 'break_glass.C'"
    )
    assert entry is not None
    assert tuple(entry) == (str(world.users["DR"]), world.users["PT"], REASON, answer.json["id"])


async def test_only_doctors_and_administrators_may(hub: Hub, world: World, superuser: Connection) -> None:
    for who in ("PT", "RC", "SA", "DP", "SV", "TB", "PX"):
        assert (await look(hub, world, who)).status == 403, who
    assert await superuser.fetchval("SELECT count(*) FROM break_glass") == 0
    assert await superuser.fetchval("SELECT count(*) FROM notifications") == 0
    assert (await look(hub, world, "AD")).status == 201


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "short"),
        ("reason", " " * 20),
        ("reason", "\u200b" * 20),  # nothing that the patient could see
        ("reason", "x" * 501),
        ("minutes", 61),
        ("minutes", 0),
        ("patient_id", "00000000-0000-4000-8000-000000000000"),
    ],
)
async def test_a_look_without_a_reason_or_without_end_is_refused(
    hub: Hub, world: World, field: str, value: object
) -> None:
    answer = await look(hub, world, "DR", **{field: value})
    assert (answer.status, answer.json["field"]) == (422, field)


async def test_who_is_no_patient_and_who_does_not_exist_answer_alike(hub: Hub, world: World) -> None:
    answers = [await look(hub, world, "DR", patient_id=str(key)) for key in (uuid4(), world.users["AD"])]
    bodies = [{**answer.json, "request_id": ""} for answer in answers]
    assert bodies[0] == bodies[1]


async def test_each_sees_the_own_looks_and_administrators_all(hub: Hub, world: World) -> None:
    made = {who: (await look(hub, world, who)).json["id"] for who in ("DR", "DR elsewhere", "AD")}
    for who, expected in (("DR", {made["DR"]}), ("AD", set(made.values()))):
        listed = await hub.call("GET", f"{API}/break_glass", token=world.tokens[who])
        assert {item["id"] for item in listed.json["items"]} == expected
    assert (await hub.call("GET", f"{API}/break_glass", token=world.tokens["PT"])).status == 403
