"""Every principal at every route, over real HTTP, in a world of two facilities."""

from __future__ import annotations

import asyncpg

from handlers.routes import ROUTES
from tests.handlers.rig import ORIGIN, Answer, Hub
from tests.handlers.world import CLEARED, ELSEWHERE, FREE, LIVE, World, open_session
from tests.storage.world import alarm

API = "/api/v1"
EVERYBODY = ("PT", "PT closed", "DR", "DR elsewhere", "RC", "RC elsewhere", "SA", "DP", "SV", "AD", "TB", "PX")
DEVICES = ("TB", "PX")
BOARD = ("DP", "SV", "AD")  # who sees the whole fleet
PLATES = {"live": LIVE, "free": FREE, "cleared": CLEARED, "elsewhere": ELSEWHERE}
# Which ambulances each of them reads; an assignment that was only offered, or is over, shows nothing.
SEEN: dict[str, tuple[str, ...]] = {
    "PT": ("live",),
    "PT closed": (),
    "DR": ("live",),
    "DR elsewhere": ("elsewhere",),
    "RC": ("live",),
    "RC elsewhere": ("elsewhere",),
    "SA": ("live",),
    "TB": ("live",),
    **dict.fromkeys(BOARD, tuple(PLATES)),
}
FULL = {"id", "plate_number", "driver_name", "status", "current_location"}
INBOUND = {"id", "status", "eta"}
FIELDS: dict[str, set[str]] = {
    "PT": {"id", "plate_number", "current_location", "eta"},
    **dict.fromkeys(("DR", "DR elsewhere", "RC", "RC elsewhere", "SA"), INBOUND),
    **dict.fromkeys((*BOARD, "TB"), FULL),
}
# What tells where an ambulance was.
HISTORIES = ("positions", "track", "trips", "positions.gpx", "positions.geojson", "positions.csv")
# The routes that nobody needs a credential for; they have their own tests.
OPEN = {
    ("POST", f"{API}/sessions"),
    ("POST", f"{API}/sessions/refresh"),
    ("POST", f"{API}/activations"),
    ("POST", f"{API}/devices/claim"),
    ("GET", "/live"),
    ("GET", "/ready"),
}
CHECKED = {
    ("GET", f"{API}/sessions"),
    ("GET", f"{API}/sessions/current"),
    ("DELETE", f"{API}/sessions/current"),
    ("DELETE", f"{API}/sessions/{{id}}"),
    ("POST", f"{API}/ws-tickets"),
    ("GET", f"{API}/ambulances"),
    ("GET", f"{API}/ambulances/nearest"),
    ("GET", f"{API}/ambulances/{{id}}"),
    ("GET", f"{API}/ambulances/inside"),
    *(("GET", f"{API}/ambulances/{{id}}/{ending}") for ending in HISTORIES),
    ("GET", f"{API}/fleet/playback"),
    ("GET", f"{API}/alarms"),
    ("POST", f"{API}/alarms/{{id}}/acknowledge"),
    ("GET", f"{API}/map"),
    ("GET", f"{API}/map/roads"),
}


def _says_nothing_of_others(answer: Answer, who: str) -> None:
    shown = answer.body + repr(answer.headers).encode()
    for name, plate in PLATES.items():
        if name not in SEEN.get(who, ()):
            assert plate.encode() not in shown, (who, name)


def test_no_route_is_left_out_here() -> None:
    assert {(route.method, route.path) for route in ROUTES} == OPEN | CHECKED


async def test_lists_hold_exactly_what_each_may_read(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        answer = await hub.call("GET", f"{API}/ambulances", token=world.tokens[who])
        if who == "PX":
            assert (answer.status, answer.code) == (403, "forbidden")
            continue
        found = {item["id"]: item for item in answer.json["items"]}
        assert set(found) == {world.ambulances[name] for name in SEEN[who]}, who
        assert all(set(item) == FIELDS[who] for item in found.values()), who
        _says_nothing_of_others(answer, who)


async def test_one_at_a_time_answers_like_the_list(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        for name, ambulance_id in world.ambulances.items():
            answer = await hub.call("GET", f"{API}/ambulances/{ambulance_id}", token=world.tokens[who])
            expected = 403 if who == "PX" else 200 if name in SEEN[who] else 404
            assert answer.status == expected, (who, name)
            if expected == 200:
                assert set(answer.json) == FIELDS[who]
            _says_nothing_of_others(answer, who)


async def test_history_is_for_those_who_see_the_whole_fleet(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        for name, ambulance_id in world.ambulances.items():
            if who in BOARD:
                expected = 200
            else:
                expected = 403 if who == "PX" or name in SEEN[who] else 404
            for ending in HISTORIES:
                path = f"{API}/ambulances/{ambulance_id}/{ending}"
                answer = await hub.call("GET", path, token=world.tokens[who])
                assert answer.status == expected, (who, name, ending)
                _says_nothing_of_others(answer, who)


async def test_nearest_inside_and_playback_are_for_those_who_see_the_whole_fleet(hub: Hub, world: World) -> None:
    box = "south=-90&west=-180&north=90&east=180"
    paths = ("ambulances/nearest?latitude=1&longitude=1", f"ambulances/inside?{box}", "fleet/playback")
    for who in EVERYBODY:
        for path in paths:
            answer = await hub.call("GET", f"{API}/{path}", token=world.tokens[who])
            assert answer.status == (200 if who in BOARD else 403), (who, path)
            _says_nothing_of_others(answer, who)


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
        if who not in BOARD:
            _says_nothing_of_others(listed, who)
            _says_nothing_of_others(answered, who)


async def test_the_backdrop_is_for_everybody_with_a_map(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        answer = await hub.call("GET", f"{API}/map", token=world.tokens[who])
        roads = await hub.call("GET", f"{API}/map/roads", token=world.tokens[who])
        assert (answer.status, roads.status) == ((403, 403) if who == "PX" else (200, 404)), who


async def test_tickets_open_only_the_own_kind_of_socket(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        for purpose in ("live", "device"):
            answer = await hub.call(
                "POST",
                f"{API}/ws-tickets",
                token=world.tokens[who],
                json={"purpose": purpose},
                headers={"Origin": ORIGIN},
            )
            assert answer.status == (201 if (who in DEVICES) == (purpose == "device") else 403), (who, purpose)


async def test_sessions_are_the_own_ones(hub: Hub, world: World) -> None:
    for who in EVERYBODY:
        listed = await hub.call("GET", f"{API}/sessions", token=world.tokens[who])
        current = await hub.call("GET", f"{API}/sessions/current", token=world.tokens[who])
        if who in DEVICES:
            assert (listed.status, current.status) == (403, 403)
            continue
        assert [item["id"] for item in listed.json["items"]] == [str(world.sessions[who])]
        assert current.json["user"]["name"] == f"Name of {who}"
        other = "AD" if who != "AD" else "PT"
        foreign = await hub.call("DELETE", f"{API}/sessions/{world.sessions[other]}", token=world.tokens[who])
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
    for method, pattern in sorted(CHECKED):
        path = pattern.replace("{id}", str(world.ambulances["live"]))
        for token in (None, world.tokens["DP"], world.tokens["TB"], expired, almost, "x"):
            answer = await hub.call(method, path, token=token)
            assert (answer.status, answer.code) == (401, "unauthorized"), (method, path)
            _says_nothing_of_others(answer, "nobody")


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
