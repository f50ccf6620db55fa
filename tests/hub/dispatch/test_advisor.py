"""People are told which units could take a call, and where free ones should wait; neither moves anything."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from hub.dispatch.advising import Advising
from hub.dispatch.advisor import STAY, Advisor, by_lines
from hub.dispatch.explain import again
from hub.dispatch.leading import Leader
from hub.dispatch.lookout import Lookout
from hub.dispatch.picture import waiting_of
from hub.errors import NotFound
from hub.metrics import Metrics
from storage.pool import Database
from tests.hub.dispatch.engine_rig import HERE, KM, EngineRig


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> EngineRig:
    rig = EngineRig(app_pool, superuser)
    await rig.start()
    return rig


def advisor_of(rig: EngineRig) -> Advisor:
    """Return an advisor that looks at what the rig has."""
    return by_lines(rig.db, rig.board, rig.policy, rig.clock, Metrics())


async def add_demand(rig: EngineRig, north_km: float, calls: int) -> None:
    """Let so many calls have come from one place, a while ago."""
    await rig.superuser.execute(
        "INSERT INTO ambulance_requests (status, pickup_location, requested_at, closed_at)"
        " SELECT 'completed', point($1, $2), $3::timestamptz - n * interval '1 hour', $3::timestamptz"
        " FROM generate_series(1, $4) AS n",
        HERE[1],
        HERE[0] + north_km * KM,
        rig.clock.at,
        calls,
    )


async def test_a_suggestion_names_the_units_in_order_and_why_and_can_be_made_again(rig: EngineRig) -> None:
    far, near, busy = await rig.placed(4), await rig.placed(1), await rig.placed(0.5)
    await rig.offered(busy, priority=1, pickup_location=HERE)
    request = await rig.call(priority=2, pickup_location=HERE)
    decision = await advisor_of(rig).suggest(request.id)
    assert (decision.kind, decision.ambulance_id, decision.travel) == ("suggest", near, "line")
    assert [(each["ambulance_id"], each["why_not"]) for each in decision.candidates] == [
        (near, None),
        (far, None),
        (busy, "busy"),
    ]
    assert decision.words
    assert again(decision).ambulance_id == near
    assert await rig.superuser.fetchval("SELECT count(*) FROM assignments") == 1


async def test_there_is_no_suggestion_for_what_is_no_open_call(rig: EngineRig) -> None:
    with pytest.raises(NotFound):
        await advisor_of(rig).suggest(uuid4())


async def test_a_free_unit_is_advised_to_wait_where_calls_come_from(rig: EngineRig) -> None:
    await rig.superuser.execute(
        "INSERT INTO places (name, kind, location) VALUES ('North post', 'station', point($1, $2)),"
        " ('South post', 'station', point($1, $3))",
        HERE[1],
        HERE[0] + 8 * KM,
        HERE[0] - 8 * KM,
    )
    await add_demand(rig, 8, 200)
    unit = await rig.placed(1)
    advisor = advisor_of(rig)
    decision = await advisor.advise()
    assert [(each["ambulance_id"], each["post"]) for each in decision.candidates] == [(unit, "North post")]
    assert "North post" in decision.words
    leader = Leader(rig.db, "hub", Metrics())
    assert await leader.take()
    advising = Advising(leader, rig.db, advisor)
    await advising.look()
    await advising.look()
    assert await rig.superuser.fetchval("SELECT count(*) FROM dispatch_decisions WHERE kind = 'relocate'") == 1
    rig.clock.pass_s(60)
    rig.see(unit, 8)
    assert (await advising.look()).words == STAY


async def test_a_unit_that_a_person_took_off_is_suggested_again_and_not_asked_by_the_hub(rig: EngineRig) -> None:
    unit = await rig.placed(1)
    offered = await rig.offered(unit, priority=2, pickup_location=HERE)
    await rig.step(offered, "cancelled", reason="offered by mistake")
    decision = await advisor_of(rig).suggest(offered.request_id)
    assert decision.ambulance_id == unit
    picture = await Lookout(rig.db, rig.board, rig.clock, rig.policy).look()
    assert unit in waiting_of(picture, picture.requests[offered.request_id], again=True).refused_by
