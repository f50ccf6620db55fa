"""What administrators find in the audit log, and what a patient is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg

from storage import audit
from storage.audit import Entry
from tests.handlers.rig import Hub
from tests.handlers.world import World

API = "/api/v1"


async def read_by(hub: Hub, world: World, who: str, whose: str, **more: object) -> None:
    entry = Entry("appointments.R", "appointments", "7", actor_kind="user", network="10.0.4.17")
    entry = replace(entry, actor_id=str(world.users[who]), patient_id=world.users[whose], **more)  # type: ignore[arg-type]
    await audit.record(hub.context.app, entry)


async def test_an_administrator_searches_by_patient_by_actor_and_by_time(hub: Hub, world: World) -> None:
    for who, whose in (("DR", "PT"), ("RC", "PT"), ("DR", "PT closed")):
        await read_by(hub, world, who, whose, detail={"changed": ["notes"]})

    async def found(query: str) -> list[tuple[str, str]]:
        answer = await hub.call("GET", f"{API}/audit_log?action=appointments.R&embed=patient,actor{query}", token=token)
        assert answer.status == 200, answer
        return [(row["actor"]["name"], row["patient"]["name"]) for row in answer.json["items"]]

    token = world.tokens["AD"]
    newest_first = [("Name of DR", "Name of PT closed"), ("Name of RC", "Name of PT"), ("Name of DR", "Name of PT")]
    assert await found("") == newest_first
    assert await found(f"&patient_id={world.users['PT']}") == newest_first[1:]
    assert await found(f"&actor_id={world.users['DR']}&sort=at") == newest_first[::-2]
    later = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert await found(f"&at_from={later}") == []
    first = (await hub.call("GET", f"{API}/audit_log?action=appointments.R&limit=1", token=token)).json
    assert first["items"][0]["network"] == "10.0.4.17"
    assert first["items"][0]["detail"] == {"changed": ["notes"]}
    path = f"{API}/audit_log?action=appointments.R&limit=1&cursor={first['next_cursor']}"
    second = (await hub.call("GET", path, token=token)).json
    assert second["items"][0]["actor_id"] == str(world.users["RC"])


async def test_nobody_else_reads_the_log(hub: Hub, world: World) -> None:
    for who in ("PT", "DR", "RC", "SA", "DP", "SV", "TB"):
        assert (await hub.call("GET", f"{API}/audit_log", token=world.tokens[who])).status == 403, who


async def test_a_patient_is_told_who_read_their_record_and_why(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await read_by(hub, world, "DR", "PT")
    await read_by(hub, world, "RC", "PT")
    await superuser.execute(
        "INSERT INTO break_glass (user_id, patient_id, reason, expires_at)"
        " VALUES ($1, $2, 'unconscious in the hall', now() + interval '5 min')",
        world.users["DR elsewhere"],
        world.users["PT"],
    )
    await read_by(hub, world, "DR elsewhere", "PT")
    await read_by(hub, world, "PT", "PT")
    await read_by(hub, world, "SA", "PT", denied=True)
    await read_by(hub, world, "DR", "PT closed")
    tablet = Entry("patients.R", "patients", actor_kind="device", actor_id=str(world.devices["TB"]))
    await audit.record(hub.context.app, replace(tablet, patient_id=world.users["PT"]))
    await audit.record(hub.context.app, Entry("audit_log.R", "audit_log", patient_id=world.users["PT"]))
    answer = await hub.call("GET", f"{API}/record_accesses?sort=at", token=world.tokens["PT"])
    assert answer.status == 200, answer
    assert [(row["name"], row["role"], row["facility"], row["reason"]) for row in answer.json["items"]] == [
        ("Name of DR", "doctor", "north", None),
        ("Name of RC", "receptionist", "north", None),
        ("Name of DR elsewhere", "doctor", "south", "unconscious in the hall"),
        ("TB", "device", None, None),
        ("Arogya Hub", "system", None, None),
    ]
    assert set(answer.json["items"][0]) == {"id", "at", "name", "role", "facility", "action", "entity", "reason"}
    assert (await hub.call("GET", f"{API}/record_accesses", token=world.tokens["DR"])).status == 403
