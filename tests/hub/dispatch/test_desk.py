"""Moves of a call, one after the other, on a real database: what each leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.dispatch.assignment import IllegalStep, Step
from hub.dispatch.request import RequestClosed
from hub.errors import Conflict, Forbidden, InvalidValue, NotFound
from storage.pool import Database
from tests.hub.dispatch.desk_rig import ENTRY, START, Rig

STAGES = ("accepted", "en_route", "on_scene", "transporting", "at_destination", "cleared")


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


async def test_a_call_goes_from_receipt_to_back_in_service_with_every_time(rig: Rig) -> None:
    patient, unit = await rig.person(), await rig.unit(tablets=1)
    request = await rig.call(patient_id=patient, complaint="Chest pain", callback_number="+91 20 5550 1")
    assert (request.status, request.priority, request.requested_at) == ("received", 1, START)
    seen = []
    rig.clock.pass_s(10)
    row = await rig.desk.offer(request.id, unit, actor=rig.dispatcher, entry=ENTRY)
    assert row.offer_expires_at == rig.clock.at + timedelta(seconds=120)
    seen.append((row.status, (await rig.request(request.id))["status"], await rig.status_of(unit)))
    for stage in STAGES:
        rig.clock.pass_s(60)
        row = await rig.step(row, stage, await rig.crew(unit), key=f"1:{stage}", entry=ENTRY)
        stored = await rig.request(request.id)
        assert stored["ambulance_id"] == (None if stage == "cleared" else unit)
        seen.append((row.status, stored["status"], await rig.status_of(unit)))
    assert seen == [
        ("offered", "queued", "dispatched"),
        ("accepted", "assigned", "dispatched"),
        ("en_route", "assigned", "en_route"),
        ("on_scene", "on_scene", "on_scene"),
        ("transporting", "transporting", "transporting"),
        ("at_destination", "at_destination", "at_hospital"),
        ("cleared", "completed", "available"),
    ]
    times = [getattr(row, f"{stage}_at") for stage in ("offered", *STAGES)]
    assert times == [START + timedelta(seconds=10 + 60 * step) for step in range(7)]
    assert (await rig.request(request.id))["closed_at"] == rig.clock.at
    events = await rig.superuser.fetch("SELECT status, source FROM assignment_events ORDER BY at")
    assert [tuple(event) for event in events] == [("offered", "dispatcher"), *((stage, "crew") for stage in STAGES)]
    told = await rig.superuser.fetch("SELECT message FROM notifications WHERE user_id = $1 ORDER BY sequence", patient)
    assert [row["message"].partition(" ")[2].split(" ", 1)[1] for row in told][:2] == ["is coming.", "has arrived."]
    audited = await rig.superuser.fetch("SELECT detail, patient_id FROM audit_log WHERE action = 'assignments.U'")
    assert len(audited) == 7
    assert {row["patient_id"] for row in audited} == {patient}


async def test_what_a_crew_is_told(rig: Rig) -> None:
    unit = await rig.unit(tablets=2)
    row = await rig.offered(unit, caller="Vikram", complaint="Fell")
    assert await rig.commands(unit) == [("offer", None), ("offer", None)]
    row = await rig.step(row, "accepted", await rig.crew(unit))
    told = await rig.commands(unit)
    assert told == [("offer", "expired")] * 2 + [("call", None)] * 2 + [("reporting", None)] * 2
    bodies = await rig.superuser.fetch("SELECT kind, body::text AS body FROM device_commands")
    assert all(("Vikram" in each["body"]) == (each["kind"] == "call") for each in bodies)
    await rig.step(row, "cancelled", reason="the caller drives there")
    assert (await rig.commands(unit))[-4:] == [("recall", None)] * 2 + [("reporting", None)] * 2


async def test_the_tablet_that_ends_an_assignment_is_not_told_of_it(rig: Rig) -> None:
    unit = await rig.unit(tablets=2)
    row = await rig.offered(unit)
    await rig.step(row, "declined", await rig.crew(unit), reason="No fuel")
    recalled = await rig.superuser.fetch("SELECT device_id FROM device_commands WHERE kind = 'recall'")
    assert [each["device_id"] for each in recalled] == (await rig.tablets(unit))[1:]


async def test_a_declined_or_expired_offer_leaves_the_call_waiting_and_the_unit_free(rig: Rig) -> None:
    unit = await rig.unit()
    for end, reason in (("declined", "No fuel"), ("expired", None)):
        row = await rig.offered(unit)
        row = await rig.step(row, end, reason=reason)
        assert (row.status, row.decline_reason) == (end, reason)
        assert (await rig.request(row.request_id))["status"] == "queued"
        assert await rig.status_of(unit) == "available"


async def test_a_unit_with_a_call_or_out_of_service_is_not_asked(rig: Rig) -> None:
    unit = await rig.unit()
    await rig.offered(unit)
    with pytest.raises(Conflict, match="already has a call: it is offered"):
        await rig.offered(unit)
    for status, says in (("out_of_service", "out of service"), ("offline", "not been heard of")):
        with pytest.raises(Conflict, match=says):
            await rig.offered(await rig.unit(status))
    with pytest.raises(InvalidValue):
        await rig.offered(999_999)
    with pytest.raises(NotFound):
        await rig.desk.offer(uuid4(), unit, actor=rig.dispatcher)
    closed = await rig.call()
    await rig.desk.cancel(closed.id, "Called again: all well", actor=rig.dispatcher)
    with pytest.raises(RequestClosed):
        await rig.desk.offer(closed.id, await rig.unit(), actor=rig.dispatcher)


async def test_of_two_units_that_are_asked_the_first_to_accept_has_the_call(rig: Rig) -> None:
    first, second = await rig.unit(tablets=1), await rig.unit(tablets=1)
    one = await rig.offered(first)
    other = await rig.desk.offer(one.request_id, second, actor=rig.dispatcher)
    await rig.step(other, "accepted", await rig.crew(second))
    with pytest.raises(IllegalStep, match="was quicker: it has the call") as late:
        await rig.step(one, "accepted", await rig.crew(first))
    assert late.value.current == "cancelled"
    assert (await rig.request(one.request_id))["ambulance_id"] == second
    assert [await rig.status_of(unit) for unit in (first, second)] == ["available", "dispatched"]
    assert (await rig.commands(first))[-1] == ("recall", None)


async def test_a_second_unit_may_come_too(rig: Rig) -> None:
    """Asked after the first had accepted: it is wanted beside it."""
    first, second = await rig.unit(), await rig.unit()
    one = await rig.step(await rig.offered(first), "accepted")
    rig.clock.pass_s(90)
    other = await rig.desk.offer(one.request_id, second, actor=rig.dispatcher)
    other = await rig.step(other, "accepted")
    other = await rig.step(other, "on_scene")
    assert (await rig.request(one.request_id))["ambulance_id"] == second  # the furthest
    await rig.step(other, "cleared", no_transport=True)
    assert (await rig.request(one.request_id))["ambulance_id"] == first
    await rig.step(one, "on_scene")
    await rig.step(one, "cleared", no_transport=True)
    assert (await rig.request(one.request_id))["status"] == "completed"


async def test_a_unit_that_is_asked_in_vain_when_the_call_is_over_is_called_back(rig: Rig) -> None:
    first, second = await rig.unit(), await rig.unit()
    one = await rig.step(await rig.offered(first), "accepted")
    rig.clock.pass_s(90)
    other = await rig.desk.offer(one.request_id, second, actor=rig.dispatcher)
    one = await rig.step(one, "on_scene")
    await rig.step(one, "cleared", no_transport=True)
    ended = await rig.superuser.fetchrow("SELECT status, cancel_reason FROM assignments WHERE id = $1", other.id)
    assert tuple(ended or ()) == ("cancelled", "the call is over")
    assert await rig.status_of(second) == "available"


async def test_a_cancelled_call_calls_everybody_back(rig: Rig) -> None:
    patient, unit = await rig.person(), await rig.unit(tablets=1)
    row = await rig.step(await rig.offered(unit, patient_id=patient), "accepted")
    request = await rig.desk.cancel(row.request_id, "Goes by taxi", actor=rig.dispatcher, entry=ENTRY)
    assert (request.status, request.cancel_reason, request.ambulance_id) == ("cancelled", "Goes by taxi", None)
    assert request.closed_at == rig.clock.at
    assert await rig.status_of(unit) == "available"
    assert ("recall", None) in await rig.commands(unit)
    with pytest.raises(RequestClosed):
        await rig.desk.cancel(row.request_id, "Again", actor=rig.dispatcher)
    told = await rig.superuser.fetchval("SELECT count(*) FROM notifications WHERE message LIKE '%was cancelled%'")
    assert told == 1


async def test_a_duplicate_names_the_call_that_it_repeats(rig: Rig) -> None:
    first, again, unit = await rig.call(), await rig.call(), await rig.unit()
    await rig.desk.offer(again.id, unit, actor=rig.dispatcher)
    closed = await rig.desk.mark_duplicate(again.id, first.id, actor=rig.dispatcher, entry=ENTRY)
    assert (closed.status, closed.duplicate_of) == ("duplicate", first.id)
    assert await rig.status_of(unit) == "available"
    for of in (first.id, uuid4(), again.id):
        with pytest.raises((InvalidValue, Conflict)):
            await rig.desk.mark_duplicate(first.id, of, actor=rig.dispatcher)


async def test_a_unit_is_diverted_with_a_reason_in_one_step(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    row = await rig.step(await rig.offered(unit, priority=3), "accepted")
    urgent = await rig.call(priority=1)
    new = await rig.desk.divert(row.id, urgent.id, actor=rig.dispatcher, reason="Cardiac arrest near", entry=ENTRY)
    old = await rig.superuser.fetchrow(
        "SELECT status, diverted_to, cancel_reason FROM assignments WHERE id = $1", row.id
    )
    assert tuple(old or ()) == ("diverted", urgent.id, "Cardiac arrest near")
    assert (new.status, new.ambulance_id, new.request_id) == ("offered", unit, urgent.id)
    assert (await rig.request(row.request_id))["status"] == "queued"
    assert await rig.status_of(unit) == "dispatched"
    assert [kind for kind, status in await rig.commands(unit) if status is None] == ["recall", "reporting", "offer"]
    with pytest.raises(InvalidValue):
        await rig.desk.divert(new.id, urgent.id, actor=rig.dispatcher, reason="Again")


async def test_waiting_calls_and_units_without_duty(rig: Rig) -> None:
    request, unit = await rig.call(), await rig.unit()
    await rig.desk.queue(request.id, unserved=True)
    stored = await rig.request(request.id)
    assert (stored["status"], stored["unserved_since"]) == ("queued", rig.clock.at)
    await rig.desk.queue(request.id, unserved=False)
    assert (await rig.request(request.id))["unserved_since"] is None
    crew = await rig.crew(unit)
    await rig.desk.set_duty(unit, "out_of_service", actor=crew)
    assert not await rig.desk.set_presence(unit, offline=True)
    await rig.desk.set_duty(unit, "available", actor=crew, entry=ENTRY)
    assert await rig.desk.set_presence(unit, offline=True)
    assert await rig.status_of(unit) == "offline"
    assert await rig.desk.set_presence(unit, offline=False)
    await rig.desk.offer(request.id, unit, actor=rig.dispatcher)
    with pytest.raises(Conflict, match="has a call"):
        await rig.desk.set_duty(unit, "out_of_service", actor=crew)
    assert not await rig.desk.set_presence(unit, offline=True)


async def test_what_is_noticed_is_noted_once_and_the_eta_every_time(rig: Rig) -> None:
    patient, unit = await rig.person(), await rig.unit()
    row = await rig.step(await rig.offered(unit, patient_id=patient), "accepted")
    at = rig.clock.at
    await rig.desk.note(row.id, delivered_at=at, seen_at=at, eta_at=at + timedelta(minutes=9))
    later = rig.clock.pass_s(10)
    await rig.desk.note(row.id, delivered_at=later, eta_at=later + timedelta(seconds=90))
    stored = await rig.superuser.fetchrow("SELECT delivered_at, seen_at, eta_at FROM assignments")
    assert tuple(stored or ()) == (at, at, later + timedelta(seconds=90))
    request = await rig.request(row.request_id)
    assert request["eta_at"] == later + timedelta(seconds=90)
    told = await rig.superuser.fetchval("SELECT count(*) FROM notifications WHERE message LIKE '%about to arrive%'")
    assert told == 1
    with pytest.raises(TypeError):
        await rig.desk.note(row.id, cleared_at=at)


async def test_a_gate_that_is_shut_lets_nothing_through(rig: Rig) -> None:
    row = await rig.offered(await rig.unit())

    async def shut(transaction: Any) -> None:
        raise Forbidden("somebody else is at it")

    moves: list[Callable[[], Any]] = [
        lambda: rig.step(row, "accepted", gate=shut),
        lambda: rig.desk.queue(row.request_id, unserved=True, gate=shut),
        lambda: rig.desk.note(row.id, gate=shut, seen_at=rig.clock.at),
        lambda: rig.desk.cancel(row.request_id, "x", actor=rig.dispatcher, gate=shut),
        lambda: rig.desk.set_presence(row.ambulance_id, offline=True, gate=shut),
    ]
    for move in moves:
        with pytest.raises(Forbidden):
            await move()
    assert (await rig.superuser.fetchval("SELECT status FROM assignments")) == "offered"
    with pytest.raises(NotFound):
        await rig.desk.step(uuid4(), Step("accepted", rig.clock.at), actor=rig.dispatcher)
