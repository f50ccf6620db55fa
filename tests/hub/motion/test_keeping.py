"""What happens to sessions by themselves: missed, idle, counted, counted again; on one hub at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
import pytest

from hub.clock import Clock, to_us
from hub.dispatch.leading import Deposed, Leader
from hub.metrics import Metrics
from hub.motion.keeping import WORK, Keeper, KeepingRules
from hub.motion.recount import Gate, Recount
from hub.motion.sessions import Sensors
from hub.protocol.reports import Report
from storage.errors import Conflict
from storage.pool import Database
from tests.hub.motion.ward import StillClock, Ward, bends, ward
from tests.storage import world
from tests.storage.world import Connection

SOON = KeepingRules(settle_s=0.0, round_s=0.01, patrol_s=0.0, again_s=0.0)


@pytest.fixture
async def at(superuser: Connection) -> Ward:
    return await ward(superuser)


class Failing(Recount):
    """Fails for the sessions that a test names."""

    fails: frozenset[UUID] = frozenset()
    tried: list[UUID]

    async def count(self, session_id: UUID, gate: Gate) -> bool:
        """Count, or fail."""
        self.tried = [*getattr(self, "tried", []), session_id]
        if session_id in self.fails:
            raise Conflict("motion_repetitions_apart")
        return await super().count(session_id, gate)


class Night:
    """A hub that keeps the sessions, once it leads."""

    def __init__(self, reader: Database, app: Database, rules: KeepingRules = SOON, name: str = "one") -> None:
        self.leader = Leader(app, name, Metrics(), work=WORK)
        self.recount = Failing(reader, app, Clock())
        self.keeper = Keeper(self.leader, app, self.recount, Clock(), rules)


@pytest.fixture
async def night(reader: Database, app_pool: Database) -> Night:
    found = Night(reader, app_pool)
    assert await found.leader.take()
    return found


def ago(**how_long: float) -> datetime:
    return datetime.now(UTC) - timedelta(**how_long)


@pytest.mark.parametrize(("minutes", "status"), [(59, "scheduled"), (61, "missed")])
async def test_what_nobody_began_in_its_time_is_missed(at: Ward, night: Night, minutes: int, status: str) -> None:
    key = await at.session(scheduled_at=ago(minutes=minutes), duration_min=30)
    await night.keeper.patrol()
    assert await at.status(key) == (status, None)
    told = await at.db.fetch("SELECT actor_kind, detail ->> 'to' AS status FROM audit_log")
    assert [tuple(row) for row in told] == ([("system", "missed")] if status == "missed" else [])


@pytest.mark.parametrize(("silent_s", "status"), [(590, "in_progress"), (610, "completed")])
async def test_a_session_of_which_nothing_is_heard_for_ten_minutes_is_closed(
    at: Ward, night: Night, silent_s: float, status: str
) -> None:
    key = await at.begun(ago(seconds=silent_s + 30))
    angles = np.zeros((1, 250), np.float32)
    await at.store(await at.stream(key), angles, ago(seconds=silent_s + 5))
    await night.keeper.patrol()
    assert await at.status(key) == (status, "idle" if status == "completed" else None)
    if status == "completed":
        ended = await at.db.fetchval("SELECT ended_at FROM physio_sessions WHERE id = $1", key)
        assert datetime.now(UTC) - ended < timedelta(minutes=1)  # so that what is still on its way belongs to it


async def test_a_sensor_that_never_sent_is_idle_from_the_start(at: Ward, night: Night) -> None:
    young = await at.begun(ago(minutes=9))
    await night.keeper.patrol()
    assert await at.status(young) == ("in_progress", None)
    await at.db.execute("UPDATE physio_sessions SET started_at = $1", ago(minutes=11))
    await night.keeper.patrol()
    assert await at.status(young) == ("completed", "idle")


async def test_a_start_of_long_ago_that_a_hub_has_just_heard_of_is_not_idle(at: Ward, night: Night) -> None:
    began = ago(hours=3)
    key = await at.session(scheduled_at=began, status="missed")
    now = to_us(datetime.now(UTC))
    said = Report("1", "session_start", now - 3 * 3_600_000_000, now, {"session": str(key)})
    assert (await Sensors(night.keeper._db, Clock()).take(at.device_id, said, now)).status == "done"
    await night.keeper.patrol()  # before its first frame
    assert await at.status(key) == ("in_progress", None)
    later = StillClock(datetime.now(UTC) + timedelta(minutes=11))
    await Keeper(night.leader, night.keeper._db, night.recount, later, SOON).patrol()
    assert await at.status(key) == ("completed", "idle")


@pytest.mark.parametrize(("minutes", "status"), [(38, "in_progress"), (41, "completed")])
async def test_without_a_sensor_a_session_takes_its_time(at: Ward, night: Night, minutes: int, status: str) -> None:
    key = await at.begun(ago(minutes=minutes), device_id=None, duration_min=30)
    await night.keeper.patrol()
    assert (await at.status(key))[0] == status


async def test_an_ended_session_is_counted_once_all_has_settled(at: Ward, night: Night, reader: Database) -> None:
    key = await at.begun(ago(minutes=5))
    await at.store(await at.stream(key), bends(2), ago(minutes=4))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed'")
    slow = Night(reader, night.keeper._db, KeepingRules(settle_s=60.0))
    await slow.keeper.count_ended()
    assert await at.db.fetchval("SELECT count(*) FROM motion_repetitions") == 0
    await night.keeper.count_ended()
    assert await at.db.fetchval("SELECT count(*) FROM motion_repetitions") == 2


async def test_what_comes_late_is_counted_too_and_nothing_twice(at: Ward, night: Night) -> None:
    key = await at.begun(ago(minutes=5))
    stream = await at.stream(key)
    last = await at.store(stream, bends(2), ago(minutes=4))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed'")
    await night.keeper.count_ended()
    await night.keeper.patrol()
    assert night.recount.tried == [key]
    await at.store(stream, bends(3), ago(minutes=3), first=last + 1)
    await night.keeper.patrol()
    await night.keeper.patrol()
    assert night.recount.tried == [key, key]
    assert await at.db.fetchval("SELECT max(number) FROM motion_repetitions") == 5


async def test_after_a_week_nothing_is_counted_again(at: Ward, night: Night) -> None:
    key = await at.begun(ago(days=7, hours=3))
    await at.db.execute(
        "UPDATE physio_sessions SET status = 'completed', ended_at = $1, counted_at = $1", ago(days=7, hours=2)
    )
    stream = await at.stream(key)
    await at.db.execute("UPDATE streams SET last_seq = 10 WHERE id = $1", stream)
    await night.keeper.patrol()
    assert not hasattr(night.recount, "tried")


async def test_a_session_that_cannot_be_counted_keeps_no_other_waiting(at: Ward, night: Night) -> None:
    first = await at.begun(ago(minutes=5))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed', ended_at = $1", ago(minutes=3))
    second = await at.begun(ago(minutes=2))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", second)
    night.recount.fails = frozenset({first})
    await night.keeper.count_ended()
    await night.keeper.count_ended()
    assert night.recount.tried == [first, second]
    row = await at.db.fetchrow("SELECT id FROM physio_sessions WHERE counted_at IS NULL")
    assert row is not None and row["id"] == first


async def test_a_session_of_the_year_10000_stops_nobody(at: Ward, night: Night) -> None:
    first = await at.begun(ago(minutes=5))
    stream = await at.stream(first)
    await at.store(stream, bends(2), ago(minutes=4))
    await at.db.execute("UPDATE motion_frames SET started_at = started_at + interval '8000 years'")
    await at.db.execute("UPDATE physio_sessions SET status = 'completed', ended_at = $1", ago(minutes=3))
    second = await at.begun(ago(minutes=2))
    await at.db.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", second)
    await night.keeper.count_ended()
    await night.keeper.count_ended()
    assert night.recount.tried == [first, second]
    row = await at.db.fetchrow("SELECT id FROM physio_sessions WHERE counted_at IS NULL")
    assert row is not None and row["id"] == first


async def test_who_has_lost_the_lease_changes_nothing(at: Ward, night: Night) -> None:
    missed = await at.session(scheduled_at=ago(hours=3))
    await at.db.execute("UPDATE leases SET fence = fence + 1")
    with pytest.raises(Deposed):
        await night.keeper.patrol()
    assert await at.status(missed) == ("scheduled", None)


async def test_it_runs_by_itself_on_one_of_two_hubs(at: Ward, reader: Database, app_pool: Database) -> None:
    key = await at.begun(ago(minutes=30))
    await at.store(await at.stream(key), bends(2), ago(minutes=29))
    hubs = [Night(reader, app_pool, name=name) for name in ("one", "two")]
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(hub.keeper.run()) for hub in hubs]
        counted = "SELECT counted_at FROM physio_sessions WHERE id = $1"
        while await at.db.fetchval(counted, key) is None:  # noqa: ASYNC110 - another connection's work
            await asyncio.sleep(0.02)
        assert sorted(hub.leader.is_leading for hub in hubs) == [False, True]
        for task in running:
            task.cancel()
    assert await at.status(key) == ("completed", "idle")


async def test_other_peoples_sessions_stay_as_they_are(at: Ward, night: Night) -> None:
    done = await world.physio_session(at.db, status="cancelled", scheduled_at=ago(days=2))
    ahead = await at.session(scheduled_at=ago(days=-1))
    await night.keeper.patrol()
    assert (await at.status(done), await at.status(ahead)) == (("cancelled", None), ("scheduled", None))
