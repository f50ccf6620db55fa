"""What dispatch notices of units that have a call, on a real database, as time passes."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from hub.dispatch.bulletin import SLICE
from storage.pool import Database
from tests.hub.dispatch.engine_rig import HERE, EngineRig, automatic


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> EngineRig:
    rig = EngineRig(app_pool, superuser, policy=automatic())
    await rig.start()
    return rig


async def test_a_unit_that_has_accepted_and_stands_is_warned_about_and_then_alarmed_with_another(
    rig: EngineRig,
) -> None:
    stands, other = await rig.placed(3), await rig.placed(4)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.step(await rig.live_one(stands), "accepted", await rig.crew(stands))
    await rig.later(engine, 59)
    assert await rig.alerts() == {}
    await rig.later(engine, 1)
    assert await rig.alerts() == {"not_moving": "warning"}
    await rig.later(engine, 30)
    assert await rig.alerts() == {"not_moving": "alarm"}
    facts = await rig.superuser.fetchval("SELECT facts->>'unit_id' FROM dispatch_alerts WHERE kind = 'not_moving'")
    assert int(facts) == other
    assert await rig.assignments() == [(stands, "accepted")]  # that is for a person
    for km in (2.9, 2.8):
        rig.clock.pass_s(5)
        rig.see(stands, km, speed=14.0)
        await rig.settle(engine)
    assert await rig.alerts() == {}
    assert (await rig.live_one(stands)).moved_at is not None


async def test_what_fixes_say_is_noted_and_the_crew_confirms_it(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    request = await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    crew = await rig.crew(unit)
    await rig.step(await rig.live_one(unit), "accepted", crew)
    await rig.settle(engine)
    row = await rig.live_one(unit)
    assert row.promised_at == row.eta_at
    assert row.eta_at is not None
    assert (await rig.request(request.id))["eta_at"] == row.eta_at
    for km, speed in ((0.5, 14.0), (0.03, 1.0), (0.03, 0.0)):
        rig.clock.pass_s(10)
        rig.see(unit, km, speed=speed)
        await rig.settle(engine)
    row = await rig.live_one(unit)
    assert (row.status, row.scene_noticed_at) == ("accepted", rig.clock.at - timedelta(seconds=10))
    assert await rig.alerts() == {"at_scene": "info"}
    await rig.step(row, "on_scene", crew)
    await rig.settle(engine)
    assert await rig.alerts() == {}
    for km in (0.3, 0.6):
        rig.clock.pass_s(10)
        rig.see(unit, km, speed=14.0)
        await rig.settle(engine)
    assert await rig.alerts() == {"left_scene": "info"}
    assert (await rig.live_one(unit)).status == "on_scene"


async def test_a_unit_on_a_call_that_falls_silent_is_told_of_and_another_that_is_free_goes_offline(
    rig: EngineRig,
) -> None:
    unit, free = await rig.placed(1), await rig.placed(9)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.step(await rig.live_one(unit), "accepted", await rig.crew(unit))
    await rig.settle(engine)
    rig.clock.pass_s(30)
    await rig.settle(engine)
    assert await rig.alerts() == {"silent": "warning"}
    rig.clock.pass_s(60)
    await rig.settle(engine)
    assert await rig.alerts() == {"silent": "alarm"}
    rig.clock.pass_s(211)
    await rig.settle(engine)
    assert await rig.status_of(free) == "offline"
    assert await rig.status_of(unit) == "dispatched"
    rig.see_all()
    await rig.settle(engine)
    assert await rig.status_of(free) == "available"
    assert "silent" not in await rig.alerts()


async def test_an_eta_that_slips_is_told_with_a_unit_that_is_nearer(rig: EngineRig) -> None:
    unit, other = await rig.placed(4), await rig.placed(6)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.step(await rig.live_one(unit), "accepted", await rig.crew(unit))
    await rig.settle(engine)
    rig.see(unit, 4.2, speed=10.0)
    await rig.later(engine, 20)
    assert await rig.alerts() == {}
    rig.see(unit, 12, speed=10.0)
    rig.clock.pass_s(20)
    rig.see(unit, 12.3, speed=10.0)
    await rig.settle(engine)
    await rig.settle(engine)
    assert await rig.alerts() == {"eta_slip": "alarm"}
    facts = await rig.superuser.fetchval("SELECT facts->>'unit_id' FROM dispatch_alerts WHERE kind = 'eta_slip'")
    assert int(facts) == other


async def test_fixes_that_cannot_be_shown_are_told_apart_from_silence(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    await rig.call(priority=1, pickup_location=HERE)
    engine = await rig.leading()
    await rig.settle(engine)
    await rig.step(await rig.live_one(unit), "accepted", await rig.crew(unit))
    await rig.settle(engine)
    rig.clock.pass_s(40)
    [tablet] = await rig.tablets(unit)
    stream = await rig.superuser.fetchval(
        "INSERT INTO streams (device_id, log_id, kind, ambulance_id) VALUES ($1, repeat('a', 32), 'fixes', $2)"
        " RETURNING id",
        tablet,
        unit,
    )
    await rig.superuser.execute(
        "INSERT INTO dead_letters (stream_id, seq, received_at, code, body) VALUES ($1, 1, $2, 'out_of_range', '')",
        stream,
        rig.clock.at - timedelta(seconds=2),
    )
    await rig.settle(engine)
    assert await rig.alerts() == {"no_fix": "warning"}


async def test_a_great_many_alerts_are_told_in_slices_and_offers_wait_for_none(rig: EngineRig) -> None:
    count = SLICE + 50
    await rig.superuser.execute(
        "WITH over AS (INSERT INTO ambulance_requests (status, closed_at)"
        " SELECT 'completed', now() FROM generate_series(1, $1) RETURNING id)"
        " INSERT INTO dispatch_alerts (kind, severity, request_id, raised_at)"
        " SELECT 'no_unit', 'alarm', id, now() FROM over",
        count,
    )
    engine, still_open = await rig.leading(), "SELECT count(*) FROM dispatch_alerts WHERE resolved_at IS NULL"
    assert await engine.round() == 0.0
    assert await rig.superuser.fetchval(still_open) == count - SLICE
    await rig.settle(engine)
    assert await rig.superuser.fetchval(still_open) == 0
