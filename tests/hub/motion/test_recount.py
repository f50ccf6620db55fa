"""The final count: from what is stored, cut as it may be, with targets that change, holes, and what came late."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from hub.clock import Clock
from hub.motion.recount import READINGS, Recount
from hub.motion.repetitions import Counter
from hub.motion.rules import Target, rules_of
from storage.errors import StorageError
from storage.pool import Database, Transaction
from tests.hub.motion.ward import HIP, INTERVAL_US, KNEE, Ward, bends, ward
from tests.storage.world import Connection


async def free(transaction: Transaction) -> None:
    """Let everybody count."""


@pytest.fixture
async def at(superuser: Connection) -> Ward:
    return await ward(superuser)


@pytest.fixture
def recount(reader: Database, app_pool: Database) -> Recount:
    return Recount(reader, app_pool, Clock())


async def end(at: Ward, session_id: UUID) -> None:
    await at.db.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", session_id)


async def counted(at: Ward, session_id: UUID) -> list[Any]:
    return await at.db.fetch(
        "SELECT r.*, s.joints FROM motion_repetitions r JOIN streams s ON s.id = r.stream_id"
        " WHERE s.physio_session_id = $1 ORDER BY r.joint, r.number",
        session_id,
    )


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


@pytest.mark.parametrize("frame", [1, 10, 333])
async def test_it_counts_what_one_counter_counts(at: Ward, recount: Recount, frame: int) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began, target_angle=90.0)
    angles = np.concatenate([bends(3), bends(2, peak=60.0)], axis=1)
    stream = await at.stream(key)
    await at.store(stream, angles, began, frame=frame)
    await end(at, key)
    assert await recount.count(key, free)
    counter, wanted = Counter(rules_of(Target(None, 90.0))), []
    first_us = int(began.timestamp() * 1e6)
    for place, angle in enumerate(angles[0].tolist()):
        found = counter.step(place + 1, first_us + place * INTERVAL_US, angle)
        wanted += [found] if found else []
    rows = await counted(at, key)
    assert [(row["number"], row["first_seq"], row["last_seq"], row["valid"]) for row in rows] == [
        (one.number, one.first_seq, one.last_seq, one.valid) for one in wanted
    ]
    assert [row["valid"] for row in rows] == [True, True, True, False, False]
    assert [row["peak_angle"] for row in rows] == pytest.approx([one.peak_angle for one in wanted])
    stored = await at.db.fetchrow("SELECT counted_at, ended_at FROM physio_sessions")
    assert stored is not None and stored["counted_at"] >= stored["ended_at"]
    assert await at.db.fetchval("SELECT final_seq FROM motion_counters WHERE stream_id = $1", stream) == angles.shape[1]


async def test_each_joint_is_counted_and_numbered_over_all_logs_of_the_session(at: Ward, recount: Recount) -> None:
    key = await at.begun(hours_ago(1))
    both = np.concatenate([bends(2), bends(2, peak=70.0)], axis=0)
    await at.store(await at.stream(key, (KNEE, HIP)), both, hours_ago(1))
    await at.store(await at.stream(key), bends(1), hours_ago(0.5))
    await end(at, key)
    assert await recount.count(key, free)
    assert [(row["joint"], row["number"]) for row in await counted(at, key)] == [
        (HIP, 1),
        (HIP, 2),
        (KNEE, 1),
        (KNEE, 2),
        (KNEE, 3),
    ]


async def test_a_target_counts_for_what_was_received_from_then_on(at: Ward, recount: Recount) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began, target_angle=90.0)
    await at.store(await at.stream(key), bends(4, peak=80.0), began)
    await at.db.execute(
        "INSERT INTO motion_targets (session_id, joint, set_at, target_angle) VALUES ($1, $2, $3, 80)",
        *(key, KNEE, began + timedelta(seconds=8)),
    )
    await end(at, key)
    await recount.count(key, free)
    assert [row["valid"] for row in await counted(at, key)] == [False, False, True, True]


async def test_a_hole_ends_what_was_going_on(at: Ward, recount: Recount) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began)
    stream = await at.stream(key)
    half = bends(1)[:, :120]  # to the peak, and lost from there on
    last = await at.store(stream, half, began)
    await at.store(stream, bends(1), began + timedelta(seconds=20), first=last + 500)
    await end(at, key)
    await recount.count(key, free)
    (row,) = await counted(at, key)
    assert row["first_seq"] > last


async def test_a_second_count_takes_the_place_of_the_first_and_leaves_what_was_stated(
    at: Ward, recount: Recount
) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began)
    stream = await at.stream(key)
    last = await at.store(stream, bends(2), began)
    await at.db.execute(
        "INSERT INTO joint_motion_logs (session_id, joint, angle, repetition) VALUES ($1, $2, 45, 7)", key, KNEE
    )
    await end(at, key)
    await recount.count(key, free)
    await at.store(stream, bends(1), began + timedelta(seconds=last * INTERVAL_US / 1e6), first=last + 1)
    assert await recount.count(key, free)
    assert [(row["source"], row["number"]) for row in await counted(at, key)] == [
        ("counted", 1),
        ("counted", 2),
        ("counted", 3),
        ("stated", 7),
    ]


async def insert_plainly(at: Ward, session_id: UUID, joint: str, began: datetime, number: int | None = None) -> None:
    """Insert two bends as somebody does who knows SQL."""
    rows = [
        (session_id, began + timedelta(microseconds=place * INTERVAL_US), joint, angle, number)
        for place, angle in enumerate(bends(2)[0].tolist())
    ]
    await at.db.executemany(
        'INSERT INTO joint_motion_logs (session_id, "timestamp", joint, angle, repetition) VALUES ($1, $2, $3, $4, $5)',
        rows,
    )


async def test_plain_inserts_are_counted_joint_by_joint_unless_they_say_it_themselves(
    at: Ward, recount: Recount
) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began, target_angle=90.0)
    await insert_plainly(at, key, HIP, began, number=7)
    await insert_plainly(at, key, KNEE, began)
    await end(at, key)
    for _ in range(2):
        assert await recount.count(key, free)
        assert [(row["joint"], row["source"], row["number"], row["valid"]) for row in await counted(at, key)] == [
            (HIP, "stated", 7, None),
            (KNEE, "counted", 1, True),
            (KNEE, "counted", 2, True),
        ]


class Turns(Clock):
    """Notes in which turn of the event loop it is asked."""

    def __init__(self) -> None:
        self.turn = 0
        self.asked: list[int] = []

    def monotonic_s(self) -> float:
        """Return the same time."""
        self.asked.append(self.turn)
        return 0.0

    async def run(self) -> None:
        """Have a turn whenever there is one."""
        while True:
            self.turn += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize("is_plain", [False, True])
async def test_everything_else_has_its_turn_after_a_few_ms(
    at: Ward, reader: Database, app_pool: Database, is_plain: bool
) -> None:
    key, clock = await at.begun(hours_ago(0.5)), Turns()
    if is_plain:
        await insert_plainly(at, key, KNEE, hours_ago(0.5))
        stream = await at.db.fetchval("SELECT id FROM streams WHERE kind = 'sql'")
        first, frame = 1_000, 1
    else:
        stream, first, frame = await at.stream(key), 1, 500
    await at.store(stream, np.zeros((1, 3 * READINGS), np.float32), hours_ago(0.4), first=first, frame=frame)
    await end(at, key)
    async with asyncio.TaskGroup() as tasks:
        turning = tasks.create_task(clock.run())
        assert await Recount(reader, app_pool, clock).count(key, free)
        turning.cancel()
    began, ended = clock.asked[::2], clock.asked[1::2]
    assert len(began) >= 3  # slices, each of so many readings at most
    assert began == ended  # a slice is one piece of work
    assert len(set(began)) == len(began)  # and between two of them is a turn for everything else


async def test_what_was_counted_stays_where_the_frames_are_gone(at: Ward, reader: Database, app_pool: Database) -> None:
    began = hours_ago(1)
    key = await at.begun(began)
    stream = await at.stream(key)
    last = await at.store(stream, bends(2), began)
    await end(at, key)
    await Recount(reader, app_pool, Clock()).count(key, free)
    await at.db.execute("TRUNCATE motion_frames")
    await at.db.execute("UPDATE streams SET last_seq = last_seq + 1")
    assert await Recount(reader, app_pool, Clock(), kept=timedelta(minutes=30)).count(key, free)
    assert [row["number"] for row in await counted(at, key)] == [1, 2]
    assert await at.db.fetchval("SELECT final_seq FROM motion_counters") == last + 1


async def test_a_session_in_progress_is_not_counted(at: Ward, recount: Recount) -> None:
    key = await at.begun()
    await at.store(await at.stream(key), bends(1), hours_ago(0.1))
    assert not await recount.count(key, free)
    assert await counted(at, key) == []


async def test_a_session_without_a_log_is_counted_as_well(at: Ward, recount: Recount) -> None:
    key = await at.begun(device_id=None)
    await end(at, key)
    assert await recount.count(key, free)
    assert await at.db.fetchval("SELECT counted_at IS NOT NULL FROM physio_sessions WHERE id = $1", key)


async def test_who_may_not_commit_writes_nothing(at: Ward, recount: Recount) -> None:
    key = await at.begun()
    await at.store(await at.stream(key), bends(1), hours_ago(0.1))
    await end(at, key)

    async def closed(transaction: Transaction) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        await recount.count(key, closed)
    assert await counted(at, key) == []


async def test_a_repetition_that_is_written_meanwhile_is_put_right_by_the_next_count(
    at: Ward, recount: Recount, database: str
) -> None:
    began = hours_ago(0.5)
    key = await at.begun(began)
    stream = await at.stream(key)
    await at.store(stream, bends(1), began)
    await end(at, key)
    writer = await asyncpg.connect(database)
    writing = writer.transaction()
    await writing.start()
    await writer.execute(
        "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq) VALUES ($1, $2, 1, 1, 200)",
        *(stream, KNEE),
    )
    async with asyncio.timeout(10):
        assert await outcome(recount, key) == "True"
    await writing.commit()  # with its frames the mark moved on, so there is a next count
    await writer.close()
    assert len(await counted(at, key)) == 2
    assert await outcome(recount, key) == "True"
    (only,) = await counted(at, key)
    assert only["first_seq"] > 1


async def outcome(recount: Recount, session_id: UUID) -> str:
    """Count; return what came of it."""
    try:
        return str(await recount.count(session_id, free))
    except StorageError as error:
        return type(error).__name__
