"""Records over HTTP, on a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

API = "/api/v1"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)


async def book(hub: Hub, world: World, who: str = "RC", **changes: object) -> Answer:
    """Book an appointment of PT with DR at the facility of who asks."""
    body: dict[str, object] = {
        "patient_id": str(world.users["PT"]),
        "doctor_id": str(world.users["DR"]),
        "scheduled_at": TOMORROW.isoformat(),
        **changes,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return await hub.call("POST", f"{API}/appointments", token=world.tokens[who], json=body)


async def test_a_facility_lives_from_its_creation_to_its_removal(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    made = await hub.call("POST", f"{API}/facilities", token=token, json={"name": "East", "type": "clinic"})
    assert made.status == 201, made
    path = made.headers["Location"]
    assert path == f"{API}/facilities/{made.json['id']}"
    one = await hub.call("GET", path, token=token)
    assert (one.status, one.json, one.headers["ETag"]) == (200, made.json, made.headers["ETag"])
    place = {"latitude": 18.5, "longitude": 73.8}
    changed = await hub.call("PATCH", path, token=token, json={"location": place, "phone": "12"})
    assert changed.status == 200
    assert changed.json == {**made.json, "location": place, "phone": "12"}
    listed = await hub.call("GET", f"{API}/facilities?search=eas&total=true", token=token)
    assert listed.json == {"items": [changed.json], "next_cursor": None, "total": 1}
    assert (await hub.call("DELETE", path, token=token)).status == 204
    assert (await hub.call("GET", path, token=token)).status == 404


async def test_an_appointment_is_booked_moved_and_cancelled(hub: Hub, world: World) -> None:
    made = await book(hub, world)
    assert made.status == 201, made
    assert made.json["facility_id"] == str(world.facilities["north"])
    assert "notes" not in made.json
    path = made.headers["Location"]
    later = (TOMORROW + timedelta(hours=2)).isoformat()
    moved = await hub.call("PATCH", path, token=world.tokens["PT"], json={"scheduled_at": later})
    assert (moved.status, moved.json["version"]) == (200, 2)
    noted = await hub.call("PATCH", path, token=world.tokens["DR"], json={"notes": "MARK-NOTES"})
    assert noted.json["notes"] == "MARK-NOTES"
    gone = await hub.call("PATCH", path, token=world.tokens["RC"], json={"status": "cancelled"})
    assert (gone.status, gone.json["status"]) == (200, "cancelled")
    again = await hub.call("PATCH", path, token=world.tokens["RC"], json={"status": "scheduled"})
    assert (again.status, again.code) == (409, "conflict")
    embedded = await hub.call("GET", f"{API}/appointments?embed=patient,doctor", token=world.tokens["DR"])
    assert embedded.json["items"][0]["patient"] == {"id": str(world.users["PT"]), "name": "Name of PT"}
    other = await hub.call("GET", path, token=world.tokens["DR elsewhere"])
    assert (other.status, other.code) == (404, "not_found")


async def test_a_merge_patch_removes_with_null_and_leaves_what_it_does_not_name(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    place = {"latitude": 18.5, "longitude": 73.8}
    body = {"name": "East", "type": "clinic", "phone": "12", "address": "Road 1", "location": place}
    made = await hub.call("POST", f"{API}/facilities", token=token, json=body)
    path = made.headers["Location"]
    steps: list[tuple[object, dict[str, object]]] = [
        ({"phone": None}, {"phone": None}),
        ({"location": {"latitude": 19.0}}, {"location": {"latitude": 19.0, "longitude": 73.8}}),
        ({"location": None, "address": "Road 2"}, {"location": None, "address": "Road 2"}),
        ({}, {}),
    ]
    expected = made.json
    for patch, changed in steps:
        answer = await hub.call(
            "PATCH", path, token=token, json=patch, headers={"Content-Type": "application/merge-patch+json"}
        )
        expected = {**expected, **changed}
        assert (answer.status, answer.json) == (200, expected), patch
    refusals = {
        "name": {"name": None},
        "location": {"location": {"longitude": 1.0}},
        "location.latitude": {"location": {"latitude": 91, "longitude": 1.0}},
    }
    for field, refused in refusals.items():
        answer = await hub.call("PATCH", path, token=token, json=refused)
        assert (answer.status, answer.json.get("field")) == (422, field)
    other = await hub.call("PATCH", path, token=token, data=b"{}", headers={"Content-Type": "text/plain"})
    assert (other.status, other.code) == (415, "unsupported_media")
    posted = await hub.call(
        "POST", f"{API}/facilities", token=token, json=body, headers={"Content-Type": "application/merge-patch+json"}
    )
    assert posted.status == 415


async def test_a_version_is_kept_shown_and_checked(hub: Hub, world: World) -> None:
    made = await book(hub, world)
    path, tag = made.headers["Location"], made.headers["ETag"]
    same = await hub.call("GET", path, token=world.tokens["RC"], headers={"If-None-Match": f'"x", W/{tag}'})
    assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag)
    embedded = await hub.call("GET", f"{path}?embed=patient", token=world.tokens["RC"])
    assert embedded.headers["ETag"] != tag
    patch = {"duration_min": 45}
    stale = await hub.call("PATCH", path, token=world.tokens["RC"], json=patch, headers={"If-Match": '"stale"'})
    assert (stale.status, stale.code) == (412, "precondition_failed")
    fresh = await hub.call(
        "PATCH", path, token=world.tokens["RC"], json=patch, headers={"If-Match": embedded.headers["ETag"]}
    )
    assert (fresh.status, fresh.json["duration_min"]) == (200, 45)
    # The doctor sees notes too: another representation, so another version.
    assert (await hub.call("GET", path, token=world.tokens["DR"])).headers["ETag"] != fresh.headers["ETag"]


async def test_of_two_changes_of_one_version_one_wins(hub: Hub, world: World) -> None:
    made = await book(hub, world)
    condition = {"If-Match": made.headers["ETag"]}
    answers = await asyncio.gather(
        *(
            hub.call(
                "PATCH", made.headers["Location"], token=world.tokens["RC"], json={"duration_min": n}, headers=condition
            )
            for n in (40, 50, 60)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 412, 412]
    assert [answer.json["version"] for answer in answers if answer.status == 200] == [2]


async def test_only_what_nobody_points_at_is_removed(hub: Hub, world: World) -> None:
    path = f"{API}/facilities/{world.facilities['north']}"
    used = await hub.call("DELETE", path, token=world.tokens["AD"])
    assert (used.status, used.code) == (409, "conflict")
    assert (await hub.call("DELETE", path, token=world.tokens["SA"])).status == 403
    made = await hub.call("POST", f"{API}/facilities", token=world.tokens["AD"], json={"name": "E", "type": "clinic"})
    stale = await hub.call(
        "DELETE", made.headers["Location"], token=world.tokens["AD"], headers={"If-Match": '"stale"'}
    )
    assert stale.status == 412
    assert (await hub.call("DELETE", made.headers["Location"], token=world.tokens["AD"])).status == 204
    assert (await hub.call("DELETE", made.headers["Location"], token=world.tokens["AD"])).status == 404


async def test_reads_of_patients_and_writes_are_written_down(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    made = await book(hub, world)
    path, key = made.headers["Location"], made.json["id"]
    await hub.call("GET", path, token=world.tokens["DR"])
    await hub.call("GET", f"{API}/appointments?status=scheduled", token=world.tokens["DR"])
    await hub.call("PATCH", path, token=world.tokens["DR"], json={"status": "arrived", "notes": "MARK-NOTES"})
    await hub.call("PATCH", path, token=world.tokens["DR"], json={"notes": "MARK-NOTES"})
    await hub.call("PATCH", path, token=world.tokens["PT"], json={"notes": "mine"})
    rows = await superuser.fetch(
        "SELECT action, entity_id, patient_id, outcome, detail::text AS detail FROM audit_log ORDER BY id"
    )
    assert [(row["action"], row["entity_id"], row["outcome"]) for row in rows] == [
        ("appointments.C", key, "allowed"),
        ("appointments.R", key, "allowed"),
        ("appointments.R", None, "allowed"),
        ("appointments.U", key, "allowed"),
        ("appointments.U", key, "denied"),
    ]
    assert {row["patient_id"] for row in rows[:4]} == {world.users["PT"]}
    assert json.loads(rows[3]["detail"]) == {"changed": ["notes", "status"], "from": "scheduled", "to": "arrived"}
    assert all("MARK" not in row["detail"] for row in rows)


async def test_what_may_be_read_without_a_credential_is_read_with_one_too(hub: Hub, world: World) -> None:
    path = f"{API}/facilities/{world.facilities['north']}"
    stranger = await hub.call("GET", path)
    assert (stranger.status, "created_at" in stranger.json) == (200, False)
    assert "created_at" in (await hub.call("GET", path, token=world.tokens["AD"])).json
    assert (await hub.call("GET", path, token="A" * 43)).status == 401
    assert (await hub.call("POST", f"{API}/facilities", json={"name": "E", "type": "clinic"})).status == 401


async def test_the_head_of_a_record_is_its_headers(hub: Hub, world: World) -> None:
    path = f"{API}/facilities/{world.facilities['north']}"
    one = await hub.call("GET", path, token=world.tokens["AD"])
    head = await hub.call("HEAD", path, token=world.tokens["AD"])
    assert (head.status, head.body, head.headers["ETag"]) == (200, b"", one.headers["ETag"])
