"""One step of an assignment: by whom, how often, how late, on a real database."""

from __future__ import annotations

from datetime import timedelta

import asyncpg
import pytest

from hub.dispatch.assignment import IllegalStep
from hub.errors import Conflict, Forbidden, InvalidValue
from storage.pool import Database
from tests.hub.dispatch.desk_rig import Rig


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


async def test_a_message_that_is_repeated_moves_an_assignment_once(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    row, crew = await rig.offered(unit), await rig.crew(unit)
    first = await rig.step(row, "accepted", crew, key="1:a")
    again = await rig.step(row, "accepted", crew, key="1:a")
    assert first == again
    assert await rig.superuser.fetchval("SELECT count(*) FROM assignment_events WHERE status = 'accepted'") == 1
    with pytest.raises(IllegalStep):
        await rig.step(row, "accepted", crew, key="1:b")
    other = await rig.offered(await rig.unit())
    with pytest.raises(Conflict, match="another assignment"):
        await rig.step(other, "accepted", key="1:a")


async def test_only_its_own_tablet_moves_an_assignment(rig: Rig) -> None:
    row = await rig.offered(await rig.unit())
    with pytest.raises(Forbidden):
        await rig.step(row, "accepted", await rig.crew(await rig.unit(tablets=1)))


async def test_a_stage_that_was_skipped_is_filled_by_a_late_report(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    crew = await rig.crew(unit)
    row = await rig.step(await rig.offered(unit), "accepted", crew)
    left = rig.clock.pass_s(60)
    rig.clock.pass_s(600)
    row = await rig.step(row, "on_scene")
    assert (row.skipped, row.en_route_at) == (["en_route"], None)
    row = await rig.step(row, "en_route", crew, at=left, key="1:e")
    assert (row.status, row.skipped, row.en_route_at) == ("on_scene", [], left)
    assert await rig.status_of(unit) == "on_scene"
    again = await rig.step(row, "en_route", crew, at=left + timedelta(seconds=5), key="1:f")
    assert again.en_route_at == left  # a time that is set stays


async def test_what_a_crew_tells_late_is_seen_on_the_board_until_its_next_stage(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    crew = await rig.crew(unit)
    row = await rig.step(await rig.offered(unit), "accepted", crew)
    left = rig.clock.pass_s(5)
    rig.clock.pass_s(300)
    row = await rig.step(row, "en_route", crew, at=left)
    facts = await rig.superuser.fetchval("SELECT facts FROM dispatch_alerts WHERE kind = 'stage_late'")
    assert facts == '{"stage": "en_route", "late_s": 300}'
    await rig.step(row, "on_scene", crew)
    assert await rig.superuser.fetchval("SELECT count(*) FROM dispatch_alerts WHERE resolved_at IS NULL") == 0


async def test_a_person_by_radio_says_when_it_was(rig: Rig) -> None:
    row = await rig.offered(await rig.unit())
    at = rig.clock.pass_s(60)
    rig.clock.pass_s(60)
    row = await rig.step(row, "accepted", at=at)
    assert row.accepted_at == at
    for wrong in (at - timedelta(seconds=30), rig.clock.at + timedelta(seconds=1)):
        with pytest.raises(InvalidValue):
            await rig.step(row, "en_route", at=wrong)
