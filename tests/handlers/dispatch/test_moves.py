"""Calls and assignments over HTTP: taken, offered, moved, corrected, by those who may, and each thing once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.handlers.dispatch.scene import HERE, Connection
from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

API = "/api/v1"
CALLS = f"{API}/ambulance_requests"
MANY = 50
MISSING = "00000000-0000-4000-8000-000000000000"


class Board:
    """A dispatcher at work."""

    def __init__(self, hub: Hub, world: World, superuser: Connection) -> None:
        self.hub, self.world, self.db = hub, world, superuser

    async def post(self, path: str, body: Any = None, who: str = "DP", **headers: str) -> Answer:
        """Post something."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        token = self.world.tokens[who]
        return await self.hub.call("POST", f"{API}/{path}", token=token, json=body or {}, headers=named)

    async def patch(self, path: str, body: Any, who: str = "DP") -> Answer:
        """Change something."""
        return await self.hub.call("PATCH", f"{API}/{path}", token=self.world.tokens[who], json=body)

    async def call(self, who: str = "DP", **body: Any) -> str:
        """Take a call."""
        answer = await self.post("ambulance_requests", body, who)
        assert answer.status == 201, answer.body
        key: str = answer.json["id"]
        return key

    async def offered(self, unit: str = "free", **body: Any) -> dict[str, Any]:
        """Take a call and ask a unit."""
        key = await self.call(**body)
        answer = await self.post(f"ambulance_requests/{key}/offers", {"ambulance_id": self.world.ambulances[unit]})
        assert answer.status == 201, answer.body
        row: dict[str, Any] = answer.json
        return row

    async def stage(self, row: dict[str, Any], stage: str, who: str = "DP", **body: Any) -> Answer:
        """Say where a unit is."""
        return await self.post(f"assignments/{row['id']}/stages", {"stage": stage, **body}, who)


@pytest.fixture
async def board(hub: Hub, world: World, superuser: Connection) -> Board:
    """A dispatcher, with all units free."""
    await superuser.execute(
        "UPDATE assignments SET status = 'cancelled', cancelled_at = now() WHERE status <> 'cleared'"
    )
    await superuser.execute(
        "UPDATE ambulance_requests SET status = 'cancelled', cancel_reason = 'over', ambulance_id = NULL"
    )
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
    other = await board.call()
    wrong = await board.post(f"ambulance_requests/{other}/offers", {**body, "ambulance_id": units["free"]})
    assert (wrong.status, wrong.json["field"]) == (422, "decision_id")


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
    call = await board.hub.call("GET", f"{CALLS}/{row['request_id']}", token=board.world.tokens["DP"])
    assert datetime.fromisoformat(call.json["eta_at"]) == eta_at
    for who in ("TB", "DP"):
        assert (await board.patch(unit, {"status": "out_of_service"}, who)).status == 409
    await board.post(f"assignments/{row['id']}/withdraw", {"reason": "Not needed"})
    assert (await board.patch(unit, {"status": "out_of_service"}, "TB")).status == 200
