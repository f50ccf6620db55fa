"""A call for help is on the board at once, through a restart, and until somebody has answered; then for nobody."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from hub.clock import from_us
from hub.ingest import alarms
from hub.ingest.alarms import OpenAlarms
from hub.live.board import FleetBoard, LiveFix, Unit
from tests.hub.conftest import SlowDatabase
from tests.storage import world
from tests.storage.world import Connection

SECOND = 1_000_000
NOW = int(datetime(2031, 3, 3, 9, tzinfo=UTC).timestamp()) * SECOND


class Bench:
    """An ambulance with a tablet, and a board that shows it."""

    def __init__(self, db: SlowDatabase, superuser: Connection, vehicle: int, device: int) -> None:
        self.superuser = superuser
        self.vehicle = vehicle
        self.device = device
        self.board = FleetBoard()
        self.board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
        self.open = OpenAlarms(db, self.board)
        self._fixes = 0

    def drive(self) -> int:
        """Move the ambulance, and return what the map says of its alarm."""
        self._fixes += 1
        self.board.move(self.vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, NOW + self._fixes * SECOND))
        return self.shown()

    def shown(self) -> int:
        """Return what the map says of the ambulance's alarm."""
        fix = self.board.current(self.vehicle)
        assert fix is not None
        return fix.alarm_at

    def hear(self, name: str, raised_at: int) -> None:
        """Take a call from the tablet."""
        self.open.hear(self.vehicle, (self.device, name), raised_at)

    async def store(self, name: str, raised_at: int) -> None:
        """Store a call, as the ingest does."""
        at = from_us(raised_at)
        await world.alarm(self.superuser, self.device, self.vehicle, alarm_id=name, raised_at=at, received_at=at)

    async def acknowledge(self, name: str) -> None:
        """Answer a call."""
        await self.superuser.execute("UPDATE alarms SET acknowledged_at = now() WHERE alarm_id = $1", name)


@pytest.fixture
async def bench(db: SlowDatabase, superuser: Connection) -> Bench:
    vehicle = await world.ambulance(superuser)
    return Bench(db, superuser, vehicle, await world.tablet(superuser, vehicle))


async def test_a_call_is_shown_before_it_is_stored_and_stays_beside_later_fixes(bench: Bench) -> None:
    assert bench.drive() == 0
    bench.hear("one", NOW)
    assert bench.shown() == NOW
    assert bench.drive() == NOW
    await bench.open.refresh()
    assert bench.shown() == NOW, "nothing is known of it yet, and so it stays"
    await bench.store("one", NOW)
    await bench.open.refresh()
    assert bench.drive() == NOW


async def test_a_call_from_a_place_that_is_not_known_is_shown_with_the_first_fix(bench: Bench) -> None:
    bench.hear("one", NOW)
    assert bench.drive() == NOW


async def test_an_answered_call_is_shown_no_more(bench: Bench) -> None:
    bench.drive()
    bench.hear("one", NOW)
    await bench.store("one", NOW)
    await bench.acknowledge("one")
    await bench.open.refresh()
    assert bench.shown() == 0
    assert bench.drive() == 0


async def test_of_two_calls_the_newer_is_shown_and_then_the_one_that_is_left(bench: Bench) -> None:
    bench.drive()
    bench.hear("new", NOW + SECOND)
    bench.hear("late", NOW)
    assert bench.shown() == NOW + SECOND
    await bench.store("new", NOW + SECOND)
    await bench.store("late", NOW)
    await bench.acknowledge("new")
    await bench.open.refresh()
    assert bench.shown() == NOW


async def test_a_hub_that_starts_shows_what_is_open(bench: Bench) -> None:
    await bench.store("one", NOW)
    await bench.open.refresh()
    assert bench.drive() == NOW


async def test_a_call_that_is_repeated_after_its_answer_raises_nothing(bench: Bench) -> None:
    bench.drive()
    bench.hear("one", NOW)
    await bench.store("one", NOW)
    await bench.acknowledge("one")
    await bench.open.refresh()
    bench.hear("one", NOW + SECOND)
    assert bench.shown() == 0


async def test_a_call_that_was_answered_before_the_start_goes_by_itself_when_it_is_repeated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "PERIOD_S", 0.01)
    await bench.store("one", NOW)
    await bench.acknowledge("one")
    bench.drive()
    bench.hear("one", NOW)
    assert bench.shown() == NOW
    looking = asyncio.ensure_future(bench.open.run())
    async with asyncio.timeout(5):
        while bench.shown():  # noqa: ASYNC110 - told to nobody
            await asyncio.sleep(0.005)
    looking.cancel()


async def test_a_call_that_is_heard_while_the_database_answers_is_not_lost(db: SlowDatabase, bench: Bench) -> None:
    bench.drive()
    bench.hear("one", NOW)
    await bench.store("one", NOW)
    await bench.acknowledge("one")
    db.next_answer_comes_late()
    refreshing = asyncio.ensure_future(bench.open.refresh())
    await db.answered.wait()
    bench.hear("two", NOW + SECOND)
    db.go_on.set()
    await refreshing
    assert bench.shown() == NOW + SECOND


async def test_only_so_many_calls_are_remembered(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "SETTLED_MAX", 2)
    bench.drive()
    for number in range(5):
        bench.hear(f"call {number}", NOW + number)
        await bench.store(f"call {number}", NOW + number)
        await bench.open.refresh()
    assert len(bench.open._settled) == 2
    assert bench.open._heard == {}
