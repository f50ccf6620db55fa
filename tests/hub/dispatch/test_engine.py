"""What dispatch does by itself, on a real database, as time passes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from hub.dispatch.leading import Deposed
from hub.dispatch.policy import DispatchPolicy
from storage.pool import Database
from tests.hub.dispatch.engine_rig import HERE, EngineRig, automatic

EXPIRE_LEASE = "UPDATE leases SET expires_at = now() - interval '1 s'"


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> EngineRig:
    rig = EngineRig(app_pool, superuser, policy=automatic())
    await rig.start()
    return rig


async def test_a_critical_call_is_offered_to_the_nearest_unit_at_once_and_told_why(rig: EngineRig) -> None:
    far, near = await rig.placed(5), await rig.placed(1)
    request = await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    assert await rig.assignments() == [(near, "offered")]
    assert far != near
    decided = await rig.superuser.fetchrow(
        "SELECT d.kind, d.travel, d.words, d.ambulance_id FROM dispatch_decisions d"
        " JOIN assignments a ON a.decision_id = d.id WHERE a.request_id = $1",
        request.id,
    )
    assert decided is not None
    assert (decided["kind"], decided["travel"], decided["ambulance_id"]) == ("offer", "line", near)
    assert decided["words"]


async def test_where_people_decide_the_hub_offers_nothing_and_tells_them_that_somebody_waits(rig: EngineRig) -> None:
    rig.policy = DispatchPolicy()
    await rig.placed(1)
    request = await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    assert (await rig.request(request.id))["status"] == "queued"
    await rig.later(engine, 29)
    assert await rig.alerts() == {}
    await rig.later(engine, 2)
    assert await rig.alerts() == {"unattended": "alarm"}
    assert await rig.assignments() == []


async def test_people_have_the_first_word_for_as_long_as_configured(rig: EngineRig) -> None:
    rules = {number: replace(each, unattended_s=20.0) for number, each in rig.policy.priorities.items()}
    rig.policy = replace(rig.policy, priorities=rules)
    unit = await rig.placed(1)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.later(engine, 19)
    assert await rig.assignments() == []
    await rig.later(engine, 1)
    assert await rig.assignments() == [(unit, "offered")]


async def test_an_unverified_call_is_never_offered_by_the_hub(rig: EngineRig) -> None:
    await rig.placed(1)
    await rig.call(priority=1, pickup_location=HERE, source="app", is_verified=False)
    engine = await rig.leading()
    await rig.later(engine, 600)
    assert await rig.assignments() == []
    assert "unattended" in await rig.alerts()


async def test_a_silent_crew_is_reminded_and_then_the_next_unit_is_asked_too(rig: EngineRig) -> None:
    first, second, third = await rig.placed(1), await rig.placed(2), await rig.placed(3)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.later(engine, 5)
    assert await rig.alerts() == {"undelivered": "alarm"}
    await engine._desk.note((await rig.live_one(first)).id, delivered_at=rig.clock.at)
    await rig.later(engine, 15)
    assert await rig.alerts() == {"unanswered": "warning"}
    assert [kind for kind, _ in await rig.commands(first)] == ["offer", "offer"]
    await rig.later(engine, 10)
    assert await rig.assignments() == [(first, "offered"), (second, "offered")]
    await rig.later(engine, 40)
    assert (third, "offered") not in await rig.assignments()  # two at a time
    await rig.step(await rig.live_one(second), "accepted", await rig.crew(second))
    await rig.settle(engine)
    assert await rig.assignments() == [(first, "cancelled"), (second, "accepted")]
    assert "unanswered" not in await rig.alerts()


async def test_an_offer_that_nobody_answers_expires_and_another_unit_is_asked(rig: EngineRig) -> None:
    first, second = await rig.placed(1), await rig.placed(2)
    await rig.call(priority=2, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.later(engine, 45)
    assert await rig.assignments() == [(first, "expired"), (second, "offered")]
    await rig.later(engine, 45)
    assert await rig.assignments() == [(first, "expired"), (second, "expired"), (first, "offered")]


async def test_after_a_decline_the_next_one_is_asked_at_once_and_never_the_same(rig: EngineRig) -> None:
    first, second = await rig.placed(1), await rig.placed(2)
    request = await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    rig.clock.pass_s(5)
    await rig.step(await rig.live_one(first), "declined", await rig.crew(first), reason="a flat tyre")
    await rig.settle(engine)
    assert await rig.assignments() == [(first, "declined"), (second, "offered")]
    await rig.step(await rig.live_one(second), "declined", await rig.crew(second), reason="a flat tyre too")
    await rig.settle(engine)
    assert await rig.assignments("offered") == []
    assert (await rig.request(request.id))["unserved_since"] is not None
    assert {"no_unit", "declined"} <= (await rig.alerts()).keys()
    kinds = await rig.superuser.fetch("SELECT kind FROM dispatch_decisions ORDER BY at, kind")
    assert [row["kind"] for row in kinds].count("queue") == 1


async def test_a_call_that_no_unit_can_take_is_an_alarm_until_one_can(rig: EngineRig) -> None:
    busy = await rig.placed(1)
    await rig.offered(busy, priority=1, pickup_location=HERE)
    request = await rig.call(priority=2, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    assert (await rig.alerts())["no_unit"] == "alarm"
    free = await rig.placed(2)
    await rig.settle(engine)
    assert (free, "offered") in await rig.assignments()
    assert (await rig.request(request.id))["unserved_since"] is None
    assert "no_unit" not in await rig.alerts()


async def test_less_urgent_calls_are_matched_together(rig: EngineRig) -> None:
    north, south = await rig.placed(2), await rig.placed(-1)
    here = await rig.call(priority=3, pickup_location=HERE)
    there = await rig.call(priority=3, pickup_location=(HERE[0] - 4 / 111.2, HERE[1]))
    engine = await rig.leading()
    await rig.later(engine, rig.policy.batch_s)
    rows = await rig.superuser.fetch("SELECT request_id, ambulance_id FROM assignments")
    assert {row["request_id"]: row["ambulance_id"] for row in rows} == {here.id: north, there.id: south}


async def test_a_scheduled_call_waits_until_some_time_before_it(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    at = rig.clock.at + timedelta(hours=1)
    request = await rig.call(priority=4, pickup_location=HERE, scheduled_for=at)
    engine = await rig.leading()
    await rig.later(engine, 2_600)
    assert await rig.assignments() == []
    assert await rig.alerts() == {}
    assert (await rig.request(request.id))["status"] == "received"
    await rig.later(engine, 120)
    assert await rig.assignments() == [(unit, "offered")]


async def test_an_offer_that_nobody_accepted_goes_to_a_unit_that_has_become_free_much_nearer(rig: EngineRig) -> None:
    near = await rig.unit("out_of_service")
    far = await rig.placed(9)
    await rig.call(priority=2, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    assert await rig.assignments() == [(far, "offered")]
    await rig.desk.set_duty(near, "available", actor=rig.dispatcher)
    rig.board.upsert_unit(rig.board.placed()[0][0]._replace(id=near))
    rig.clock.pass_s(1)
    rig.see(near, 0.5)
    await rig.settle(engine)
    assert await rig.assignments() == [(far, "cancelled"), (near, "offered")]


async def test_of_two_offers_one_goes_to_the_unit_that_has_become_free(rig: EngineRig) -> None:
    near = await rig.unit("out_of_service")
    far = [await rig.placed(8), await rig.placed(9)]
    for number in range(2):
        await rig.call(priority=2, pickup_location=HERE, callback_number=f"{number}")
    engine = await rig.leading()
    await rig.settle(engine)
    assert sorted(await rig.assignments()) == [(unit, "offered") for unit in far]
    await rig.desk.set_duty(near, "available", actor=rig.dispatcher)
    rig.board.upsert_unit(rig.board.placed()[0][0]._replace(id=near))
    rig.clock.pass_s(1)
    rig.see(near, 0.5)
    await rig.settle(engine)
    offered = await rig.assignments("offered")
    assert len(offered) == 2
    assert (near, "offered") in offered
    assert len(await rig.assignments("cancelled")) == 1


async def test_what_a_person_offered_or_a_crew_accepted_stays(rig: EngineRig) -> None:
    near = await rig.unit("out_of_service")
    far = await rig.placed(9)
    by_hand = await rig.offered(far, priority=2, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.desk.set_duty(near, "available", actor=rig.dispatcher)
    rig.board.upsert_unit(rig.board.placed()[0][0]._replace(id=near))
    rig.see(near, 0.5)
    await rig.settle(engine)
    assert await rig.assignments() == [(far, "offered")]
    await rig.step(by_hand, "accepted", rig.dispatcher)
    await rig.settle(engine)
    assert await rig.assignments() == [(far, "accepted")]


async def test_a_unit_that_was_only_offered_a_less_urgent_call_is_asked_for_a_critical_one(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    later = await rig.call(priority=3, pickup_location=HERE)
    engine = await rig.leading()
    await rig.later(engine, rig.policy.batch_s)
    assert await rig.assignments() == [(unit, "offered")]
    urgent = await rig.call(priority=1, pickup_location=HERE)
    await rig.settle(engine)
    rows = await rig.superuser.fetch("SELECT request_id, status FROM assignments")
    assert {row["request_id"]: row["status"] for row in rows} == {later.id: "diverted", urgent.id: "offered"}
    assert (await rig.request(later.id))["status"] == "queued"


async def test_two_engines_at_once_act_as_one(rig: EngineRig) -> None:
    for km in range(1, 6):
        await rig.placed(km)
    calls = [await rig.call(priority=1, pickup_location=HERE, callback_number=f"{n}") for n in range(5)]
    first, second = rig.engine("one"), rig.engine("two")
    led = await asyncio.gather(first.leader.take(), second.leader.take())
    assert sorted(led) == [False, True]
    leader, other = (first, second) if led[0] else (second, first)
    await asyncio.gather(rig.settle(leader), _denied(other))
    assert len(await rig.assignments("offered")) == len(calls)
    assert await rig.superuser.fetchval("SELECT count(DISTINCT request_id) FROM assignments") == len(calls)


async def test_an_engine_that_another_one_has_taken_over_from_writes_nothing(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    await rig.placed(2)
    await rig.call(priority=1, pickup_location=HERE)
    zombie = await rig.leading("one")
    await rig.settle(zombie)
    await rig.superuser.execute(EXPIRE_LEASE)
    await rig.leading("two")
    before = await rig.superuser.fetchval("SELECT count(*) FROM channel_events")
    rig.clock.pass_s(300)  # the offer has to expire, the next unit to be asked, an alarm to be raised
    with pytest.raises(Deposed):
        await zombie.round()
    assert await rig.assignments() == [(unit, "offered")]
    assert await rig.superuser.fetchval("SELECT count(*) FROM channel_events") == before


async def test_whoever_takes_over_goes_on_where_the_other_one_stopped(rig: EngineRig) -> None:
    first, second = await rig.placed(1), await rig.placed(2)
    await rig.call(priority=1, pickup_location=HERE)
    await rig.settle(await rig.leading("one"))
    await rig.superuser.execute(EXPIRE_LEASE)
    heir = await rig.leading("two")
    await rig.settle(heir)
    assert await rig.assignments() == [(first, "offered")]
    await rig.later(heir, 30)
    assert await rig.assignments() == [(first, "offered"), (second, "offered")]


async def _denied(engine: object) -> None:
    from hub.dispatch.engine import Engine

    assert isinstance(engine, Engine)
    with pytest.raises(Deposed):
        await engine.round()
