"""What comes and goes with a credential, and what a write of those who may really does, over HTTP."""

from __future__ import annotations

import asyncpg

from handlers.routes import ROUTES
from tests.handlers.rig import Hub
from tests.handlers.world import World, open_session
from tests.storage.world import alarm

API = "/api/v1"
EVERYBODY = ("PT", "PT closed", "DR", "DR elsewhere", "RC", "RC elsewhere", "SA", "DP", "SV", "AD", "TB", "PX")
DEVICES = ("TB", "PX")
BOARD = ("DP", "SV", "AD")  # who sees the whole fleet


async def test_alarms_are_for_those_who_see_the_whole_fleet(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for who in EVERYBODY:
        alarm_id = await alarm(superuser, world.devices["TB"], world.ambulances["live"])
        listed = await hub.call("GET", f"{API}/alarms", token=world.tokens[who])
        answered = await hub.call("POST", f"{API}/alarms/{alarm_id}/acknowledge", token=world.tokens[who])
        assert (listed.status, answered.status) == ((200, 200) if who in BOARD else (403, 403)), who
        by = await superuser.fetchval("SELECT acknowledged_by FROM alarms WHERE id = $1", alarm_id)
        assert by == (world.users[who] if who in BOARD else None), who


async def test_sessions_are_the_own_ones(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        listed = await hub.call("GET", f"{API}/sessions", token=world.tokens[who])
        current = await hub.call("GET", f"{API}/sessions/current", token=world.tokens[who])
        if who in DEVICES:
            assert (listed.status, current.status) == (403, 403)
            continue
        assert [item["id"] for item in listed.json["items"]] == [str(world.sessions[who])]
        assert current.json["user"]["name"] == f"Name of {who}"
        if who != "AD":
            foreign = await hub.call("DELETE", f"{API}/sessions/{world.sessions['AD']}", token=world.tokens[who])
            assert (foreign.status, foreign.code) == (404, "not_found")
    for who in EVERYBODY:
        answer = await hub.call("DELETE", f"{API}/sessions/current", token=world.tokens[who])
        assert answer.status == (403 if who in DEVICES else 204), who


async def test_without_a_credential_that_counts_everything_is_401(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute("UPDATE users SET disabled_at = now() WHERE id = $1", world.users["DP"])
    await superuser.execute("UPDATE devices SET revoked_at = now() WHERE id = $1", world.devices["TB"])
    _, expired = await open_session(hub, world.users["AD"], lives_s=-1)
    almost = world.tokens["SV"][:-2] + ("A" if world.tokens["SV"][-2] != "A" else "B") + world.tokens["SV"][-1]
    for route in ROUTES:
        if route.public:
            continue
        path = route.path.replace("{id}", str(world.ambulances["live"]))
        for token in (*(() if route.open else (None,)), world.tokens["DP"], world.tokens["TB"], expired, almost, "x"):
            answer = await hub.call(route.method, path, token=token)
            assert (answer.status, answer.code) == (401, "unauthorized"), (route.method, path)
            assert b"MARK" not in answer.body


async def test_denials_are_written_down(hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
    await hub.call("GET", f"{API}/ambulances/nearest?latitude=1&longitude=1", token=world.tokens["RC"])
    await hub.call("GET", f"{API}/ambulances/{world.ambulances['free']}", token=world.tokens["TB"])
    rows = await superuser.fetch(
        "SELECT actor_kind, actor_id, action, host(network) FROM audit_log WHERE outcome = 'denied' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [
        ("user", str(world.users["RC"]), "nearest.R", "127.0.0.1"),
        ("device", str(world.devices["TB"]), "ambulances.R", "127.0.0.1"),
    ]


async def test_a_right_that_ends_is_gone_at_the_next_request(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    path = f"{API}/ambulances/{world.ambulances['live']}"
    assert (await hub.call("GET", path, token=world.tokens["PT"])).status == 200
    await superuser.execute("UPDATE assignments SET status = 'cleared', cleared_at = now() + interval '1 s'")
    assert (await hub.call("GET", path, token=world.tokens["PT"])).status == 404
    await superuser.execute("UPDATE staff SET duty = NULL WHERE id = $1", world.users["DP"])
    assert (await hub.call("GET", path, token=world.tokens["DP"])).status == 404
