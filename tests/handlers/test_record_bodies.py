"""What a body may set: nothing that is not the caller's to set, whatever the table."""

from __future__ import annotations

import uuid

import asyncpg
import pytest

from handlers.record_routes import ROUTES
from handlers.record_types import read_only
from hub.access.policy import rules_of
from storage.records.catalog import ENTITIES
from storage.records.kinds import BIGINT
from tests.handlers.rig import Hub
from tests.handlers.test_records import TOMORROW, book
from tests.handlers.world import World

API = "/api/v1"
CODES = ("PT", "DR", "RC", "SA", "DP", "SV", "AD", "TB", "PX")  # also the names of those who have them


async def _rows(superuser: asyncpg.Connection[asyncpg.Record], table: str) -> str:
    found: str = await superuser.fetchval(
        f"SELECT md5(coalesce(string_agg(r::text, '|' ORDER BY r::text), '')) FROM {table} r"  # noqa: S608 - our tables
    )
    return found


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_no_column_is_set_that_no_body_has(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], method: str
) -> None:
    for route in ROUTES:
        if route.method != method:
            continue
        table = route.action.partition(".")[0]
        (entity,) = [one for one in ENTITIES if one.name == table]
        key = str(world.ambulances["live"] if entity.key is BIGINT else uuid.uuid4())
        before = await _rows(superuser, table) if table != "joint_motion_logs" else ""
        writers = {rule.code for rule in rules_of(route.action)} & set(CODES)
        for who in sorted(writers):
            for name in sorted(read_only(entity, "C" if method == "POST" else "U")):
                answer = await hub.call(
                    method, route.path.replace("{id}", key), token=world.tokens[who], json={name: "x"}
                )
                assert (answer.status, answer.code) == (403, "field_forbidden"), (who, method, table, name)
                assert answer.json["field"] == name
            unknown = await hub.call(
                method, route.path.replace("{id}", key), token=world.tokens[who], json={"no_such_field": 1}
            )
            assert (unknown.status, unknown.code) == (422, "unknown_field"), (who, method, table)
        if before:
            assert await _rows(superuser, table) == before, table


async def test_whose_a_record_is_says_the_credential(hub: Hub, world: World) -> None:
    other = str(world.users["PT closed"])
    tries = [("PT", {"patient_id": other, "facility_id": str(world.facilities["north"])}, "patient_id")]
    tries += [("DR", {"doctor_id": str(world.users["DR elsewhere"])}, "doctor_id")]
    tries += [("RC", {"facility_id": str(world.facilities["south"])}, "facility_id")]
    for who, said, field in tries:
        answer = await book(hub, world, who, **said)
        assert (answer.status, answer.code, answer.json["field"]) == (403, "field_forbidden", field), who


async def test_ids_that_lead_nowhere_are_refused_with_their_field(hub: Hub, world: World) -> None:
    nobody = str(uuid.uuid4())
    missing = await book(hub, world, patient_id=nobody)
    assert (missing.status, missing.code, missing.json["field"]) == (422, "invalid_value", "patient_id")
    elsewhere = await book(hub, world, doctor_id=str(world.users["DR elsewhere"]))
    unknown = await book(hub, world, doctor_id=nobody)
    for answer in (elsewhere, unknown):
        assert (answer.status, answer.code, answer.json["field"]) == (422, "invalid_value", "doctor_id")
    assert {**elsewhere.json, "request_id": ""} == {**unknown.json, "request_id": ""}


async def test_a_record_that_is_not_visible_is_missing_to_every_method(hub: Hub, world: World) -> None:
    made = await book(hub, world)
    hidden, nowhere = made.headers["Location"], f"{API}/appointments/{uuid.uuid4()}"
    for method, options in (("GET", {}), ("PATCH", {"json": {"status": "cancelled"}})):
        answers = [
            await hub.call(method, path, token=world.tokens["DR elsewhere"], **options) for path in (hidden, nowhere)
        ]
        assert [answer.status for answer in answers] == [404, 404]
        bodies = [answer.body.replace(answer.json["request_id"].encode(), b"") for answer in answers]
        assert bodies[0] == bodies[1]
    for path in (f"{API}/appointments/7", f"{API}/appointments/{str(uuid.uuid4()).upper()}", f"{API}/appointments/x"):
        assert (await hub.call("GET", path, token=world.tokens["DR"])).status == 404


async def test_impossible_values_are_refused_with_their_field(hub: Hub, world: World) -> None:
    tries: list[tuple[dict[str, object], str]] = [
        ({"duration_min": 4}, "duration_min"),
        ({"duration_min": True}, "duration_min"),
        ({"duration_min": 30.5}, "duration_min"),
        ({"scheduled_at": "2026-12-01T10:00:00"}, "scheduled_at"),
        ({"scheduled_at": "soon"}, "scheduled_at"),
        ({"patient_id": "7"}, "patient_id"),
        ({"patient_id": None, "scheduled_at": TOMORROW.isoformat()}, "patient_id"),
    ]
    for changes, field in tries:
        answer = await book(hub, world, "RC", **changes)
        assert (answer.status, answer.code, answer.json.get("field")) == (422, "invalid_value", field), changes
    null = await hub.call("POST", f"{API}/facilities", token=world.tokens["AD"], json={"name": None, "type": "clinic"})
    assert (null.status, null.json["field"]) == (422, "name")


async def test_a_taken_time_is_a_conflict_with_a_sentence(hub: Hub, world: World) -> None:
    assert (await book(hub, world)).status == 201
    again = await book(hub, world)
    assert (again.status, again.code) == (409, "conflict")
    assert again.json["detail"] in (
        "the doctor has another appointment at this time",
        "the patient has another appointment at this time",
        "the doctor or the patient is taken at this time",
    )
