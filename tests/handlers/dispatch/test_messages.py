"""Free text between dispatchers and crews over HTTP."""

from __future__ import annotations

from datetime import datetime

import orjson

from hub.clock import to_us
from tests.handlers.dispatch.scene import Connection, add_assignment, add_call, add_crew_message, ago
from tests.handlers.rig import Hub
from tests.handlers.world import World

UNKNOWN = "9217b713-b0ba-4afa-b6b7-4b56a37f29f6"


async def test_what_is_written_goes_to_every_tablet_of_the_ambulance(
    hub: Hub, world: World, superuser: Connection
) -> None:
    live = world.ambulances["live"]
    second = await superuser.fetchval(
        "INSERT INTO devices (kind, name, ambulance_id) VALUES ('tablet', 'second', $1) RETURNING id", live
    )
    await superuser.execute(
        "INSERT INTO devices (kind, name, ambulance_id, protocol) VALUES ('tablet', 'tracker', $1, 'traccar')", live
    )
    answer = await hub.call(
        "POST", f"/api/v1/ambulances/{live}/messages", token=world.tokens["DP"], json={"text": "Use the rear gate."}
    )
    assert answer.status == 201
    assert (answer.json["sender"], answer.json["name"]) == ("desk", "Name of DP")
    rows = await superuser.fetch("SELECT device_id, kind, body::text FROM device_commands ORDER BY device_id")
    assert [(row["device_id"], row["kind"]) for row in rows] == [(world.devices["TB"], "message"), (second, "message")]
    assert orjson.loads(rows[0]["body"]) == {
        "message": answer.json["id"],
        "text": "Use the rear gate.",
        "from": "Name of DP",
        "sent_at": to_us(datetime.fromisoformat(answer.json["sent_at"])),
    }


async def test_it_belongs_to_the_call_that_the_ambulance_has(hub: Hub, world: World, superuser: Connection) -> None:
    live = world.ambulances["live"]
    assignment = await superuser.fetchval("SELECT id FROM assignments WHERE ambulance_id = $1", live)
    path = f"/api/v1/ambulances/{live}/messages"
    answer = await hub.call("POST", path, token=world.tokens["DP"], json={"text": "Mind the dog."})
    assert answer.json["assignment_id"] == str(assignment)


async def test_a_repeat_with_its_key_writes_once(hub: Hub, world: World, superuser: Connection) -> None:
    path = f"/api/v1/ambulances/{world.ambulances['live']}/messages"
    for _ in range(2):
        answer = await hub.call(
            "POST", path, token=world.tokens["DP"], json={"text": "Once."}, headers={"Idempotency-Key": "once"}
        )
        assert answer.status == 201
    assert await superuser.fetchval("SELECT count(*) FROM crew_messages") == 1
    assert await superuser.fetchval("SELECT count(*) FROM device_commands") == 1
    # In the transaction of the message: a hub that dies after it leaves no key that is taken for nothing done.
    kept = "SELECT k.xmin = m.xmin FROM idempotency_keys k, crew_messages m"
    assert await superuser.fetchval(kept)


async def test_where_nothing_shows_messages_the_radio_is_named(hub: Hub, world: World) -> None:
    path = f"/api/v1/ambulances/{world.ambulances['free']}/messages"
    answer = await hub.call("POST", path, token=world.tokens["DP"], json={"text": "Hello?"})
    assert (answer.status, "radio" in answer.json["detail"]) == (409, True)


async def test_an_ambulance_that_does_not_exist_has_no_conversation(hub: Hub, world: World) -> None:
    path = "/api/v1/ambulances/999999/messages"
    assert (await hub.call("GET", path, token=world.tokens["DP"])).status == 404
    assert (await hub.call("POST", path, token=world.tokens["DP"], json={"text": "Hello?"})).status == 404


async def test_the_conversation_is_listed_newest_first_by_page(hub: Hub, world: World, superuser: Connection) -> None:
    whose = world.ambulances["live"], world.devices["TB"]
    made = [await add_crew_message(superuser, *whose, f"{n}", received_at=ago(minutes=n)) for n in range(3)]
    found, path = [], f"/api/v1/ambulances/{world.ambulances['live']}/messages?limit=2"
    for _ in range(2):
        answer = await hub.call("GET", path, token=world.tokens["DP"])
        found += [item["id"] for item in answer.json["items"]]
        path = f"{path}&cursor={answer.json['next_cursor']}"
    assert found == [str(one) for one in made]


async def test_what_a_crew_wrote_is_read_once(hub: Hub, world: World, superuser: Connection) -> None:
    whose = world.ambulances["live"], world.devices["TB"]
    message = await add_crew_message(superuser, *whose, "At the gate.")
    first, again = [
        await hub.call("POST", f"/api/v1/crew_messages/{message}/read", token=world.tokens[who]) for who in ("DP", "SV")
    ]
    assert first.json["read_at"] is not None
    assert again.json == first.json
    unknown = await hub.call("POST", f"/api/v1/crew_messages/{UNKNOWN}/read", token=world.tokens["DP"])
    assert unknown.status == 404


async def test_a_message_of_the_desk_is_read_by_the_crew_alone(hub: Hub, world: World, superuser: Connection) -> None:
    path = f"/api/v1/ambulances/{world.ambulances['live']}/messages"
    sent = await hub.call("POST", path, token=world.tokens["DP"], json={"text": "Mind the dog."})
    answer = await hub.call("POST", f"/api/v1/crew_messages/{sent.json['id']}/read", token=world.tokens["SV"])
    assert (answer.status, answer.json["read_at"]) == (200, None)


async def test_a_declined_call_is_no_call(hub: Hub, world: World, superuser: Connection) -> None:
    live = world.ambulances["live"]
    await superuser.execute(
        "UPDATE assignments SET status = 'cancelled', cancelled_at = now() WHERE ambulance_id = $1", live
    )
    await add_assignment(superuser, await add_call(superuser), live, status="declined", declined_at=ago())
    path = f"/api/v1/ambulances/{live}/messages"
    answer = await hub.call("POST", path, token=world.tokens["DP"], json={"text": "Stand by."})
    assert answer.json["assignment_id"] is None
