"""What all device connections share, on a real database whose answers come when a test lets them."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from hub.access.principal import Principal
from hub.clock import Clock
from hub.errors import Overloaded
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.ingest.session import DeviceSession
from hub.ingest.stream import FixStream
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.metrics import Metrics
from hub.protocol.codec import JSON
from storage.copy_writer import CopyWriter
from tests.hub.conftest import SlowDatabase
from tests.hub.live.viewer import Pipe
from tests.storage.world import Connection, ambulance, tablet

LOG_ID = "0" * 32
STORED = "INSERT INTO ambulance_positions VALUES (1, 1, now(), $1, now(), now(), 48.0, 11.0, 1, 2, 3, 'NaN', 0)"
HELLO = f'{{"type":"hello","streams":[{{"log_id":"{LOG_ID}","kind":"fixes"}}]}}'


@pytest.fixture
def intake(db: SlowDatabase) -> Intake:
    return Intake(db, FleetBoard(), Clock(), Metrics(), rules=IntakeRules(), credit_rules=CreditRules())


class Backlog(CopyWriter):
    """A writer that is so far behind."""

    def __init__(self, rows: int) -> None:
        self._rows = rows

    @property
    def waiting_rows(self) -> int:
        return self._rows


def connected(intake: Intake, device_id: int, ambulance_id: int) -> DeviceSession:
    pipe = Pipe()
    pipe.reading = False
    principal = Principal(frozenset({"TB"}), device_id=device_id, ambulance_id=ambulance_id)
    session = DeviceSession(intake, pipe, JSON, session_id=uuid4().hex, principal=principal)
    intake.attach(session)
    return session


async def test_a_claim_that_is_seen_before_its_answer_does_not_cost_the_claimant_its_stream(
    superuser: Connection, db: SlowDatabase, intake: Intake
) -> None:
    vehicle = await ambulance(superuser)
    device = await tablet(superuser, vehicle)
    former, latter = connected(intake, device, vehicle), connected(intake, device, vehicle)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(intake.run())
        await former.open(HELLO)
        claim = await intake.claim(device, LOG_ID)  # the fence is raised in PostgreSQL, and nobody here knows
        db.next_answer_comes_late()
        checking = tasks.create_task(intake.check_fences())
        await db.answered.wait()
        await latter.open(HELLO)
        db.go_on.set()
        await checking
        assert latter.streams[claim.stream].fence == claim.fence + 1
        assert former.ending is not None
        assert latter.ending is None
        await intake.drain(1)
        await running


async def test_a_tablet_that_is_mounted_elsewhere_while_it_connects_reports_for_where_it_is(
    superuser: Connection, intake: Intake
) -> None:
    before, after = await ambulance(superuser), await ambulance(superuser)
    device = await tablet(superuser, before)
    session = connected(intake, device, before)
    await superuser.execute("UPDATE devices SET ambulance_id = $1 WHERE id = $2", after, device)
    await session.open(HELLO)
    assert session.ambulance_id == after
    assert [stream.ambulance_id for stream in session.streams.values() if isinstance(stream, FixStream)] == [after]


async def test_an_ambulance_that_moves_while_its_row_is_written_is_written_again(
    superuser: Connection, db: SlowDatabase, intake: Intake
) -> None:
    vehicle = await ambulance(superuser)
    board = intake.board
    board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
    intake.markers.show(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))
    db.next_answer_comes_late()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(intake.locations.write())
        await db.answered.wait()
        intake.markers.show(vehicle, LiveFix(49.0, 11.0, 1.0, 2.0, 3.0, 2_000_000))
        db.go_on.set()
    await intake.locations.write()
    assert await latitude(superuser, vehicle) == 49.0


async def test_a_row_that_is_locked_is_written_in_a_later_round(
    superuser: Connection, database: str, intake: Intake
) -> None:
    vehicle = await ambulance(superuser)
    intake.board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
    intake.markers.show(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))
    holder = await asyncpg.connect(database)
    async with holder.transaction():
        await holder.execute("SELECT FROM ambulances WHERE id = $1 FOR UPDATE", vehicle)
        await intake.locations.write()
        assert await latitude(superuser, vehicle) is None
    await holder.close()
    await intake.locations.write()
    assert await latitude(superuser, vehicle) == 48.0


async def test_ambulances_that_were_removed_are_forgotten(
    superuser: Connection, intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.ingest.locations._ROWS_MAX", 1)
    gone, here = 10**9, await ambulance(superuser)
    for number in (gone, here):
        intake.board.upsert_unit(Unit(number, "A-1", None, "available"))
        intake.markers.show(number, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))
    intake.board.remove_unit(gone)
    for _ in range(2):
        await intake.locations.write()
    assert await latitude(superuser, here) == 48.0
    assert intake.locations._moved == set()


async def test_a_row_that_a_dead_hub_left_behind_is_written_by_who_reads_it(
    superuser: Connection, db: SlowDatabase, intake: Intake
) -> None:
    vehicle = await ambulance(superuser)
    await superuser.execute(STORED, vehicle)
    await intake.fleet.read_all(db)
    await intake.locations.write()
    assert await latitude(superuser, vehicle) == 48.0


async def test_a_row_is_written_too_where_the_map_heard_something_newer_of_a_hub_that_is_dead(
    superuser: Connection, intake: Intake
) -> None:
    vehicle = await ambulance(superuser)
    intake.board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
    intake.board.hear(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_001))
    intake.markers.show(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))  # the same sample, sent again
    await intake.locations.write()
    assert await latitude(superuser, vehicle) == 48.0


async def test_a_hub_that_leaves_writes_where_its_ambulances_are(superuser: Connection, intake: Intake) -> None:
    vehicle = await ambulance(superuser)
    intake.board.upsert_unit(Unit(vehicle, "A-1", None, "available"))
    intake.markers.show(vehicle, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 1_000_000))
    await intake.drain(1.0)
    assert await latitude(superuser, vehicle) == 48.0


async def latitude(superuser: Connection, ambulance_id: int) -> float | None:
    """Return where the row of an ambulance says that it is."""
    found: float | None = await superuser.fetchval(
        "SELECT current_location[1] FROM ambulances WHERE id = $1", ambulance_id
    )
    return found


async def test_no_stream_is_opened_while_as_much_waits_as_credit_allows(db: SlowDatabase) -> None:
    rules = CreditRules(budget_samples=100)
    intake = Intake(db, FleetBoard(), Clock(), Metrics(), rules=IntakeRules(), credit_rules=rules)
    writer = Backlog(100)
    intake.use_writers([writer])
    with pytest.raises(Overloaded):
        await intake.claim(1, LOG_ID)
