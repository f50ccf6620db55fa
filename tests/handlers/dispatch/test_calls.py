"""Calls over HTTP: from the patient to completed, a repeat is one call, and of many who ask a unit one gets it."""

from __future__ import annotations

import asyncio

import pytest

from tests.handlers.dispatch.board_rig import API, Board, free_everybody
from tests.handlers.dispatch.scene import HERE, Connection
from tests.handlers.rig import Hub
from tests.handlers.world import World

CALLS = f"{API}/ambulance_requests"
MANY = 50


@pytest.fixture
async def board(hub: Hub, world: World, superuser: Connection) -> Board:
    """A dispatcher, with all units free."""
    await free_everybody(superuser)
    return Board(hub, world, superuser)


async def test_a_call_goes_from_the_patient_to_completed(board: Board) -> None:
    key = await board.call("PT", complaint="Chest pain", pickup_location={"latitude": HERE[0], "longitude": HERE[1]})
    unit = board.world.ambulances["live"]
    answer = await board.post(f"ambulance_requests/{key}/offers", {"ambulance_id": unit})
    assert (answer.status, answer.json["status"], answer.json["request_id"]) == (201, "offered", key)
    assert answer.json["ambulance"] == {"id": unit, "plate_number": "MARK-LIVE"}
    row = answer.json
    assert (await board.stage(row, "accepted")).json["status"] == "accepted"
    for stage in ("en_route", "on_scene", "transporting", "at_destination", "cleared"):
        moved = await board.stage(row, stage, "TB")
        assert (moved.status, moved.json["status"]) == (200, stage)
    assert None not in [moved.json[f"{stage}_at"] for stage in ("offered", "accepted", "on_scene", "cleared")]
    shown = await board.hub.call("GET", f"{CALLS}/{key}", token=board.world.tokens["PT"])
    assert (shown.json["status"], shown.json["ambulance_id"]) == ("completed", None)
    audited = await board.db.fetch(
        "SELECT action, actor_kind, patient_id FROM audit_log WHERE entity = 'assignments' ORDER BY id"
    )
    assert [each["action"] for each in audited] == ["assignments.C", *["assignments.U"] * 6]
    assert {each["actor_kind"] for each in audited} == {"user", "device"}
    assert {each["patient_id"] for each in audited} == {board.world.users["PT"]}


async def test_a_repeat_joins_the_open_call_and_is_never_refused_for_its_rate(board: Board) -> None:
    key = await board.call("PT", complaint="Chest pain")
    answers = [await board.post("ambulance_requests", {"complaint": f"Worse {n}"}, "PT") for n in range(70)]
    assert {(answer.status, answer.json["id"]) for answer in answers} == {(200, key)}
    shown = await board.hub.call("GET", f"{CALLS}/{key}", token=board.world.tokens["DP"])
    assert shown.json["complaint"].startswith("Chest pain\n")
    assert "Worse 3" in shown.json["complaint"]
    joined = await board.db.fetchval("SELECT count(*) FROM audit_log WHERE detail @> '{\"joined\": true}'")
    assert joined == 70


async def test_a_bystanders_number_joins_for_dispatchers_and_for_who_has_proven_it(board: Board) -> None:
    number = "+91 20 5550 1717"
    key = await board.call(callback_number=number)
    again = await board.post("ambulance_requests", {"callback_number": "+912055501717", "caller": "Vikram"})
    assert (again.status, again.json["id"], again.json["caller"]) == (200, key, "Vikram")
    claimed = await board.post("ambulance_requests", {"callback_number": number}, "PT")
    assert claimed.status == 201  # anybody can say that a number is theirs
    assert claimed.json["is_verified"] is False
    await board.post(f"ambulance_requests/{claimed.json['id']}/cancel", {"reason": "by mistake"}, "PT")
    await board.db.execute(
        "UPDATE users SET phone = $2, phone_verified_at = now() WHERE id = $1", board.world.users["PT"], number
    )
    proven = await board.post("ambulance_requests", {"callback_number": number}, "PT")
    assert (proven.status, proven.json["id"]) == (200, key)


async def test_of_fifty_dispatchers_one_gets_the_unit(board: Board) -> None:
    keys = await board.db.fetch(
        "INSERT INTO ambulance_requests (priority) SELECT 2 FROM generate_series(1, $1) RETURNING id", MANY
    )
    unit, who = board.world.ambulances["free"], ("DP", "SV", "AD")
    answers = await asyncio.gather(
        *(
            board.post(f"ambulance_requests/{key['id']}/offers", {"ambulance_id": unit}, who[n % 3])
            for n, key in enumerate(keys)
        )
    )
    statuses = sorted(answer.status for answer in answers)
    assert statuses == [201] + [409] * (MANY - 1)
    refused = next(answer for answer in answers if answer.status == 409)
    assert refused.json["detail"] == "MARK-FREE already has a call: it is offered"
