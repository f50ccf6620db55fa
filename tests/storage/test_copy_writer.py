"""The copy writer against a real server: stored once, told truthfully, whatever fails in between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from storage.batch import AlarmRow, DeadLetter, Run, SkippedRange
from storage.copy_encoding import AMBULANCE_POSITIONS, Row
from storage.copy_writer import CopyWriter, FlushRules
from storage.ingest_transaction import end_backend
from storage.pool import INGEST, INGEST_SETTINGS, connect

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

RULES = FlushRules(flush_s=0.01, retry_s=0.01, retry_max_s=0.05, timeout_s=2.0)


@dataclass(eq=False)
class Owner:
    """Remembers what the writer said."""

    stream_id: int
    fence: int = 1
    mark: int = 0
    lost: bool = False
    behind: bool = False
    letters: list[DeadLetter] = field(default_factory=list)

    def committed(self, last_seq: int) -> None:
        self.mark = last_seq

    def superseded(self) -> None:
        self.lost = True

    def set_back(self) -> None:
        self.behind = True

    def refused(self, letter: DeadLetter) -> None:
        self.letters.append(letter)


class Bench:
    """A running writer and what the tests need around it."""

    def __init__(self, dsn: str, superuser: Connection) -> None:
        self.dsn = dsn
        self.superuser = superuser
        self.connections: list[Connection] = []
        self.repaired: list[set[date]] = []
        self.settled = asyncio.Event()
        self.writer = CopyWriter(
            self._connect, RULES, on_settled=lambda _report: self.settled.set(), repair_partitions=self._repair
        )

    async def _connect(self) -> Connection:
        connection = await connect(self.dsn, role=INGEST, command_timeout_s=5, settings=INGEST_SETTINGS)
        self.connections.append(connection)
        return connection

    async def _repair(self, days: set[date]) -> None:
        self.repaired.append(days)
        await self.superuser.execute(
            "CREATE TABLE IF NOT EXISTS far_day PARTITION OF ambulance_positions"
            " FOR VALUES FROM ('2001-01-01') TO ('2001-01-02')"
        )

    async def stream(self) -> Owner:
        device = await self.superuser.fetchval(
            "INSERT INTO devices (kind, name, ambulance_id) VALUES ('tablet', 'one',"
            " (SELECT id FROM ambulances LIMIT 1)) RETURNING id"
        )
        stream: int = await self.superuser.fetchval(
            "INSERT INTO streams (device_id, log_id, kind, ambulance_id)"
            " VALUES ($1, md5(random()::text), 'fixes', (SELECT id FROM ambulances LIMIT 1)) RETURNING id",
            device,
        )
        return Owner(stream)

    async def stored(self, owner: Owner) -> list[int]:
        rows = await self.superuser.fetch(
            "SELECT seq FROM ambulance_positions WHERE stream_id = $1 ORDER BY seq", owner.stream_id
        )
        return [row["seq"] for row in rows]

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not condition():
                self.settled.clear()
                await self.settled.wait()


@pytest.fixture
async def bench(database: str, superuser: Connection) -> AsyncIterator[Bench]:
    await superuser.execute("INSERT INTO ambulances (plate_number, status) VALUES ('MH 12 A 1', 'available')")
    one = Bench(database, superuser)
    async with running(one):
        yield one


@asynccontextmanager
async def running(one: Bench) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(one.writer.run())
        yield
        one.writer.close()


def row(owner: Owner, seq: int, **values: Any) -> Row:
    now = time.time_ns() // 1_000
    given = {"received_at": now, "latitude": 18.5, **values}
    head = (owner.stream_id, seq, given["received_at"], 1, now, now)
    return (*head, given["latitude"], 73.8, 1.5, 90.0, 4.0, 550.0, 0)


def run_of(owner: Owner, first: int, last: int) -> Run:
    return Run(owner, AMBULANCE_POSITIONS, first, last, [row(owner, seq) for seq in range(first, last + 1)])


async def test_what_was_acked_is_stored_and_marked(bench: Bench) -> None:
    owner = await bench.stream()
    bench.writer.append(run_of(owner, 1, 3))
    bench.writer.append(run_of(owner, 4, 5))
    await bench.until(lambda: owner.mark == 5)
    assert await bench.stored(owner) == [1, 2, 3, 4, 5]
    assert await bench.superuser.fetchval("SELECT last_seq FROM streams WHERE id = $1", owner.stream_id) == 5


async def test_values_arrive_as_they_were_sent(bench: Bench) -> None:
    owner = await bench.stream()
    sent = row(owner, 1)
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 1, 1, [sent]))
    await bench.until(lambda: owner.mark == 1)
    found = await bench.superuser.fetchrow("SELECT * FROM ambulance_positions WHERE stream_id = $1", owner.stream_id)
    assert found is not None
    assert [found[key] for key in ("latitude", "longitude", "speed", "heading")] == [18.5, 73.8, 1.5, 90.0]
    assert int(found["fix_at"].timestamp() * 1_000_000) // 10 == int(str(sent[5])) // 10


async def test_a_lost_fence_stores_nothing_and_says_so(bench: Bench) -> None:
    owner, neighbour = await bench.stream(), await bench.stream()
    await bench.superuser.execute("UPDATE streams SET fence = 2 WHERE id = $1", owner.stream_id)
    bench.writer.append(run_of(owner, 1, 3))
    bench.writer.append(run_of(neighbour, 1, 2))
    await bench.until(lambda: owner.lost and neighbour.mark == 2)
    assert owner.mark == 0
    assert await bench.stored(owner) == []


@pytest.mark.parametrize(("fence", "mark"), [(2, 4), (3, 1), (2, 0)])
async def test_a_restored_database_is_not_taken_for_another_owner(bench: Bench, fence: int, mark: int) -> None:
    owner = await bench.stream()
    owner.fence = 3
    restored = "UPDATE streams SET fence = $2, last_seq = $3 WHERE id = $1"
    await bench.superuser.execute(restored, owner.stream_id, fence, mark)
    bench.writer.append(run_of(owner, 5, 7))
    await bench.until(lambda: owner.behind)
    assert (owner.lost, owner.mark, await bench.stored(owner)) == (False, 0, [])


async def test_a_run_that_had_committed_before_is_acked_and_not_stored_again(bench: Bench) -> None:
    owner = await bench.stream()
    again = Owner(owner.stream_id)
    bench.writer.append(run_of(owner, 1, 3))
    await bench.until(lambda: owner.mark == 3)
    bench.writer.append(run_of(again, 1, 3))
    await bench.until(lambda: again.mark == 3)
    assert await bench.stored(owner) == [1, 2, 3]


async def test_a_poison_row_becomes_one_dead_letter_and_its_neighbours_are_stored(bench: Bench) -> None:
    owner, neighbour = await bench.stream(), await bench.stream()
    await bench.superuser.execute(
        "ALTER TABLE ambulance_positions ADD CONSTRAINT no_66 CHECK (latitude <> 66) NOT VALID"
    )
    rows = [row(owner, 1), row(owner, 2, latitude=66.0), row(owner, 3)]
    bench.writer.append(run_of(neighbour, 1, 2))
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 1, 3, rows))
    await bench.until(lambda: owner.mark == 3 and neighbour.mark == 2)
    assert await bench.stored(owner) == [1, 3]
    letters = await bench.superuser.fetch("SELECT seq, detail FROM dead_letters")
    assert [(letter["seq"], letter["detail"]) for letter in letters] == [(2, "no_66")]
    assert [letter.seq for letter in owner.letters] == [2]


async def test_a_poison_row_that_was_sent_on_two_connections_holds_nothing_up(bench: Bench) -> None:
    former = await bench.stream()
    owner, neighbour = Owner(former.stream_id, fence=2), await bench.stream()
    await bench.superuser.execute(
        "ALTER TABLE ambulance_positions ADD CONSTRAINT no_66 CHECK (latitude <> 66) NOT VALID"
    )
    await bench.superuser.execute("UPDATE streams SET fence = 2 WHERE id = $1", owner.stream_id)
    for one in (former, owner):  # both in one batch
        bench.writer.append(Run(one, AMBULANCE_POSITIONS, 1, 2, [row(one, 1), row(one, 2, latitude=66.0)]))
    bench.writer.append(run_of(neighbour, 1, 2))
    await bench.until(lambda: owner.mark == 2 and neighbour.mark == 2 and former.lost)
    assert [letter.seq for letter in owner.letters] == [2]
    assert former.letters == []
    assert await bench.stored(owner) == [1]


async def test_an_alarm_of_an_ambulance_that_was_removed_is_kept_and_holds_nothing_up(bench: Bench) -> None:
    owner = await bench.stream()
    device: int = await bench.superuser.fetchval("SELECT device_id FROM streams WHERE id = $1", owner.stream_id)
    now = time.time_ns() // 1_000
    alarm = AlarmRow(device, "one", "sos", 10**9, owner.stream_id, 1, now, now, False, 18.5, 73.8)
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 1, 1, [row(owner, 1)], alarms=[alarm]))
    await bench.until(lambda: owner.mark == 1)
    kept = await bench.superuser.fetchrow("SELECT alarm_id, ambulance_id FROM alarms")
    assert kept is not None
    assert tuple(kept) == ("one", None)


async def test_skips_and_dead_letters_move_the_mark_too(bench: Bench) -> None:
    owner = await bench.stream()
    now = time.time_ns() // 1_000
    letter = DeadLetter(owner.stream_id, 5, now, "invalid_value", "latitude", b"[]")
    hole = SkippedRange(owner.stream_id, 1, 4, "spool_full", now)
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 1, 4, skips=[hole]))
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 5, 5, dead=[letter]))
    await bench.until(lambda: owner.mark == 5)
    assert await bench.superuser.fetchval("SELECT last_seq FROM stream_skips") == 4
    assert await bench.superuser.fetchval("SELECT seq FROM dead_letters") == 5


async def test_a_missing_partition_is_made_and_the_batch_stored(bench: Bench) -> None:
    owner = await bench.stream()
    long_ago = 978_310_000_000_000  # 2001-01-01
    bench.writer.append(Run(owner, AMBULANCE_POSITIONS, 1, 1, [row(owner, 1, received_at=long_ago)]))
    await bench.until(lambda: owner.mark == 1)
    assert bench.repaired == [{date(2001, 1, 1)}]
    assert await bench.stored(owner) == [1]


async def test_backends_killed_all_the_time_lose_nothing_and_double_nothing(bench: Bench) -> None:
    owner = await bench.stream()
    for number in range(40):
        bench.writer.append(run_of(owner, number * 50 + 1, number * 50 + 50))
        await asyncio.sleep(0.01)
        if number % 2:
            await bench.superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    await bench.until(lambda: owner.mark == 2_000)
    assert await bench.stored(owner) == list(range(1, 2_001))


async def test_a_locked_mark_holds_its_batch_up_and_breaks_nothing(bench: Bench) -> None:
    owner = await bench.stream()
    async with bench.superuser.transaction():
        await bench.superuser.execute("SELECT FROM streams WHERE id = $1 FOR UPDATE", owner.stream_id)
        bench.writer.append(run_of(owner, 1, 3))
        async with asyncio.timeout(10):
            while bench.writer.failures == 0:  # noqa: ASYNC110 - a failure is told to nobody
                await asyncio.sleep(0.05)
        assert owner.mark == 0
    await bench.until(lambda: owner.mark == 3)
    assert await bench.stored(owner) == [1, 2, 3]


async def test_a_backend_that_nobody_listens_to_is_ended(database: str, superuser: Connection) -> None:
    lost = await connect(database, role=INGEST, command_timeout_s=5)
    mine = await connect(database, role=INGEST, command_timeout_s=5)
    pid = lost.get_server_pid()
    await end_backend(mine, pid)
    for _ in range(100):
        if not await superuser.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid):
            break
        await asyncio.sleep(0.02)
    assert not await superuser.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid)
    assert await mine.fetchval("SELECT current_user") == INGEST
    lost.terminate()
    await mine.close()
