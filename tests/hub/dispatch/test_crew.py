"""What crews report is carried out once, whatever is repeated, late, foreign or wrong."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from hub.protocol.fields import Wire
from hub.protocol.reports import ReportAck
from storage import commands
from storage.pool import INGEST, Database
from tests.hub.dispatch.crew_rig import Tablet
from tests.hub.dispatch.desk_rig import Rig
from tests.storage import world

HOUR_US = 3_600_000_000
DECADE_US = 10 * 365 * 24 * HOUR_US


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


@pytest.fixture
async def tablet(rig: Rig) -> Tablet:
    unit = await rig.unit(tablets=2)
    return Tablet(rig, (await rig.tablets(unit))[0], unit)


async def reports(rig: Rig) -> list[tuple[Any, ...]]:
    """Return kind, status and code of what is kept, in order."""
    rows = await rig.superuser.fetch("SELECT kind, status, code FROM crew_reports ORDER BY received_at, report_id")
    return [tuple(row) for row in rows]


async def test_a_call_is_served_by_reports_alone(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    about: Wire = {"assignment": str(row.id)}
    assert await tablet.say("seen", about) == ReportAck("seen-1", "done")
    assert (await tablet.say("accept", about)).status == "done"
    for stage in ("en_route", "on_scene", "transporting", "at_destination", "cleared"):
        rig.clock.pass_s(60)
        assert (await tablet.say("stage", about | {"stage": stage})).status == "done"
    assert (await rig.request(row.request_id))["status"] == "completed"
    assert await rig.status_of(tablet.ambulance_id) == "available"
    events = await rig.superuser.fetch(
        "SELECT source, device_id, device_at = at AS same FROM assignment_events WHERE status <> 'offered'"
    )
    assert {tuple(event) for event in events} == {("crew", tablet.device_id, True)}


async def test_delivered_seen_and_accepted_are_three_things(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    command_id = await rig.superuser.fetchval("SELECT id FROM device_commands WHERE device_id = $1", tablet.device_id)

    async def noted() -> list[bool]:
        found = await rig.superuser.fetchrow("SELECT delivered_at, seen_at, accepted_at FROM assignments")
        return [value is not None for value in found or ()]

    rig.clock.pass_s(1)
    assert await tablet.crew.deliver(tablet.device_id, command_id, "done", None)
    assert not await tablet.crew.deliver(tablet.device_id, command_id, "done", None)
    assert await noted() == [True, False, False]
    await tablet.say("seen", {"assignment": str(row.id)})
    assert await noted() == [True, True, False]
    await tablet.say("accept", {"assignment": str(row.id)})
    assert await noted() == [True, True, True]


async def test_nothing_is_seen_before_it_was_offered(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    rig.clock.pass_s(1)
    assert (await tablet.say("seen", {"assignment": str(row.id)}, age_s=3600)).status == "done"
    found = await rig.superuser.fetchrow("SELECT delivered_at, seen_at FROM assignments")
    assert found is not None and set(found) == {rig.clock.now()}


async def test_an_offer_that_its_own_acceptance_overtook_was_delivered(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    command_id = await rig.superuser.fetchval("SELECT id FROM device_commands WHERE device_id = $1", tablet.device_id)
    await tablet.say("accept", {"assignment": str(row.id)})
    await tablet.crew.deliver(tablet.device_id, command_id, "done", None)
    assert await rig.superuser.fetchval("SELECT delivered_at IS NOT NULL FROM assignments")


async def test_a_refused_offer_was_not_delivered(rig: Rig, tablet: Tablet) -> None:
    await rig.offered(tablet.ambulance_id)
    command_id = await rig.superuser.fetchval("SELECT id FROM device_commands WHERE device_id = $1", tablet.device_id)
    assert await tablet.crew.deliver(tablet.device_id, command_id, "refused", "what?")
    assert await rig.superuser.fetchval("SELECT delivered_at FROM assignments") is None


async def test_a_repeat_gets_the_first_answer_and_changes_nothing(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    about: Wire = {"assignment": str(row.id)}
    accept, wrong = (
        tablet.report("accept", about),
        tablet.report("stage", {"assignment": str(uuid4()), "stage": "on_scene"}),
    )
    first = [await tablet.send(accept), await tablet.send(wrong)]
    rig.clock.pass_s(300)
    assert [await tablet.send(accept), await tablet.send(wrong)] == first
    assert await rig.superuser.fetchval("SELECT count(*) FROM assignment_events WHERE status = 'accepted'") == 1
    assert await reports(rig) == [("accept", "done", None), ("stage", "refused", "not_found")]


async def test_the_same_report_at_two_hubs_at_once_counts_once(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    accept = tablet.report("accept", {"assignment": str(row.id)})
    words = tablet.report("message", {"text": "on our way"})
    answers = await asyncio.gather(*(tablet.send(report) for report in (accept, words) * 4))
    assert {answer.status for answer in answers} == {"done"}
    assert await rig.superuser.fetchval("SELECT count(*) FROM assignment_events WHERE status = 'accepted'") == 1
    assert await rig.superuser.fetchval("SELECT count(*) FROM crew_messages") == 1


async def test_two_tablets_of_a_unit_that_accept_are_both_told_yes(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    other = Tablet(rig, (await rig.tablets(tablet.ambulance_id))[1], tablet.ambulance_id)
    assert (await tablet.say("accept", {"assignment": str(row.id)})).status == "done"
    assert (await other.say("accept", {"assignment": str(row.id)})).status == "done"
    assert await rig.superuser.fetchval("SELECT count(*) FROM assignment_events WHERE status = 'accepted'") == 1


async def test_a_late_accept_gets_the_truth(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    other = await rig.unit(tablets=1)
    quick = await rig.desk.offer(row.request_id, other, actor=rig.dispatcher)
    await rig.step(quick, "accepted", await rig.crew(other))
    late = await tablet.say("accept", {"assignment": str(row.id)}, age_s=20)
    assert (late.status, late.code) == ("refused", "conflict")
    assert "quicker" in (late.detail or "")
    assert late.state == {
        "assignment": str(row.id),
        "status": "cancelled",
        "request": str(row.request_id),
        "request_status": "assigned",
        "unit_status": "available",
    }


async def test_a_stage_of_another_ambulances_call_is_refused_and_says_what_this_one_does(
    rig: Rig, tablet: Tablet
) -> None:
    other = await rig.unit(tablets=1)
    foreign = await rig.offered(other)
    await rig.step(foreign, "accepted", await rig.crew(other))
    answers = [
        await tablet.say("stage", {"assignment": str(foreign.id), "stage": "en_route"}),
        await tablet.say("seen", {"assignment": str(foreign.id)}),
        await tablet.say("destination", {"assignment": str(foreign.id), "destination": "home"}),
    ]
    assert {(answer.status, answer.code, answer.detail) for answer in answers} == {
        ("refused", "forbidden", "the assignment is another ambulance's")
    }
    assert answers[0].state == {"unit_status": "available"}
    stored = await rig.superuser.fetchrow("SELECT status, seen_at FROM assignments WHERE id = $1", foreign.id)
    assert tuple(stored or ()) == ("accepted", None)


async def test_stages_of_an_outage_get_the_times_at_which_they_happened(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    about: Wire = {"assignment": str(row.id)}
    await tablet.say("accept", about)
    left = rig.clock.now()
    rig.clock.pass_s(3_600)
    for minute, stage in ((55, "en_route"), (40, "on_scene"), (20, "transporting")):
        assert (await tablet.say("stage", about | {"stage": stage}, age_s=60 * minute)).status == "done"
    times = await rig.superuser.fetchrow("SELECT en_route_at, on_scene_at, transporting_at FROM assignments")
    assert [(at - left) / timedelta(minutes=1) for at in times or ()] == [5, 20, 40]


@pytest.mark.parametrize("skew_us", [-24 * HOUR_US, DECADE_US, -57 * 365 * 24 * HOUR_US], ids=["day", "decade", "1970"])
async def test_a_wrong_clock_harms_nothing(rig: Rig, tablet: Tablet, skew_us: int) -> None:
    row = await rig.offered(tablet.ambulance_id)
    tablet.skew_us = skew_us
    about: Wire = {"assignment": str(row.id)}
    await tablet.say("accept", about)
    rig.clock.pass_s(600)
    await tablet.say("stage", about | {"stage": "en_route"}, age_s=120)
    await tablet.say("sos", {"alarm": "help"})
    stored = await rig.superuser.fetchrow("SELECT accepted_at, en_route_at FROM assignments")
    assert tuple(stored or ()) == (row.offered_at, row.offered_at + timedelta(seconds=480))
    assert await rig.superuser.fetchval("SELECT raised_at FROM alarms") == rig.clock.now()
    device_at = await rig.superuser.fetchval("SELECT device_at FROM assignment_events WHERE status = 'en_route'")
    assert device_at == rig.clock.now() + timedelta(microseconds=skew_us) - timedelta(seconds=120)


async def test_a_clock_that_was_set_between_the_deed_and_its_report_makes_up_no_time(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    await tablet.say("accept", {"assignment": str(row.id)})
    received = rig.clock.pass_s(60)
    answer = await tablet.say("stage", {"assignment": str(row.id), "stage": "en_route"}, age_s=DECADE_US / 1e6)
    assert answer.status == "done"
    assert await rig.superuser.fetchval("SELECT en_route_at FROM assignments") == received


async def test_a_call_for_help_fires_once_whether_it_comes_on_a_fix_or_as_a_report(rig: Rig, tablet: Tablet) -> None:
    raised: datetime = rig.clock.now()
    await world.alarm(rig.superuser, tablet.device_id, tablet.ambulance_id, alarm_id="help", raised_at=raised)
    assert (await tablet.say("sos", {"alarm": "help", "latitude": 12.9, "longitude": 77.5})).status == "done"
    assert (await tablet.say("sos", {"alarm": "again"}, age_s=600)).status == "done"
    rows = await rig.superuser.fetch("SELECT alarm_id, late FROM alarms ORDER BY received_at, alarm_id")
    assert {tuple(row) for row in rows} == {("help", False), ("again", True)}


async def test_a_word_on_duty_from_long_ago_changes_nothing(rig: Rig, tablet: Tablet) -> None:
    refused = await tablet.say("duty", {"status": "out_of_service"}, age_s=601.0)
    assert (refused.status, refused.code) == ("refused", "conflict")
    assert (await tablet.say("duty", {"status": "out_of_service"}, age_s=599.0)).status == "done"


async def test_a_crew_goes_off_duty_but_not_with_a_call(rig: Rig, tablet: Tablet) -> None:
    assert (await tablet.say("duty", {"status": "out_of_service"})).status == "done"
    assert await rig.status_of(tablet.ambulance_id) == "out_of_service"
    await tablet.say("duty", {"status": "available"})
    row = await rig.offered(tablet.ambulance_id)
    refused = await tablet.say("duty", {"status": "out_of_service"})
    assert (refused.status, refused.code) == ("refused", "conflict")
    assert (refused.state or {})["assignment"] == str(row.id)
    assert await rig.status_of(tablet.ambulance_id) == "dispatched"


async def test_words_go_to_the_dispatchers_with_the_time_of_the_crew(rig: Rig, tablet: Tablet) -> None:
    foreign = await rig.offered(await rig.unit())
    rig.clock.pass_s(600)
    await tablet.say("message", {"text": "road closed\nby the river", "assignment": str(foreign.id)}, age_s=300)
    row = await rig.superuser.fetchrow("SELECT ambulance_id, assignment_id, text, sent_at, sender FROM crew_messages")
    sent_at = rig.clock.now() - timedelta(seconds=300)
    assert tuple(row or ()) == (tablet.ambulance_id, None, "road closed\nby the river", sent_at, "crew")


async def test_a_message_of_a_dispatcher_is_delivered_and_then_read(
    rig: Rig, tablet: Tablet, open_pool: Any, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    message = await superuser.fetchval(
        "INSERT INTO crew_messages (ambulance_id, sender, user_id, text, sent_at) VALUES ($1, 'desk', $2, 'hello', $3)"
        " RETURNING id",
        tablet.ambulance_id,
        rig.user_id,
        rig.clock.now(),
    )
    await commands.enqueue(rig.db, tablet.device_id, "message", {"message": str(message), "text": "hello"})
    (told,) = await commands.pending(await open_pool(INGEST), tablet.device_id)
    assert await tablet.crew.deliver(tablet.device_id, told.id, "done", None)
    row = await superuser.fetchrow("SELECT delivered_at IS NOT NULL, read_at IS NOT NULL FROM crew_messages")
    assert tuple(row or ()) == (True, False)
    assert (await tablet.say("read", {"message": str(message)})).status == "done"
    assert await superuser.fetchval("SELECT read_at FROM crew_messages") == rig.clock.now()
    assert (await tablet.say("read", {"message": str(uuid4())})).code == "not_found"


async def test_a_crew_says_where_it_goes(rig: Rig, tablet: Tablet) -> None:
    row = await rig.offered(tablet.ambulance_id)
    about: Wire = {"assignment": str(row.id)}
    assert (
        await tablet.say("destination", about | {"destination": "St John's"})
    ).code == "conflict"  # not its call yet
    await tablet.say("accept", about)
    hospital = await world.facility(rig.superuser)
    assert (await tablet.say("destination", about | {"facility": str(hospital)})).status == "done"
    assert (await rig.request(row.request_id))["destination_facility_id"] == hospital
    assert (await tablet.say("destination", about | {"destination": "St John's"})).status == "done"
    stored = await rig.request(row.request_id)
    assert (stored["destination"], stored["destination_facility_id"]) == ("St John's", None)
    missing = await tablet.say("destination", about | {"facility": str(uuid4())})
    assert (missing.code, missing.detail) == ("invalid_value", "there is no such facility")
