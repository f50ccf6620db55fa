"""A row that PostgreSQL alone refuses becomes one dead letter, and its neighbours do not wait."""

from __future__ import annotations

import time

import asyncpg
import pytest

from tests.faults.conftest import PlayScene, StartHub
from tests.faults.rig.checker import wait_until

POISON_LATITUDE = 12.5
NEIGHBOURS_S = 1.0


@pytest.mark.timeout(120)
async def test_a_poison_row_becomes_one_dead_letter_and_its_neighbours_are_acked_within_a_second(
    start_hub: StartHub, play: PlayScene, fault_database: str
) -> None:
    """F9."""
    connection = await asyncpg.connect(fault_database)
    await connection.execute(
        f"ALTER TABLE ambulance_positions ADD CONSTRAINT poison CHECK (latitude <> {POISON_LATITUDE})"
    )
    hub = await start_hub()
    scene = await play(hub)
    tablet = scene.tablets[0]
    seq = tablet.keep(tablet.next_fix()._replace(latitude=POISON_LATITUDE))
    goals = {other: other.recorded + 1 for other in scene.tablets}  # neighbours in time, and in the same stream
    sent = time.monotonic()
    await wait_until(lambda: all(t.mine.acked >= goal for t, goal in goals.items()), 10, "the neighbours acked")
    assert time.monotonic() - sent < NEIGHBOURS_S + 1 / scene.load.rate_hz
    await wait_until(lambda: bool(tablet.mine.refused), 5, "the refusal told")
    assert list(tablet.mine.refused) == [seq]
    verdict = await scene.judge()
    assert verdict.dead == 1
    letters = await connection.fetch("SELECT seq, code, detail FROM dead_letters")
    await connection.close()
    assert [letter["seq"] for letter in letters] == [seq]
    assert letters[0]["detail"] == "poison"
