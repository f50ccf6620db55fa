"""What happened about a call, in one list, and why its unit was chosen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.handlers.dispatch.scene import Connection, add_alert, add_assignment, add_call, ago
from tests.handlers.rig import Hub
from tests.handlers.world import FREE, World

UNKNOWN = "9217b713-b0ba-4afa-b6b7-4b56a37f29f6"


async def test_everything_about_a_call_is_in_one_list_by_time(hub: Hub, world: World, superuser: Connection) -> None:
    await superuser.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now()")
    began, free = ago(minutes=10), world.ambulances["free"]

    def after(seconds: float) -> Any:
        return began + timedelta(seconds=seconds)

    call = await add_call(superuser, requested_at=began, status="assigned")
    assignment = await add_assignment(
        superuser,
        call,
        free,
        offered_at=after(10),
        delivered_at=after(11),
        seen_at=after(13),
        scene_noticed_at=after(300),
    )
    for status, at, source in (("offered", 10, "dispatcher"), ("accepted", 20, "crew")):
        await superuser.execute(
            "INSERT INTO assignment_events (assignment_id, status, at, source, user_id) VALUES ($1, $2, $3, $4, $5)",
            *(assignment, status, after(at), source, world.users["DP"] if source == "dispatcher" else None),
        )
    await superuser.execute(
        "INSERT INTO device_commands (device_id, kind, assignment_id, created_at, acked_at, status)"
        " VALUES ($1, 'offer', $2, $3, $4, 'done')",
        *(world.devices["TB"], assignment, after(10.5), after(11)),
    )
    await add_alert(superuser, "not_moving", assignment_id=assignment, ambulance_id=free, raised_at=after(100))
    await superuser.execute(
        "INSERT INTO dispatch_decisions"
        " (request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words)"
        " VALUES ($1, $2, $3, 'suggest', 'line', 3, '{}', '[]', 'It is the nearest.')",
        *(call, free, after(5)),
    )
    await superuser.execute(
        "INSERT INTO crew_messages (ambulance_id, assignment_id, sender, user_id, text, sent_at, received_at)"
        " VALUES ($1, $2, 'desk', $3, 'Mind the dog.', $4, $4)",
        *(free, assignment, world.users["DP"], after(30)),
    )
    answer = await hub.call("GET", f"/api/v1/ambulance_requests/{call}/timeline", token=world.tokens["DP"])
    assert [(item["kind"], item["what"]) for item in answer.json["items"]] == [
        ("call", "received"),
        ("decision", "suggest"),
        ("stage", "offered"),
        ("command", "offer"),
        ("noticed", "delivered"),
        ("noticed", "seen"),
        ("stage", "accepted"),
        ("message", "desk"),
        ("alert", "not_moving"),
        ("noticed", "at_scene"),
    ]
    offered = answer.json["items"][2]
    assert (offered["who"], offered["ambulance"]["plate_number"]) == ("Name of DP", FREE)
    assert offered["facts"]["source"] == "dispatcher"


async def test_how_a_call_ended_is_its_last_line(hub: Hub, world: World, superuser: Connection) -> None:
    span: dict[str, Any] = {"requested_at": ago(minutes=2), "closed_at": ago(seconds=1)}
    call = await add_call(superuser, status="cancelled", cancel_reason="A taxi came.", **span)
    answer = await hub.call("GET", f"/api/v1/ambulance_requests/{call}/timeline", token=world.tokens["DP"])
    last = answer.json["items"][-1]
    assert (last["what"], last["facts"]) == ("cancelled", {"reason": "A taxi came."})


async def test_a_choice_is_shown_with_what_it_was_made_from(hub: Hub, world: World, superuser: Connection) -> None:
    decision = await superuser.fetchval(
        "INSERT INTO dispatch_decisions (at, ambulance_id, kind, travel, duration_ms, inputs, candidates, words,"
        " decided_by, reason) VALUES (now(), $1, 'overrule', 'line', 3.5, $3, $4, 'Why.', $2, 'Near') RETURNING id",
        *(world.ambulances["free"], world.users["DP"], '{"q": 0.4}', '[{"rank": 1}]'),
    )
    answer = await hub.call("GET", f"/api/v1/dispatch/decisions/{decision}", token=world.tokens["SV"])
    assert (answer.json["inputs"], answer.json["candidates"]) == ({"q": 0.4}, [{"rank": 1}])
    assert (answer.json["decided_by"], answer.json["reason"], answer.json["duration_ms"]) == ("Name of DP", "Near", 3.5)


async def test_what_does_not_exist_is_not_found(hub: Hub, world: World) -> None:
    for path in (f"ambulance_requests/{UNKNOWN}/timeline", f"dispatch/decisions/{UNKNOWN}", "dispatch/decisions/7"):
        assert (await hub.call("GET", f"/api/v1/{path}", token=world.tokens["DP"])).status == 404
