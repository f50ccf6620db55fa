"""Ambulances and the calls for them: duty by the crew, requests by patients, desks and dispatchers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.handlers.records.rig import Desk, refused
from tests.handlers.rig import SETTINGS, running
from tests.handlers.world import build_world

PLACE = {"latitude": 18.52, "longitude": 73.85}


async def test_a_patient_sees_where_their_ambulance_is_and_nothing_else(desk: Desk) -> None:
    (found,) = (await desk.get("ambulances", "PT")).json["items"]
    assert set(found) == {"id", "current_location", "eta", "plate_number"}
    assert found["id"] == desk.world.ambulances["live"]
    assert await desk.ids("ambulances", "PT closed") == set()


@pytest.mark.parametrize("who", ["DR", "RC", "SA"])
async def test_a_facility_sees_what_is_inbound(desk: Desk, who: str) -> None:
    (found,) = (await desk.get("ambulances", who)).json["items"]
    assert (set(found), found["id"]) == ({"id", "status", "eta"}, desk.world.ambulances["live"])


async def test_the_crew_goes_off_duty_and_says_who_drives(desk: Desk) -> None:
    path = f"ambulances/{desk.world.ambulances['live']}"
    busy = await desk.change(path, "TB", status="out_of_service")
    assert refused(busy)[::2] == (409, "status")
    await desk.connection.execute("UPDATE assignments SET status = 'cancelled', cancelled_at = now()")
    changed = await desk.change(path, "TB", status="out_of_service", driver_name="Bina")
    assert (changed.status, changed.json["status"], changed.json["driver_name"]) == (200, "out_of_service", "Bina")
    assert refused(await desk.change(path, "TB", status="en_route"))[:2] == (409, "conflict")
    assert refused(await desk.change(path, "TB", plate_number="X"))[:2] == (403, "field_forbidden")
    assert (await desk.change(f"ambulances/{desk.world.ambulances['free']}", "TB", status="available")).status == 404
    assert (await desk.change(path, "DP", status="available")).json["status"] == "available"
    assert refused(await desk.change(path, "DP", driver_name="x"))[:2] == (403, "field_forbidden")


async def test_a_supervisor_adds_an_ambulance_and_an_admin_removes_it(desk: Desk) -> None:
    made = await desk.add("ambulances", "SV", plate_number="NEW-1", capability="advanced", base_location=PLACE)
    assert (made.status, made.json["status"], made.json["base_location"]) == (201, "available", PLACE)
    assert refused(await desk.add("ambulances", "SV", plate_number="NEW-1"))[:2] == (409, "conflict")
    path = f"ambulances/{made.json['id']}"
    assert (await desk.remove(path, "SV")).status == 403
    assert (await desk.remove(path, "AD")).status == 204
    assert (await desk.remove(f"ambulances/{desk.world.ambulances['live']}", "AD")).status == 409


async def test_moving_changes_no_version(desk: Desk) -> None:
    path = f"ambulances/{desk.world.ambulances['live']}"
    before = (await desk.get(path, "DP")).headers["ETag"]
    await desk.connection.execute("UPDATE ambulances SET current_location = point(1, 2), location_fix_at = now()")
    assert (await desk.get(path, "DP")).headers["ETag"] == before


async def test_a_patient_calls_for_themself_and_says_why_they_cancel(desk: Desk) -> None:
    made = await desk.add("ambulance_requests", "PT closed", pickup_location=PLACE, complaint="chest pain")
    assert (made.status, made.json["patient_id"], made.json["source"]) == (201, desk.user("PT closed"), "app")
    assert (made.json["status"], made.json["created_by"]) == ("received", desk.user("PT closed"))
    path = f"ambulance_requests/{made.json['id']}"
    assert refused(await desk.change(path, "PT closed", status="cancelled"))[::2] == (422, "cancel_reason")
    assert refused(await desk.change(path, "PT closed", cancel_reason="fine"))[::2] == (422, "cancel_reason")
    assert refused(await desk.change(path, "PT closed", priority=1)) == (403, "field_forbidden", "priority")
    ended = await desk.change(path, "PT closed", status="cancelled", cancel_reason="it is better")
    assert (ended.status, ended.json["status"], ended.json["closed_at"] is not None) == (200, "cancelled", True)
    again = await desk.change(path, "PT closed", status="cancelled", cancel_reason="twice")
    assert again.status in (409, 200)
    assert (await desk.get(path, "PT")).status == 404


@pytest.mark.parametrize(
    ("who", "source", "place"), [("RC", "desk", "north"), ("DP", "phone", None), ("AD", "phone", None)]
)
async def test_others_call_for_anybody_or_nobody(desk: Desk, who: str, source: str, place: str | None) -> None:
    made = await desk.add("ambulance_requests", who, caller="A bystander", location_note="by the bridge", priority=2)
    assert made.status == 201, made
    stored = await desk.connection.fetchrow("SELECT * FROM ambulance_requests WHERE caller = 'A bystander'")
    assert stored is not None
    assert (stored["source"], stored["created_by"], stored["patient_id"]) == (source, desk.world.users[who], None)
    assert stored["facility_id"] == (desk.world.facilities[place] if place else None)


async def test_a_facility_sees_what_comes_to_it_without_what_is_clinical(desk: Desk) -> None:
    listed = (await desk.get("ambulance_requests", "RC")).json["items"]
    open_ones = await desk.connection.fetch(
        "SELECT id FROM ambulance_requests WHERE destination_facility_id = $1 AND status <> 'completed'",
        desk.world.facilities["north"],
    )
    assert {item["id"] for item in listed} == {str(row["id"]) for row in open_ones}
    assert not {"notes", "complaint"} & set(listed[0])


async def test_a_dispatcher_links_a_patient_and_a_supervisor_corrects_times(desk: Desk) -> None:
    made = (await desk.add("ambulance_requests", "DP", caller="A bystander")).json
    path = f"ambulance_requests/{made['id']}"
    linked = await desk.change(path, "DP", patient_id=desk.user("PT"), priority=1, notes="pale", pickup_location=PLACE)
    assert (linked.status, linked.json["patient_id"], linked.json["version"]) == (200, desk.user("PT"), 2)
    at = "2026-01-01T00:00:00Z"
    assert refused(await desk.change(path, "DP", requested_at=at)) == (403, "field_forbidden", "requested_at")
    assert (await desk.change(path, "SV", requested_at=at)).json["requested_at"] == at
    assert refused(await desk.change(path, "SV", status="completed"))[:2] == (409, "conflict")
    unknown = await desk.change(path, "DP", patient_id=desk.user("DR"))
    assert refused(unknown) == (422, "invalid_value", "patient_id")


async def test_the_crew_changes_the_destination_of_its_request(desk: Desk) -> None:
    (found,) = (await desk.get("ambulance_requests", "TB")).json["items"]
    path = f"ambulance_requests/{found['id']}"
    changed = await desk.change(path, "TB", destination="St Mary", destination_facility_id=desk.place("south"))
    assert (changed.status, changed.json["destination"]) == (200, "St Mary")
    assert refused(await desk.change(path, "TB", priority=3))[:2] == (403, "field_forbidden")


async def test_a_call_for_help_is_never_held_back(database: str) -> None:
    slow = replace(SETTINGS, api_per_s=0.001, api_burst=2)
    async with running(database, settings=slow) as hub:
        world = await build_world(hub, database)
        token = world.tokens["PT closed"]
        calls = [await hub.call("POST", "/api/v1/ambulance_requests", token=token, json={}) for _ in range(5)]
        others = [await hub.call("GET", "/api/v1/ambulance_requests", token=token) for _ in range(3)]
    assert [call.status for call in calls] == [201, 200, 200, 200, 200]  # it is one call, however often they call
    assert len({call.json["id"] for call in calls}) == 1
    assert [other.status for other in others] == [200, 200, 429]
