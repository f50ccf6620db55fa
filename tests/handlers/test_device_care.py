"""Adding devices, giving them codes and secrets, saying where they belong, and ending them, each within its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from tests.handlers.rig import Hub
from tests.handlers.world import World

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

PATH = "/api/v1/devices"


async def _add(hub: Hub, world: World, who: str = "AD", **order: object) -> dict[str, object]:
    wanted = {"kind": "tablet", "name": "Tablet 7", **order}
    answer = await hub.call("POST", PATH, token=world.tokens[who], json=wanted)
    assert answer.status == 201, answer.body
    added: dict[str, object] = answer.json
    return added


async def _claim(hub: Hub, code: object) -> str:
    answer = await hub.call("POST", f"{PATH}/claim", json={"code": code})
    assert answer.status == 201
    secret: str = answer.json["secret"]
    return secret


async def _id(added: dict[str, object]) -> int:
    device = added["device"]
    assert isinstance(device, dict)
    return int(device["id"])


async def test_a_tablet_is_added_claimed_rotated_and_revoked(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    added = await _add(hub, world, ambulance_id=world.ambulances["live"])
    key = await _id(added)
    assert added["device"] | {"created_at": 0} == {  # type: ignore[operator]
        "id": key,
        "kind": "tablet",
        "protocol": "hub",
        "name": "Tablet 7",
        "ambulance_id": world.ambulances["live"],
        "facility_id": None,
        "patient_id": None,
        "model": None,
        "joints": None,
        "included_angle": None,
        "created_at": 0,
        "revoked_at": None,
        "revoked": False,
        "claimed": False,
        "claim_expires_at": added["claim_expires_at"],
        "last_seen_at": None,
        "connected": False,
    }
    old = await _claim(hub, added["claim_code"])
    assert (await hub.call("GET", f"{PATH}/{key}", token=token)).json["claimed"] is True
    rotated = await hub.call("POST", f"{PATH}/{key}/rotate", token=token)
    assert rotated.status == 201 and rotated.json["old_secret_ends_at"]
    ambulance = f"/api/v1/ambulances/{world.ambulances['live']}"
    assert (await hub.call("GET", ambulance, token=old)).status == 200
    new = await _claim(hub, rotated.json["claim_code"])
    assert (await hub.call("GET", ambulance, token=old)).status == 401
    assert (await hub.call("GET", ambulance, token=new)).status == 200
    revoked = await hub.call("POST", f"{PATH}/{key}/revoke", token=token)
    assert revoked.status == 200 and revoked.json["revoked_at"]
    assert (await hub.call("GET", ambulance, token=new)).status == 401
    for action in ("revoke", "rotate", "claim_code"):
        assert (await hub.call("POST", f"{PATH}/{key}/{action}", token=token)).code == "conflict"


async def test_a_sensor_has_joints_and_goes_to_a_patient(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    added = await _add(hub, world, kind="physio", name="Knee", joints=["left_knee_flexion"], model="IMU-2")
    key = await _id(added)
    bound = await hub.call("POST", f"{PATH}/{key}/bind", token=token, json={"patient_id": str(world.users["PT"])})
    assert (bound.status, bound.json["patient_id"]) == (200, str(world.users["PT"]))
    other = await hub.call("POST", f"{PATH}/{key}/bind", token=token, json={"ambulance_id": world.ambulances["live"]})
    assert other.code == "conflict"
    wrong = await hub.call("POST", PATH, token=token, json={"kind": "physio", "name": "K", "joints": ["left_wing"]})
    assert (wrong.code, wrong.json["field"]) == ("invalid_value", "joints")
    freed = await hub.call("POST", f"{PATH}/{key}/bind", token=token, json={"patient_id": None})
    assert freed.json["patient_id"] is None


async def test_a_sensor_goes_to_nobody_else_while_it_measures_somebody(
    hub: Hub, world: World, superuser: Connection
) -> None:
    token, own, other = world.tokens["AD"], world.users["PT"], world.users["PT closed"]
    key = await _id(await _add(hub, world, kind="physio", name="Knee", joints=["left_knee_flexion"]))
    path = f"{PATH}/{key}/bind"
    assert (await hub.call("POST", path, token=token, json={"patient_id": str(own)})).status == 200
    session = await superuser.fetchval(
        "INSERT INTO physio_sessions (patient_id, therapist_id, device_id, scheduled_at, started_at, status)"
        " VALUES ($1, $2, $3, now(), now(), 'in_progress') RETURNING id",
        own,
        world.users["DR"],
        int(key),
    )
    refused = await hub.call("POST", path, token=token, json={"patient_id": str(other)})
    assert (refused.status, refused.code) == (409, "conflict")
    assert (await hub.call("POST", path, token=token, json={"patient_id": str(own)})).status == 200
    await superuser.execute("UPDATE physio_sessions SET status = 'completed', ended_at = now() WHERE id = $1", session)
    assert (await hub.call("POST", path, token=token, json={"patient_id": str(other)})).status == 200


@pytest.mark.parametrize(
    "body", [{}, {"ambulance_id": 1, "patient_id": None}, {"ambulance_id": 987654}, {"colour": "red"}]
)
async def test_a_binding_names_one_thing_that_exists(hub: Hub, world: World, body: dict[str, object]) -> None:
    answer = await hub.call("POST", f"{PATH}/{world.devices['TB']}/bind", token=world.tokens["AD"], json=body)
    assert answer.status == 422


async def test_a_facility_looks_after_its_own(hub: Hub, world: World, superuser: Connection) -> None:
    token = world.tokens["SA"]
    own = await _id(await _add(hub, world, "SA"))
    row = await superuser.fetchrow("SELECT facility_id FROM devices WHERE id = $1", own)
    assert row is not None and row[0] == world.facilities["north"]
    foreign = world.devices["TB"]
    assert (await hub.call("GET", f"{PATH}/{foreign}", token=token)).status == 404
    for action in ("claim_code", "rotate", "revoke"):
        assert (await hub.call("POST", f"{PATH}/{foreign}/{action}", token=token)).status == 404
    for target in ({"ambulance_id": world.ambulances["free"]}, {"facility_id": str(world.facilities["south"])}):
        answer = await hub.call("POST", f"{PATH}/{own}/bind", token=token, json=target)
        assert (answer.status, answer.code) == (422, "invalid_value")
    taken = await hub.call(
        "POST", PATH, token=token, json={"kind": "tablet", "name": "x", "ambulance_id": world.ambulances["free"]}
    )
    assert taken.status == 422
    listed = await hub.call("GET", PATH, token=token)
    assert [item["id"] for item in listed.json["items"]] == [own]


async def test_a_supervisor_has_tablets_and_binds_none(hub: Hub, world: World) -> None:
    token = world.tokens["SV"]
    key = await _id(await _add(hub, world, "SV", ambulance_id=world.ambulances["free"]))
    await _add(hub, world, kind="physio", name="Knee", facility_id=str(world.facilities["north"]))
    kinds = {item["kind"] for item in (await hub.call("GET", PATH, token=token)).json["items"]}
    assert kinds == {"tablet"}  # the sensor is of another facility
    answer = await hub.call("POST", f"{PATH}/{key}/bind", token=token, json={"ambulance_id": None})
    assert answer.status in (403, 404), answer.body
    answer = await hub.call("POST", f"{PATH}/{key}/revoke", token=token)
    assert answer.status == 200


async def test_a_doctor_gives_a_free_sensor_to_a_patient_in_care(hub: Hub, world: World, superuser: Connection) -> None:
    token, north = world.tokens["DR"], world.facilities["north"]
    key = await _id(await _add(hub, world, kind="physio", name="Knee", facility_id=str(north)))
    target = {"patient_id": str(world.users["PT"])}
    assert (await hub.call("POST", f"{PATH}/{key}/bind", token=token, json=target)).status == 422
    await superuser.execute(
        "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at) VALUES ($1, $2, $3, now())",
        world.users["PT"],
        world.users["DR"],
        north,
    )
    assert (await hub.call("POST", f"{PATH}/{key}/bind", token=token, json=target)).status == 204
    assert (await hub.call("GET", PATH, token=token)).status == 403
    for facility in (None, str(north)):  # it stays the facility's, which would not find it again
        moved = await hub.call("POST", f"{PATH}/{key}/bind", token=token, json={"facility_id": facility})
        assert (moved.status, moved.code) == (403, "field_forbidden")
    given_away = await hub.call("POST", f"{PATH}/{key}/bind", token=world.tokens["SA"], json={"facility_id": None})
    assert (given_away.status, given_away.code) == (403, "field_forbidden")
    elsewhere = await hub.call("POST", f"{PATH}/{key}/bind", token=world.tokens["DR elsewhere"], json=target)
    assert elsewhere.status in (403, 404)


async def test_the_name_is_changed_and_the_list_is_filtered(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    changed = await hub.call("PATCH", f"{PATH}/{world.devices['TB']}", token=token, json={"name": "Front"})
    assert (changed.status, changed.json["name"]) == (200, "Front")
    for field, value in (("ambulance_id", 1), ("revoked_at", None), ("last_seen_at", None)):
        answer = await hub.call("PATCH", f"{PATH}/{world.devices['TB']}", token=token, json={field: value})
        assert answer.code == "field_forbidden", field
    listed = await hub.call("GET", f"{PATH}?kind=tablet&embed=ambulance", token=token)
    assert [item["ambulance"]["plate_number"] for item in listed.json["items"]] == ["MARK-LIVE"]
