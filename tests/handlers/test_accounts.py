"""Accounts over HTTP: who may add whom, registration, links, roles, and the end of an account."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from tests.handlers.rig import GOOD_PASSWORD, SETTINGS, Answer, Hub, running
from tests.handlers.world import World, open_session, set_password
from tests.storage.world import Connection

API = "/api/v1"

OTHER_PASSWORD = "blue kettle on a quiet moon"


async def add(hub: Hub, world: World, who: str, role: str, **more: Any) -> Answer:
    body = {"name": "Nila New", "email": "nila@hub.test", "role": role, **more}
    return await hub.call("POST", f"{API}/users", token=world.tokens[who], json=body)


async def do(hub: Hub, world: World, who: str, whom: str, verb: str, **body: Any) -> Answer:
    path = f"{API}/users/{world.users[whom]}/{verb}"
    return await hub.call("POST", path, token=world.tokens[who], json=body or None)


def token_in(link: str) -> str:
    fragment, _, email = link.partition("/#activate=")[2].partition("/")
    assert "@" in unquote(email)
    return fragment


async def signs_in(hub: Hub, email: str, password: str) -> bool:
    body = {"email": email, "password": password, "client": "app"}
    return (await hub.call("POST", f"{API}/sessions", json=body)).status == 201


async def test_each_adds_only_whom_the_matrix_says(hub: Hub, world: World) -> None:
    desk = {"role": "receptionist"}
    expected = {
        ("RC", "patient"): 201,
        ("RC", "staff"): 403,
        ("RC", "doctor"): 403,
        ("SA", "patient"): 201,
        ("SA", "staff"): 201,
        ("SA", "doctor"): 403,
        ("SA", "admin"): 403,
        ("PT", "patient"): 403,
        ("DR", "patient"): 403,
        ("TB", "patient"): 403,
        ("AD", "patient"): 201,
        ("AD", "doctor"): 201,
        ("AD", "admin"): 201,
    }
    for number, ((who, role), status) in enumerate(expected.items()):
        more: dict[str, Any] = {"email": f"n{number}@hub.test"} | ({"staff": desk} if role == "staff" else {})
        answer = await add(hub, world, who, role, **more)
        assert answer.status == status, (who, role, answer)


async def test_whoever_is_added_chooses_a_password_with_a_link_that_was_shown_once(
    hub: Hub, world: World, superuser: Connection
) -> None:
    answer = await add(hub, world, "SA", "staff", staff={"role": "receptionist"}, phone="+91 20 5550 1000")
    made = answer.json["user"]
    assert (made["role"], made["activated"], made["staff"]) == (
        "staff",
        False,
        {"role": "receptionist", "duty": None, "facility_id": str(world.facilities["north"])},
    )
    assert answer.json["emailed"] is False
    body = {"token": token_in(answer.json["activation_link"]), "password": GOOD_PASSWORD}
    assert (await hub.call("POST", f"{API}/activations", json=body)).status == 204
    assert await signs_in(hub, "nila@hub.test", GOOD_PASSWORD)
    assert body["token"] not in repr(await superuser.fetch("SELECT * FROM activation_links"))
    entry = await superuser.fetchrow("SELECT actor_id, entity_id FROM audit_log WHERE action = 'users.C'")
    assert entry is not None
    assert tuple(entry) == (str(world.users["SA"]), made["id"])


async def test_a_patient_at_the_desk_may_have_no_address_and_nobody_else(hub: Hub, world: World) -> None:
    patient = {"date_of_birth": "1984-05-17", "gender": "female", "blood_type": "B+", "address": "7 Garden Street"}
    answer = await add(hub, world, "RC", "patient", email=None, patient=patient)
    assert (answer.status, answer.json["activation_link"], answer.json["user"]["email"]) == (201, None, None)
    assert (await add(hub, world, "RC", "patient", email=None)).status == 201  # a second one too
    refused = await add(hub, world, "AD", "doctor", email=None)
    assert (refused.status, refused.json["field"]) == (422, "email")


@pytest.mark.parametrize(
    ("role", "more", "field"),
    [
        ("staff", {}, "staff"),
        ("staff", {"staff": {"role": "receptionist"}}, "staff.facility_id"),
        ("staff", {"staff": {"role": "receptionist", "facility_id": "00000000-0000-4000-8000-000000000000"}}, None),
        ("patient", {"staff": {"role": "receptionist"}}, "staff"),
        ("patient", {"doctor": {}}, "doctor"),
        ("patient", {"email": "a,b@hub.test"}, "email"),
        ("patient", {"email": "a@b@hub.test"}, "email"),
        ("patient", {"name": "  "}, "name"),
        ("patient", {"time_zone": "Mars/Olympus"}, "time_zone"),
        ("patient", {"patient": {"date_of_birth": "2999-01-01"}}, "date_of_birth"),
        ("patient", {"id": "00000000-0000-4000-8000-000000000000"}, None),
        ("patient", {"password": GOOD_PASSWORD}, None),
        ("patient", {"disabled_at": None}, None),
        ("superuser", {}, "role"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_its_field(
    hub: Hub, world: World, role: str, more: dict[str, Any], field: str | None
) -> None:
    answer = await add(hub, world, "AD", role, **more)
    assert answer.status == 422, answer
    assert field is None or answer.json["field"] == field


async def test_what_is_taken_is_a_conflict(hub: Hub, world: World) -> None:
    taken = await add(hub, world, "AD", "patient", email="DP@hub.test")
    assert (taken.status, taken.code) == (409, "conflict")
    doctor = {"license_number": "L-1"}
    assert (await add(hub, world, "AD", "doctor", doctor=doctor)).status == 201
    again = await add(hub, world, "AD", "doctor", doctor=doctor, email="other@hub.test")
    assert again.status == 409


async def test_the_facility_of_who_adds_is_not_theirs_to_choose(hub: Hub, world: World) -> None:
    desk = {"role": "receptionist", "facility_id": str(world.facilities["south"])}
    answer = await add(hub, world, "SA", "staff", staff=desk)
    assert (answer.status, answer.code) == (403, "field_forbidden")
    for more in ({"role": "admin"}, {"role": "receptionist", "duty": "dispatcher"}):
        assert (await add(hub, world, "SA", "staff", staff=more)).status == 403


async def test_a_patient_registers_and_signs_in(hub: Hub, world: World, superuser: Connection) -> None:
    body = {"name": "Ravi", "email": "ravi@hub.test", "password": GOOD_PASSWORD, "date_of_birth": "1990-02-28"}
    answer = await hub.call("POST", f"{API}/registrations", json=body)
    assert (answer.status, answer.json["user"]["role"], answer.json["user"]["activated"]) == (201, "patient", True)
    assert GOOD_PASSWORD.encode() not in answer.body
    assert await signs_in(hub, "ravi@hub.test", GOOD_PASSWORD)
    assert await superuser.fetchval("SELECT count(*) FROM patients WHERE date_of_birth = '1990-02-28'") == 1
    again = await hub.call("POST", f"{API}/registrations", json=body)
    assert (again.status, again.code) == (409, "conflict")
    for field, value in (("password", "password1234"), ("email", "no address"), ("blood_type", "C+")):
        refused = await hub.call("POST", f"{API}/registrations", json={**body, field: value})
        assert (refused.status, refused.json["field"]) == (422, field)
    for field in ("role", "id", "staff"):
        refused = await hub.call("POST", f"{API}/registrations", json={**body, field: "admin"})
        assert (refused.status, refused.code) == (422, "unknown_field")


async def test_strangers_are_limited_by_network(database: str, hub: Hub) -> None:
    async with running(database, settings=replace(SETTINGS, registrations_per_network_per_min=2.0)) as limited:
        paths = ("registrations", "password_resets", "registrations")
        bodies = ({"name": "x", "email": "x@hub.test", "password": "short"}, {"email": "x@hub.test"})
        statuses = [
            (await limited.call("POST", f"{API}/{path}", json=bodies[path == "password_resets"])).status
            for path in paths
        ]
        assert statuses == [422, 202, 429]


async def test_a_new_link_ends_the_one_before_and_goes_only_to_those_who_may(hub: Hub, world: World) -> None:
    first = await do(hub, world, "AD", "DR", "invite")
    second = await do(hub, world, "AD", "DR", "invite")
    assert (first.status, second.status) == (201, 201)
    for answer, status in ((first, 404), (second, 204)):
        body = {"token": token_in(answer.json["activation_link"]), "password": GOOD_PASSWORD}
        assert (await hub.call("POST", f"{API}/activations", json=body)).status == status
    expected = {("SA", "RC"): 201, ("SA", "RC elsewhere"): 404, ("SA", "DR"): 403, ("AD", "AD"): 403, ("SA", "SA"): 403}
    for (who, whom), status in expected.items():
        assert (await do(hub, world, who, whom, "invite")).status == status, (who, whom)


async def test_forgotten_passwords_answer_alike_for_everybody(hub: Hub, world: World) -> None:
    answers = [
        await hub.call("POST", f"{API}/password_resets", json={"email": email})
        for email in ("dp@hub.test", "nobody@hub.test")
    ]
    assert [(answer.status, answer.body) for answer in answers] == [(202, b"")] * 2


async def test_changing_the_password_ends_every_session(hub: Hub, world: World, database: str) -> None:
    await set_password(hub, database, world.users["DP"])
    _, elsewhere = await open_session(hub, world.users["DP"])
    body = {"current_password": OTHER_PASSWORD, "new_password": OTHER_PASSWORD}
    wrong = await do(hub, world, "DP", "DP", "password", **body)
    assert (wrong.status, wrong.json["field"]) == (422, "current_password")
    bad = await do(hub, world, "DP", "DP", "password", current_password=GOOD_PASSWORD, new_password="short")
    assert (bad.status, bad.json["field"]) == (422, "new_password")
    body["current_password"] = GOOD_PASSWORD
    assert (await do(hub, world, "AD", "DP", "password", **body)).status == 403
    assert (await do(hub, world, "PT", "DP", "password", **body)).status == 404
    assert (await do(hub, world, "DP", "DP", "password", **body)).status == 204
    for token in (elsewhere, world.tokens["DP"]):
        assert (await hub.call("GET", f"{API}/sessions", token=token)).status == 401
    assert await signs_in(hub, "dp@hub.test", OTHER_PASSWORD)
    assert not await signs_in(hub, "dp@hub.test", GOOD_PASSWORD)


async def test_guessing_the_current_password_is_slowed(hub: Hub, world: World, database: str) -> None:
    await set_password(hub, database, world.users["DP"])
    body = {"current_password": "not this one, either", "new_password": OTHER_PASSWORD}
    statuses = [(await do(hub, world, "DP", "DP", "password", **body)).status for _ in range(6)]
    assert statuses == [422] * 5 + [429]


async def test_a_new_role_takes_the_place_of_the_old_one(hub: Hub, world: World, superuser: Connection) -> None:
    staff = {"role": "admin", "duty": "supervisor", "facility_id": str(world.facilities["south"])}
    answer = await do(hub, world, "AD", "DR", "role", role="staff", staff=staff)
    assert (answer.status, answer.json["user"]["staff"]) == (200, staff)
    assert (await hub.call("GET", f"{API}/sessions", token=world.tokens["DR"])).status == 401
    _, token = await open_session(hub, world.users["DR"])
    assert (await hub.call("GET", f"{API}/alarms", token=token)).status == 200
    assert (await do(hub, world, "AD", "DR", "role", role="patient")).status == 200
    rows = await superuser.fetchrow(
        "SELECT (SELECT count(*) FROM staff WHERE id = $1), (SELECT count(*) FROM patients WHERE id = $1),"
        " (SELECT count(*) FROM doctors WHERE id = $1)",
        world.users["DR"],
    )
    assert rows is not None
    assert tuple(rows) == (0, 1, 1)  # what hangs on a doctor stays
    detail = await superuser.fetchval("SELECT detail::text FROM audit_log WHERE action = 'users.U.role' LIMIT 1")
    assert '"doctor"' in detail


async def test_nobody_changes_the_own_role_and_only_administrators_those_of_others(hub: Hub, world: World) -> None:
    for who, whom, status in (("AD", "AD", 403), ("SA", "RC", 403), ("PT", "PT", 403)):
        assert (await do(hub, world, who, whom, "role", role="admin")).status == status
    unknown = "00000000-0000-4000-8000-000000000000"
    answer = await hub.call("POST", f"{API}/users/{unknown}/role", token=world.tokens["AD"], json={"role": "patient"})
    assert (answer.status, answer.code) == (404, "not_found")


async def test_who_may_disable_whom(hub: Hub, world: World) -> None:
    expected = {
        ("SA", "RC"): 200,
        ("SA", "RC elsewhere"): 404,
        ("SA", "DR"): 403,
        ("SA", "SA"): 403,
        ("RC elsewhere", "DP"): 403,
        ("AD", "AD"): 403,
        ("AD", "DR"): 200,
        ("AD", "SA"): 200,
    }
    for (who, whom), status in expected.items():
        assert (await do(hub, world, who, whom, "disable")).status == status, (who, whom)
    assert (await hub.call("GET", f"{API}/sessions", token=world.tokens["DR"])).status == 401
    assert (await do(hub, world, "AD", "DR", "enable")).json["user"]["disabled_at"] is None
    assert (await hub.call("GET", f"{API}/sessions", token=world.tokens["DR"])).status == 401  # they stay ended


async def test_a_disabled_account_gets_no_link(hub: Hub, world: World) -> None:
    link = await do(hub, world, "AD", "DR", "invite")
    await do(hub, world, "AD", "DR", "disable")
    body = {"token": token_in(link.json["activation_link"]), "password": GOOD_PASSWORD}
    assert (await hub.call("POST", f"{API}/activations", json=body)).status == 404
    assert (await do(hub, world, "AD", "DR", "invite")).status == 409


@pytest.mark.parametrize(("verb", "body"), [("disable", {}), ("pseudonymise", {}), ("role", {"role": "patient"})])
async def test_two_administrators_who_depose_each_other_leave_one(
    hub: Hub, world: World, superuser: Connection, verb: str, body: dict[str, str]
) -> None:
    other = (await add(hub, world, "AD", "admin", email="other@hub.test")).json["user"]["id"]
    world.users["AD 2"] = other
    _, world.tokens["AD 2"] = await open_session(hub, other)
    for _ in range(5):
        answers = await asyncio.gather(
            do(hub, world, "AD", "AD 2", verb, **body), do(hub, world, "AD 2", "AD", verb, **body)
        )
        assert sorted(answer.status for answer in answers)[0] == 200
        assert sorted(answer.status for answer in answers)[1] in (401, 403)
        left = await superuser.fetch("SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL")
        assert len(left) == 1
        await superuser.execute(
            "UPDATE users SET role = 'admin', email = id || '@hub.test', disabled_at = NULL, pseudonymised_at = NULL"
            " WHERE id = ANY ($1)",
            [world.users["AD"], other],
        )
        for who in ("AD", "AD 2"):
            _, world.tokens[who] = await open_session(hub, world.users[who])


async def test_administrators_see_and_end_the_sessions_of_others(hub: Hub, world: World) -> None:
    path = f"{API}/users/{world.users['RC']}/sessions"
    for who, status in (("AD", 200), ("RC", 200), ("SA", 403), ("PT", 404), ("RC elsewhere", 404)):
        answer = await hub.call("GET", path, token=world.tokens[who])
        assert answer.status == status, who
        if status == 200:
            assert [item["id"] for item in answer.json["items"]] == [str(world.sessions["RC"])]
            assert answer.json["items"][0]["current"] is (who == "RC")
    one = f"{API}/sessions/{world.sessions['RC']}"
    assert (await hub.call("DELETE", one, token=world.tokens["SA"])).status == 404
    assert (await hub.call("DELETE", one, token=world.tokens["AD"])).status == 204
    assert (await hub.call("GET", path, token=world.tokens["RC"])).status == 401
