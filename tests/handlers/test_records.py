"""Records over HTTP, on a real database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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


async def test_a_repeated_request_is_answered_again_and_done_once(hub: Hub, world: World) -> None:
    key = {"Idempotency-Key": "one"}
    body = {"name": "East", "type": "clinic"}
    first = await hub.call("POST", f"{API}/facilities", token=world.tokens["AD"], json=body, headers=key)
    again = await hub.call("POST", f"{API}/facilities", token=world.tokens["AD"], json=body, headers=key)
    assert (again.status, again.json, again.headers["Idempotent-Replayed"]) == (201, first.json, "true")
    assert [again.headers[name] for name in ("Location", "ETag")] == [first.headers["Location"], first.headers["ETag"]]
    other = await hub.call(
        "POST", f"{API}/facilities", token=world.tokens["AD"], json={**body, "name": "West"}, headers=key
    )
    assert (other.status, other.code) == (422, "idempotency_mismatch")
