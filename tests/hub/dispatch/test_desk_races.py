"""Everybody at once on a real database: one wins, the others are told the truth, and what is stored agrees."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from hub.dispatch.assignment import AMBULANCE_STATUS, LIVE, TAKEN, IllegalStep, Step
from hub.dispatch.request import progress
from hub.errors import Conflict, HubError
from storage.dispatch.rows import AssignmentRow
from storage.pool import APP, Database
from storage.sql import Query
from tests.hub.dispatch.desk_rig import Rig

MANY = 50
LAST_ONES = Query("SELECT id FROM assignments ORDER BY offered_at DESC, id LIMIT 9")
ROUNDS = 20


@pytest.fixture
async def rig(database: str, superuser: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Rig]:
    """A desk with as many connections as make a race of it."""
    db = await Database.open(database, role=APP, size=16, command_timeout_s=30, acquire_timeout_s=30)
    rig = Rig(db, superuser)
    await rig.start()
    yield rig
    await db.close()


async def outcomes(*moves: Awaitable[object]) -> list[object]:
    """Make moves at once; return what each came to, but fail for what is no answer of the hub."""
    found = await asyncio.gather(*moves, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException) and not isinstance(one, HubError):
            raise one
    return list(found)


async def check(rig: Rig) -> None:
    """Fail where an ambulance, its assignment and its call do not tell the same."""
    assignments = await rig.superuser.fetch("SELECT * FROM assignments")
    live = {row["ambulance_id"]: row["status"] for row in assignments if row["status"] in LIVE}
    assert len(live) == sum(row["status"] in LIVE for row in assignments)
    for unit in await rig.superuser.fetch("SELECT id, status FROM ambulances"):
        doing = live.get(unit["id"])
        assert unit["status"] == (AMBULANCE_STATUS[doing] if doing else "available")
    for request in await rig.superuser.fetch("SELECT * FROM ambulance_requests"):
        of_it = [row for row in assignments if row["request_id"] == request["id"]]
        assert request["status"] == progress(request["status"], [row["status"] for row in of_it])
        having = {row["ambulance_id"] for row in of_it if row["status"] in TAKEN}
        assert (request["ambulance_id"] in having) if having else request["ambulance_id"] is None
        assert not having or request["closed_at"] is None
    moves = await rig.superuser.fetch(
        "SELECT assignment_id, status FROM assignment_events GROUP BY 1, 2 HAVING count(*) > 1"
    )
    assert moves == [], "a step is made once"


async def test_of_fifty_accepts_of_an_offer_exactly_one_wins_every_time(rig: Rig) -> None:
    unit = await rig.unit(tablets=1)
    crew = await rig.crew(unit)
    for turn in range(ROUNDS):
        row = await rig.offered(unit)
        found = await outcomes(*(rig.step(row, "accepted", crew, key=f"{turn}:{each}") for each in range(MANY)))
        assert sum(isinstance(one, AssignmentRow) for one in found) == 1
        assert sum(isinstance(one, IllegalStep) and one.current == "accepted" for one in found) == MANY - 1
        await rig.step(row, "cancelled", reason="the next round")
    await check(rig)


async def test_of_fifty_units_that_accept_a_call_exactly_one_has_it(rig: Rig) -> None:
    units = [await rig.unit() for _ in range(MANY)]
    for _ in range(2):
        request = await rig.call()
        offers = [await rig.desk.offer(request.id, unit, actor=rig.dispatcher) for unit in units]
        found = await outcomes(*(rig.step(row, "accepted") for row in offers))
        (winner,) = [one for one in found if isinstance(one, AssignmentRow)]
        losers = [one for one in found if isinstance(one, IllegalStep)]
        assert {one.current for one in losers} == {"cancelled"}
        assert len(losers) == MANY - 1
        assert all("was quicker" in one.detail for one in losers)
        assert (await rig.request(request.id))["ambulance_id"] == winner.ambulance_id
        await check(rig)
        await rig.desk.cancel(request.id, "the next round", actor=rig.dispatcher)


async def test_of_fifty_dispatchers_who_ask_one_unit_exactly_one_is_answered(rig: Rig) -> None:
    unit = await rig.unit()
    calls = [await rig.call() for _ in range(MANY)]
    found = await outcomes(*(rig.desk.offer(call.id, unit, actor=rig.dispatcher) for call in calls))
    assert sum(isinstance(one, AssignmentRow) for one in found) == 1
    assert sum(isinstance(one, Conflict) and "already has a call" in one.detail for one in found) == MANY - 1
    await check(rig)


async def test_an_accept_against_a_cancel_or_an_expiry_leaves_one_truth(rig: Rig) -> None:
    unit = await rig.unit()
    for turn in range(ROUNDS):
        row = await rig.offered(unit)
        against: list[Callable[[AssignmentRow], Awaitable[object]]] = [
            lambda row: rig.desk.cancel(row.request_id, "not needed", actor=rig.dispatcher),
            lambda row: rig.step(row, "expired"),
        ]
        accepted, other = await outcomes(rig.step(row, "accepted"), against[turn % 2](row))
        status = await rig.superuser.fetchval("SELECT status FROM assignments WHERE id = $1", row.id)
        if turn % 2:  # of an offer that is accepted or expired, one
            assert isinstance(accepted, IllegalStep) != isinstance(other, IllegalStep)
            assert status == ("expired" if isinstance(accepted, IllegalStep) else "accepted")
        else:  # a call that is cancelled calls back who has accepted it
            assert (status, isinstance(other, HubError)) == ("cancelled", False)
        await check(rig)
        if status == "accepted":
            await rig.step(row, "cancelled", reason="the next round")


async def test_of_two_units_that_accept_at_once_one_is_called_back(rig: Rig) -> None:
    units = [await rig.unit(), await rig.unit()]
    for _ in range(ROUNDS):
        request = await rig.call()
        first, second = [await rig.desk.offer(request.id, unit, actor=rig.dispatcher) for unit in units]
        found = await outcomes(rig.step(first, "accepted"), rig.step(second, "accepted"))
        assert sorted(isinstance(one, IllegalStep) for one in found) == [False, True]
        await check(rig)
        await rig.desk.cancel(request.id, "the next round", actor=rig.dispatcher)


async def test_a_patient_who_calls_twice_at_once_has_one_call(rig: Rig) -> None:
    for _ in range(5):
        patient = await rig.person()
        found = await asyncio.gather(*(rig.call(patient_id=patient) for _ in range(10)))
        assert len({row.id for row in found}) == 1


@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_moved_at_once_nothing_contradicts_itself(rig: Rig, seed: int) -> None:
    """Calls, offers, stages, diversions and cancellations in any order: no deadlock, and all rows agree."""
    draw = random.Random(seed)  # noqa: S311 - a game
    units = [await rig.unit(tablets=1) for _ in range(5)]
    calls = [(await rig.call()).id for _ in range(6)]
    stages = ("accepted", "declined", "en_route", "on_scene", "transporting", "at_destination", "cleared", "expired")

    async def move() -> object:
        kind = draw.random()
        call, unit = draw.choice(calls), draw.choice(units)
        if kind < 0.3:
            return await rig.desk.offer(call, unit, actor=rig.dispatcher)
        if kind < 0.34:
            calls.append((await rig.call()).id)
            return await rig.desk.cancel(call, "not needed", actor=rig.dispatcher)
        if kind < 0.36:
            return await rig.desk.mark_duplicate(call, draw.choice(calls), actor=rig.dispatcher)
        rows = await rig.db.fetch(LAST_ONES)
        if not rows:
            return None
        row = draw.choice(rows)
        if kind < 0.42:
            return await rig.desk.divert(row["id"], call, actor=rig.dispatcher, reason="more urgent")
        if kind < 0.5:
            await rig.desk.note(row["id"], eta_at=rig.clock.at)
            return None
        step = Step(draw.choice(stages), rig.clock.at, "so it is")
        return await rig.desk.step(row["id"], step, actor=rig.dispatcher)

    made = 0
    for _ in range(30):
        rig.clock.pass_s(5)
        made += sum(isinstance(one, AssignmentRow) for one in await outcomes(*(move() for _ in range(10))))
    assert made > 20
    await check(rig)
