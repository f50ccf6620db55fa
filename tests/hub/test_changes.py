"""What PostgreSQL says while the hub reads what it said before is not lost."""

from __future__ import annotations

import asyncio

from hub.changes import READ_ONE_BY_ONE, Changes
from hub.clock import Clock
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.board import FleetBoard
from hub.live.directory import Directory, judged_by
from hub.live.hub import LiveHub
from hub.metrics import Metrics
from tests.hub.conftest import SlowDatabase
from tests.storage.world import Connection, ambulance


async def test_a_thing_that_changes_again_while_it_is_read_is_read_again(
    superuser: Connection, db: SlowDatabase
) -> None:
    vehicle = await ambulance(superuser)
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    intake = Intake(db, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    changes = Changes(
        db, db, board=board, intake=intake, live=LiveHub(Directory(board.channel, judged_by(db)), clock, metrics)
    )
    changes.heard("ambulance", str(vehicle))
    db.next_answer_comes_late()
    applying = asyncio.ensure_future(changes.run())
    await db.answered.wait()  # PostgreSQL has answered, the hub has not heard it
    await superuser.execute("UPDATE ambulances SET driver_name = 'Asha' WHERE id = $1", vehicle)
    changes.heard("ambulance", str(vehicle))
    db.go_on.set()
    async with asyncio.timeout(5):
        while (unit := board.unit(vehicle)) is None or unit.driver_name != "Asha":  # noqa: ASYNC110 - told to nobody
            await asyncio.sleep(0.01)
    applying.cancel()


async def test_many_new_ambulances_are_read_at_once(superuser: Connection, db: SlowDatabase) -> None:
    vehicles = [await ambulance(superuser) for _ in range(READ_ONE_BY_ONE + 1)]
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    intake = Intake(db, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    changes = Changes(
        db, db, board=board, intake=intake, live=LiveHub(Directory(board.channel, judged_by(db)), clock, metrics)
    )
    for vehicle in vehicles:
        changes.heard("ambulance", str(vehicle))
    applying = asyncio.ensure_future(changes.run())
    async with asyncio.timeout(5):
        while len(board) < len(vehicles):  # noqa: ASYNC110 - told to nobody
            await asyncio.sleep(0.01)
    applying.cancel()
