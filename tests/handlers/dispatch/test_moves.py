"""Assignments over HTTP: offered, moved, corrected, by those who may, and each thing once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.handlers.dispatch.board_rig import API, MISSING, Board, free_everybody
from tests.handlers.dispatch.scene import HERE, Connection
from tests.handlers.rig import Hub
from tests.handlers.world import World


@pytest.fixture
async def board(hub: Hub, world: World, superuser: Connection) -> Board:
    """A dispatcher, with all units free."""
    await free_everybody(superuser)
    return Board(hub, world, superuser)


async def test_a_key_makes_a_repeat_the_same(board: Board) -> None:
    key, unit = await board.call(), board.world.ambulances["free"]
    path = f"ambulance_requests/{key}/offers"
    first = await board.post(path, {"ambulance_id": unit}, Idempotency_Key="one")
    again = await board.post(path, {"ambulance_id": unit}, Idempotency_Key="one")
    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, first.body, "true")
    stage = f"assignments/{first.json['id']}/stages"
    accepted = await board.post(stage, {"stage": "accepted"}, Idempotency_Key="two")
    repeated = await board.post(stage, {"stage": "accepted"}, Idempotency_Key="two")
    assert (repeated.status, repeated.body) == (200, accepted.body)
    assert (await board.post(stage, {"stage": "accepted"}, Idempotency_Key="three")).status == 409
    other = await board.post(path, {"ambulance_id": unit + 1}, Idempotency_Key="one")
    assert (other.status, other.code) == (422, "idempotency_mismatch")
    assert await board.db.fetchval("SELECT count(*) FROM assignment_events WHERE idempotency_key IS NULL") == 2


@pytest.mark.parametrize("how", ["command", "record"])
async def test_a_patient_cancels_while_it_is_open_and_the_unit_is_called_back(board: Board, how: str) -> None:
    row = await board.offered("live", patient_id=str(board.world.users["PT"]))
    await board.stage(row, "accepted")
    key = row["request_id"]
    if how == "command":
        answer = await board.post(f"ambulance_requests/{key}/cancel", {"reason": "Better now"}, "PT")
    else:
        given = {"status": "cancelled", "cancel_reason": "Better now"}
        answer = await board.patch(f"ambulance_requests/{key}", given, "PT")
    assert (answer.status, answer.json["status"], answer.json["ambulance_id"]) == (200, "cancelled", None)
    stored = await board.db.fetchrow("SELECT status, cancel_reason FROM assignments WHERE id = $1", UUID(row["id"]))
    assert tuple(stored or ()) == ("cancelled", "Better now")
    unit = board.world.ambulances["live"]
    assert await board.db.fetchval("SELECT status FROM ambulances WHERE id = $1", unit) == "available"
    assert await board.db.fetchval("SELECT count(*) FROM device_commands WHERE kind = 'recall'") == 1
    assert await board.db.fetchval("SELECT count(*) FROM notifications WHERE message LIKE '%was cancelled%'") == 1
    again = await board.post(f"ambulance_requests/{key}/cancel", {"reason": "Again"}, "PT")
    assert (again.status, again.json["detail"]) == (409, "the request is cancelled")
    others = await board.post(f"ambulance_requests/{key}/cancel", {"reason": "Not mine"}, "PT closed")
    assert others.status == 404


async def test_a_crew_hears_what_is_corrected(board: Board) -> None:
    row = await board.offered("live", location_note="Behind the temple")
    key = row["request_id"]
    await board.patch(f"ambulance_requests/{key}", {"location_note": "Before the temple"})
    await board.stage(row, "accepted")
    await board.patch(f"ambulance_requests/{key}", {"pickup_location": {"latitude": 18.5, "longitude": 73.9}})
    told = await board.db.fetch("SELECT kind, body, status FROM device_commands ORDER BY created_at, kind")
    assert [(each["kind"], each["status"]) for each in told] == [
        ("offer", "expired"),
        ("offer", "expired"),
        ("call", "expired"),
        ("reporting", None),
        ("call", None),
    ]
    assert "Before the temple" in told[1]["body"]
    assert '"latitude": 18.5' in told[4]["body"]


async def test_another_unit_than_the_suggested_one_needs_a_reason(board: Board) -> None:
    key = await board.call()
    units = board.world.ambulances
    candidates = f'[{{"ambulance_id": {units["free"]}, "eta_s": 60}}, {{"ambulance_id": {units["live"]}, "eta_s": 90}}]'
    decision_id = await board.db.fetchval(
        "INSERT INTO dispatch_decisions"
        " (request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words)"
        " VALUES ($1, $2, now(), 'suggest', 'line', 1, '{}', $3, 'The nearest.') RETURNING id",
        UUID(key),
        units["free"],
        candidates,
    )
    path, body = f"ambulance_requests/{key}/offers", {"ambulance_id": units["live"], "decision_id": str(decision_id)}
    silent = await board.post(path, body)
    assert (silent.status, silent.json["field"]) == (422, "reason")
    said = await board.post(path, {**body, "reason": "Has the incubator"})
    assert said.status == 201
    eta_s = datetime.fromisoformat(said.json["eta_at"]) - datetime.fromisoformat(said.json["offered_at"])
    assert eta_s == timedelta(seconds=90)
    stored = await board.db.fetchrow(
        "SELECT kind, reason, decided_by, ambulance_id FROM dispatch_decisions WHERE id = $1",
        UUID(said.json["decision_id"]),
    )
    assert tuple(stored or ()) == ("overrule", "Has the incubator", board.world.users["DP"], units["live"])
    await board.post(f"assignments/{said.json['id']}/withdraw", {"reason": "Sent away again"})
    followed = await board.post(path, {"ambulance_id": units["free"]})  # as it was suggested a moment ago
    assert followed.json["decision_id"] == str(decision_id)
    other = await board.call()
    wrong = await board.post(f"ambulance_requests/{other}/offers", {**body, "ambulance_id": units["free"]})
    assert (wrong.status, wrong.json["field"]) == (422, "decision_id")


async def test_an_old_suggestion_says_no_more_when_a_unit_will_be_there(board: Board) -> None:
    key, unit = await board.call(), board.world.ambulances["free"]
    decision_id = await board.db.fetchval(
        "INSERT INTO dispatch_decisions"
        " (request_id, ambulance_id, at, kind, travel, duration_ms, inputs, candidates, words)"
        " VALUES ($1, $2, now() - interval '1 hour', 'suggest', 'line', 1, '{}', $3, 'The nearest.') RETURNING id",
        *(UUID(key), unit, f'[{{"ambulance_id": {unit}, "eta_s": 60}}]'),
    )
    body = {"ambulance_id": unit, "decision_id": str(decision_id)}
    answer = await board.post(f"ambulance_requests/{key}/offers", body)
    assert (answer.status, answer.json["decision_id"], answer.json["eta_at"]) == (201, str(decision_id), None)


async def test_a_unit_that_is_asked_without_a_look_at_suggestions_is_weighed_all_the_same(board: Board) -> None:
    key, unit = await board.call(), board.world.ambulances["free"]
    answer = await board.post(f"ambulance_requests/{key}/offers", {"ambulance_id": unit, "reason": "Knows the way"})
    assert answer.status == 201
    stored = await board.db.fetchrow(
        "SELECT kind, reason, ambulance_id, jsonb_array_length(candidates) > 0 FROM dispatch_decisions WHERE id = $1",
        UUID(answer.json["decision_id"]),
    )
    assert tuple(stored or ()) == ("overrule", "Knows the way", unit, True)


async def test_a_tablet_moves_its_own_assignment_forward_and_no_other(board: Board) -> None:
    mine, other = await board.offered("live"), await board.offered("free")
    assert (await board.stage(mine, "accepted", "TB")).status == 404  # an offer is answered by a report
    await board.stage(mine, "accepted")
    await board.stage(other, "accepted")
    assert (await board.stage(mine, "en_route", "TB")).status == 200
    assert (await board.stage(other, "en_route", "TB")).status == 404
    for ending, body in (("withdraw", {}), ("divert", {"to": MISSING})):
        answer = await board.post(f"assignments/{mine['id']}/{ending}", {"reason": "no", **body}, "TB")
        assert answer.status == 403
    shown = await board.hub.call("GET", f"{API}/assignments/{mine['id']}", token=board.world.tokens["TB"])
    assert shown.json["status"] == "en_route"


async def test_a_unit_is_called_back_and_sent_elsewhere(board: Board) -> None:
    row = await board.offered("live", priority=3)
    urgent = await board.call(priority=1)
    sent = await board.post(f"assignments/{row['id']}/divert", {"to": urgent, "reason": "Cardiac arrest"})
    assert (sent.status, sent.json["request_id"], sent.json["status"]) == (201, urgent, "offered")
    nowhere = await board.post(f"assignments/{sent.json['id']}/divert", {"to": MISSING, "reason": "x"})
    assert (nowhere.status, nowhere.json["field"]) == (422, "to")
    back = await board.post(f"assignments/{sent.json['id']}/withdraw", {"reason": "Taken by the fire brigade"})
    assert (back.json["status"], back.json["cancel_reason"]) == ("cancelled", "Taken by the fire brigade")
    repeat = await board.post(f"ambulance_requests/{urgent}/duplicate", {"of": row["request_id"]})
    assert (repeat.status, repeat.json["duplicate_of"]) == (200, row["request_id"])


async def test_an_illegal_step_is_a_conflict_with_the_present_state(board: Board) -> None:
    row = await board.offered()
    answer = await board.stage(row, "on_scene")
    assert (answer.status, answer.json["detail"]) == (409, "the assignment is offered: it cannot become on scene")
    assert (await board.stage({"id": MISSING}, "on_scene")).status == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"pickup_location": {"latitude": 173.85, "longitude": 18.52}}, "pickup_location.latitude"),
        ({"pickup_location": {"latitude": 18.52}}, "longitude"),
        ({"needs": "helicopter"}, "needs"),
        ({"priority": 5}, "priority"),
        ({"patient_id": MISSING}, "patient_id"),
    ],
    ids=["swapped", "half", "needs", "priority", "patient"],
)
async def test_a_call_that_cannot_be_is_refused_with_the_field(board: Board, body: dict[str, Any], field: str) -> None:
    answer = await board.post("ambulance_requests", body)
    assert (answer.status, answer.json["field"]) == (422, field)


async def test_paper_and_corrections_are_for_those_who_may(board: Board) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    at = [(start + timedelta(minutes=5 * step)).isoformat() for step in range(5)]
    body = {
        "requested_at": at[0],
        "ambulance_id": board.world.ambulances["free"],
        "complaint": "Fell",
        "pickup_location": {"latitude": HERE[0], "longitude": HERE[1]},
        "times": {"offered_at": at[1], "accepted_at": at[2], "on_scene_at": at[3], "cleared_at": at[4]},
        "no_transport": True,
    }
    assert (await board.post("paper_calls", body, "RC")).status == 403
    entered = await board.post("paper_calls", body, Idempotency_Key="paper")
    again = await board.post("paper_calls", body, Idempotency_Key="paper")
    assert (entered.status, again.body) == (201, entered.body)
    assert (entered.json["request"]["back_entered"], entered.json["request"]["status"]) == (True, "completed")
    row = entered.json["assignment"]
    assert row["skipped"] == ["en_route"]
    path, times = f"assignments/{row['id']}/times", {"reason": "Read wrongly", "en_route_at": at[2]}
    assert (await board.patch(path, times, "DP")).status == 403
    fixed = await board.patch(path, times, "SV")
    assert (fixed.status, fixed.json["skipped"]) == (200, [])
    told = await board.db.fetchval(
        "SELECT detail FROM audit_log WHERE action = 'assignments.U.times' AND outcome = 'allowed'"
    )
    assert '"before": {"en_route": null}' in told
    early = await board.patch(path, {"reason": "Wrong", "cleared_at": at[0]}, "SV")
    assert (early.status, early.json["field"]) == (422, "cleared_at")


async def test_who_is_on_the_way_has_an_eta_and_takes_no_other_duty(board: Board) -> None:
    row = await board.offered("live")
    unit = f"ambulances/{board.world.ambulances['live']}"
    await board.stage(row, "accepted")
    eta_at = datetime.now(UTC) + timedelta(minutes=7)
    await board.hub.context.desk.note(UUID(row["id"]), eta_at=eta_at)
    shown = await board.hub.call("GET", f"{API}/{unit}", token=board.world.tokens["DP"])
    assert datetime.fromisoformat(shown.json["eta"]) == eta_at
    call = await board.hub.call("GET", f"{API}/ambulance_requests/{row['request_id']}", token=board.world.tokens["DP"])
    assert datetime.fromisoformat(call.json["eta_at"]) == eta_at
    for who in ("TB", "DP"):
        assert (await board.patch(unit, {"status": "out_of_service"}, who)).status == 409
    await board.post(f"assignments/{row['id']}/withdraw", {"reason": "Not needed"})
    assert (await board.patch(unit, {"status": "out_of_service"}, "TB")).status == 200
