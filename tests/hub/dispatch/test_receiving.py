"""Taking a call: a repeat of an open one joins it, and adds what it knows."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from hub.dispatch.receiving import NewCall
from storage.pool import Database
from tests.hub.dispatch.desk_rig import ENTRY, START, Rig


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


async def test_a_repeat_of_a_call_joins_it_and_adds_what_it_knows(rig: Rig) -> None:
    patient = await rig.person()
    first = await rig.call(callback_number="+91 (20) 5550-17", complaint="Fell from a roof", is_verified=False)
    rig.clock.pass_s(299)
    told = NewCall(patient_id=patient, callback_number="912055501 7", complaint="Does not breathe", caller="Vikram")
    received = await rig.desk.receive(told, rig.dispatcher, ENTRY)
    assert (received.row.id, received.joined) == (first.id, True)
    assert (received.row.patient_id, received.row.caller, received.row.is_verified) == (patient, "Vikram", True)
    assert received.row.complaint == "Fell from a roof\n08:04 UTC: Does not breathe"
    assert (await rig.request(first.id))["complaint"] == received.row.complaint
    rig.clock.pass_s(2)
    again = await rig.desk.receive(NewCall(patient_id=patient), rig.dispatcher, None)
    assert not again.joined  # after five minutes it is another one


async def test_a_crew_that_has_the_call_hears_what_a_repeat_adds(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    row = await rig.step(await rig.offered(unit, callback_number="112 15"), "accepted")
    again = NewCall(callback_number="11215", location_note="Third floor")
    assert (await rig.desk.receive(again, rig.dispatcher, ENTRY)).row.id == row.request_id
    newest = await rig.superuser.fetchval(
        "SELECT body ->> 'location_note' FROM device_commands WHERE kind = 'call' AND status IS NULL"
    )
    assert newest == "Third floor"


async def test_what_stands_for_an_unknown_number_joins_nothing(rig: Rig) -> None:
    for number in ("0", "0000"):
        await rig.call(callback_number=number)
        assert not (await rig.desk.receive(NewCall(callback_number=number), rig.dispatcher, None)).joined


async def test_calls_that_only_look_the_same_do_not_join(rig: Rig) -> None:
    one, other = await rig.person(), await rig.person()
    number = "020 5550 18"
    await rig.call(patient_id=one, callback_number=number)
    for given in (
        {"patient_id": other, "callback_number": number},  # a nursing home calls for two
        {"patient_id": one, "scheduled_for": START + timedelta(days=1)},
        {"callback_number": "112"},
        {},
    ):
        received = await rig.desk.receive(NewCall(**given), rig.dispatcher, None)
        assert not received.joined, given
