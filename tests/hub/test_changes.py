"""What PostgreSQL says while the hub reads what it said before is not lost."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from hub.changes import READ_ONE_BY_ONE, Changes
from hub.clock import Clock
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.directory import Directory, judged_by
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub
from hub.metrics import Metrics
from storage.events import ALARMS, DISPATCH
from storage.listen import Listener
from storage.pool import Database
from tests.hub.conftest import SlowDatabase
from tests.storage.world import Connection, alarm, ambulance, tablet


async def test_a_thing_that_changes_again_while_it_is_read_is_read_again(
    superuser: Connection, db: SlowDatabase
) -> None:
    vehicle = await ambulance(superuser)
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    intake = Intake(db, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    changes = Changes(
        db,
        db,
        intake=intake,
        live=LiveHub(Directory(board.channel, judged_by(db), intake.fleet.read_unit), clock, metrics),
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
        db,
        db,
        intake=intake,
        live=LiveHub(Directory(board.channel, judged_by(db), intake.fleet.read_unit), clock, metrics),
    )
    for vehicle in vehicles:
        changes.heard("ambulance", str(vehicle))
    applying = asyncio.ensure_future(changes.run())
    async with asyncio.timeout(5):
        while len(board) < len(vehicles):  # noqa: ASYNC110 - told to nobody
            await asyncio.sleep(0.01)
    applying.cancel()


def test_who_waits_for_a_channel_is_woken_by_its_news_and_when_some_may_have_been_missed(db: SlowDatabase) -> None:
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    intake = Intake(db, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    live = LiveHub(Directory(board.channel, judged_by(db), intake.fleet.read_unit), clock, metrics)
    changes, woken = Changes(db, db, intake=intake, live=live), list[str]()
    changes.wake(DISPATCH, lambda: woken.append("woken"))
    changes.heard("event", ALARMS)
    changes.heard("event", f"request:{uuid4()}")
    assert woken == []
    changes.heard("event", DISPATCH)
    changes.missed()
    assert woken == ["woken", "woken"]


@pytest.mark.parametrize("heard", [True, False])
async def test_an_alarm_is_on_the_board_and_in_its_channel_heard_of_or_found_after_a_reconnect(
    superuser: Connection, database: str, db: SlowDatabase, reader: Database, heard: bool
) -> None:
    vehicle = await ambulance(superuser)
    board, clock, metrics = FleetBoard(), Clock(), Metrics()
    board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
    board.move(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))
    alarms = EventReader(EventChannel(ALARMS), reader)
    intake = Intake(db, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
    live = LiveHub(Directory(board.channel, judged_by(db), intake.fleet.read_unit, [alarms.channel]), clock, metrics)
    changes = Changes(db, db, intake=intake, live=live, channels=[alarms])
    listener = Listener(database, changes.heard if heard else lambda _kind, _key: None, changes.missed)
    working = [asyncio.ensure_future(work) for work in (changes.run(), listener.run())]

    def shown() -> tuple[int, bool]:
        alarms.channel.advance()
        fix = board.current(vehicle)
        return alarms.channel.head, fix is not None and fix.alarm_at > 0

    async def until(expected: tuple[int, bool]) -> None:
        if not heard:
            changes.missed()  # the listener is back
        async with asyncio.timeout(5):
            while shown() != expected:  # noqa: ASYNC110 - told to nobody
                await asyncio.sleep(0.01)

    await listener.listening.wait()
    await alarm(superuser, await tablet(superuser, vehicle), vehicle)
    await until((1, True))
    await superuser.execute("UPDATE alarms SET acknowledged_at = now()")
    await until((2, False))
    for task in working:
        task.cancel()
