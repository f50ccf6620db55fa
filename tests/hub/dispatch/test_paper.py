"""Calls from paper and corrected times, on a real database."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from hub.dispatch.receiving import NewCall
from hub.errors import InvalidValue
from storage import audit
from storage.pool import Database
from tests.hub.dispatch.desk_rig import START, Rig

ENTRY = audit.Entry("paper_calls.C", "ambulance_requests", actor_kind="user")


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


async def test_a_call_from_paper_has_its_own_times_and_changes_nothing_now(rig: Rig) -> None:
    patient, unit = await rig.person(), await rig.unit(tablets=1)
    running = await rig.offered(unit)
    before = await rig.commands(unit)
    received = START - timedelta(hours=3)
    times = {
        stage: received + timedelta(minutes=minutes)
        for stage, minutes in (("offered", 1), ("accepted", 2), ("on_scene", 12), ("cleared", 40))
    }
    call = NewCall(patient_id=patient, complaint="Fell", requested_at=received)
    request, row = await rig.desk.enter_paper(call, unit, times, actor=rig.dispatcher, entry=ENTRY, no_transport=True)
    assert (request.status, request.back_entered, request.requested_at) == ("completed", True, received)
    assert request.closed_at == times["cleared"]
    assert (row.status, row.skipped, row.no_transport) == ("cleared", ["en_route"], True)
    assert (row.offered_at, row.on_scene_at, row.en_route_at) == (times["offered"], times["on_scene"], None)
    assert await rig.status_of(unit) == "dispatched"
    assert await rig.commands(unit) == before
    assert await rig.superuser.fetchval("SELECT count(*) FROM notifications") == 0
    sources = await rig.superuser.fetch("SELECT source FROM assignment_events WHERE assignment_id = $1", row.id)
    assert [each["source"] for each in sources] == ["paper"] * 4
    assert await rig.superuser.fetchval("SELECT count(*) FROM audit_log WHERE action = 'paper_calls.C'") == 1
    assert running.ambulance_id == unit


async def test_a_call_from_paper_may_have_been_cancelled(rig: Rig) -> None:
    unit, received = await rig.unit(), START - timedelta(hours=3)
    call, times = NewCall(requested_at=received), {"offered": received, "cancelled": received}
    request, row = await rig.desk.enter_paper(call, unit, times, actor=rig.dispatcher, reason="Went by car")
    assert (request.status, request.cancel_reason, row.status) == ("cancelled", "Went by car", "cancelled")


@pytest.mark.parametrize("wrong", ["no unit", "no patient", "early", "no reason", "no time"])
async def test_paper_that_cannot_be_is_refused_with_the_field(rig: Rig, wrong: str) -> None:
    unit, received = await rig.unit(), START - timedelta(hours=1)
    times = {"offered": received, "cancelled" if wrong == "no reason" else "cleared": START}
    call = NewCall(requested_at=None if wrong == "no time" else received)
    if wrong == "no patient":
        call = NewCall(requested_at=received, patient_id=rig.user_id)
    if wrong == "early":
        times["offered"] = received - timedelta(seconds=1)
    with pytest.raises(InvalidValue) as refused:
        await rig.desk.enter_paper(call, 999_999 if wrong == "no unit" else unit, times, actor=rig.dispatcher)
    fields = {"no unit": "ambulance_id", "no patient": "patient_id", "early": "offered_at", "no reason": "reason"}
    assert refused.value.field == fields.get(wrong, "requested_at")
    assert await rig.superuser.fetchval("SELECT count(*) FROM ambulance_requests") == 0


async def test_a_correction_keeps_what_was_there_before(rig: Rig) -> None:
    unit = await rig.unit()
    row = await rig.step(await rig.offered(unit), "accepted", at=rig.clock.pass_s(60))
    row = await rig.step(row, "on_scene", at=rig.clock.pass_s(600))
    arrived = START + timedelta(seconds=500)
    entry = audit.Entry("assignments.U.times", "assignments", actor_kind="user")
    fixed = await rig.desk.correct_times(
        row.id,
        {"on_scene": arrived, "en_route": START + timedelta(seconds=90)},
        "Pressed late",
        actor=rig.dispatcher,
        entry=entry,
    )
    assert (fixed.on_scene_at, fixed.skipped, fixed.status) == (arrived, [], "on_scene")
    events = await rig.superuser.fetch(
        "SELECT status, at, reason FROM assignment_events WHERE source = 'correction' ORDER BY status"
    )
    assert [tuple(event) for event in events] == [
        ("en_route", START + timedelta(seconds=90), "Pressed late"),
        ("on_scene", arrived, "Pressed late"),
    ]
    told = await rig.superuser.fetchrow("SELECT reason, detail FROM audit_log WHERE action = 'assignments.U.times'")
    assert told is not None
    assert told["reason"] == "Pressed late"
    assert '"before": {"en_route": null, "on_scene": "2026-10-05T08:11:00+00:00"}' in told["detail"]
    with pytest.raises(InvalidValue):
        await rig.desk.correct_times(row.id, {"on_scene": START}, "Wrong", actor=rig.dispatcher)
    with pytest.raises(InvalidValue, match="after the call was received"):
        early = START - timedelta(seconds=1)
        await rig.desk.correct_times(row.id, {"offered": early}, "Wrong", actor=rig.dispatcher)
    with pytest.raises(InvalidValue):
        await rig.desk.correct_times(row.id, {}, "", actor=rig.dispatcher)
