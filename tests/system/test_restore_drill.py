"""The drill of docs/operations.md for real: a backup is restored under tablets that go on sending all the while."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

from arogya.client import DeviceClient, Fix
from tests.system.processes import DEADLINE_S, Run, arogya
from tests.system.test_serve import free_port

pytestmark = pytest.mark.timeout(240)
TABLETS = 3
EVERY_S = 0.05  # between two fixes of a tablet
SOME = 20  # fixes that each phase of the drill waits for


class Hole(NamedTuple):
    """Samples that a tablet said it will never send."""

    first: int
    last: int
    reason: str


class Tablet:
    """A device that sends a fix every now and then and remembers what it gave which number."""

    def __init__(self, client: DeviceClient, place: int) -> None:
        self.client = client
        self.sent: dict[int, int] = {}  # seq → recorded_at in µs
        self.driving = True
        self._latitude = 18.5 + place / 10

    async def drive(self) -> None:
        """Send until told to stop; never waits for the hub."""
        while self.driving:
            recorded_at = time.time_ns() // 1000
            self._latitude += 0.000_003
            fix = Fix(recorded_at, self._latitude, 73.85, speed=6.0, accuracy=4.0)
            self.sent[await self.client.send(fix)] = recorded_at
            await asyncio.sleep(EVERY_S)

    async def acked_beyond(self, seq: int) -> None:
        """Wait until the hub has committed more than this."""
        deadline = time.monotonic() + DEADLINE_S
        while not (self.client.connected and self.client.acked_seq > seq):
            assert time.monotonic() < deadline, (seq, self.client.acked_seq, self.client.last_ending)
            await asyncio.sleep(0.02)


@pytest.fixture
def blocking_calls_fail() -> None:
    """Let calls block: what must not be held up are the hubs, and they are processes of their own."""


@pytest.fixture
def serving(tmp_path: Path) -> Path:
    """The state folder of a run with two hubs."""
    return tmp_path / "state"


@pytest.fixture
async def hub(serving: Path, tmp_path: Path) -> AsyncIterator[Run]:
    (tmp_path / "arogya.toml").write_text("[server]\nmetrics_port = 0\n")
    words = ("--port", free_port(), "--config", str(tmp_path / "arogya.toml"), "--workers", "2")
    with Run("serve", serving, *words) as run:
        await asyncio.to_thread(run.wait_ready)
        yield run
        await asyncio.to_thread(run.__exit__, None, None, None)


@pytest.fixture
async def tablets(hub: Run, serving: Path, tmp_path: Path) -> AsyncIterator[list[Tablet]]:
    (tmp_path / "fleet.csv").write_text("plate_number\n" + "".join(f"KA-01-AB-{n:04}\n" for n in range(TABLETS)))
    words = ("--csv", str(tmp_path / "fleet.csv"), "--new-ambulance", "--secret", "--json", "--state", str(serving))
    added = await said_by("device", "add", *words)
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as driving:
        fleet = []
        for place, credential in enumerate(json.loads(added)):
            client = DeviceClient(hub.url, credential["secret"], spool=tmp_path / f"spool-{place}.db")
            fleet.append(Tablet(await stack.enter_async_context(client), place))
            driving.create_task(fleet[-1].drive())
        yield fleet
        for tablet in fleet:
            tablet.driving = False


async def said_by(*words: str) -> str:
    """Return what a command printed; it must succeed."""
    done = await asyncio.to_thread(arogya, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def all_beyond(tablets: list[Tablet], more: int) -> dict[int, int]:
    """Wait until each tablet heard of this many more commits; returns the streams' acked numbers."""
    goals = [(tablet, tablet.client.acked_seq + more) for tablet in tablets]
    for tablet, goal in goals:
        await tablet.acked_beyond(goal)
    return acked(tablets)


def acked(tablets: list[Tablet]) -> dict[int, int]:
    """Return what each stream was told is committed."""
    return {tablet.client.stream or 0: tablet.client.acked_seq for tablet in tablets}


async def stored_in(dsn: str) -> dict[int, list[tuple[int, int]]]:
    """Return (seq, recorded_at in µs) of every fix, by stream."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "SELECT stream_id, seq, (extract(epoch FROM recorded_at) * 1000000)::bigint AS recorded_at"
            " FROM ambulance_positions ORDER BY stream_id, seq"
        )
    finally:
        await connection.close()
    found: dict[int, list[tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row["stream_id"], []).append((row["seq"], row["recorded_at"]))
    return found


async def holes_in(dsn: str) -> dict[int, list[Hole]]:
    """Return the holes on record, by stream."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch("SELECT * FROM stream_skips ORDER BY stream_id, first_seq")
    finally:
        await connection.close()
    found: dict[int, list[Hole]] = {}
    for row in rows:
        found.setdefault(row["stream_id"], []).append(Hole(row["first_seq"], row["last_seq"], row["reason"]))
    return found


async def test_tablets_that_know_more_than_the_restored_hub_go_on_and_the_holes_are_on_record(
    hub: Run, tablets: list[Tablet], serving: Path, tmp_path: Path
) -> None:
    before_backup = await all_beyond(tablets, SOME)
    file = str(tmp_path / "hub.dump")
    await said_by("backup", file, "--state", str(serving))
    after_backup = acked(tablets)
    lost_at_most = await all_beyond(tablets, SOME)  # acked, and not in the backup
    await said_by("restore", file, "--force", "--state", str(serving))
    known_at_restore = {tablet.client.stream or 0: tablet.client.last_seq for tablet in tablets}
    for tablet in tablets:
        await tablet.acked_beyond(known_at_restore[tablet.client.stream or 0] + SOME)
        tablet.driving = False
    for tablet in tablets:
        await tablet.client.drained(DEADLINE_S)

    stored, holes = await stored_in(hub.entry().dsn), await holes_in(hub.entry().dsn)
    assert set(stored) == set(before_backup) == set(holes)
    for tablet in tablets:
        stream = tablet.client.stream or 0
        numbers = [seq for seq, _ in stored[stream]]
        missing = [seq for hole in holes[stream] for seq in range(hole.first, hole.last + 1)]
        assert {hole.reason for hole in holes[stream]} == {"hub_lost"}
        # Each sample is stored once or known to be lost, and what is stored is what was sent under that number.
        assert sorted(numbers + missing) == list(range(1, tablet.client.last_seq + 1))
        assert stored[stream] == [(seq, tablet.sent[seq]) for seq in numbers]
        # Lost is only what the hub had acked after the backup began; what was on its way or came later is not.
        assert min(missing) > before_backup[stream]
        assert min(missing) <= lost_at_most[stream]
        assert max(missing) <= known_at_restore[stream]
        assert after_backup[stream] <= lost_at_most[stream]
    doctor = await asyncio.to_thread(arogya, "doctor", "--state", str(serving))
    assert doctor.returncode == 0, doctor.stdout
