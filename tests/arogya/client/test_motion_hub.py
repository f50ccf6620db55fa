"""The motion client and a real hub, in both encodings."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
import pytest

from arogya.client import ClaimRefusal, MotionClient, MotionHooks, MotionRefusal
from arogya.client.hooks import wall_clock_us
from arogya.replay import sessions
from arogya.replay.recordings import Recording
from tests.arogya.client.moving import INTERVAL_US, angles
from tests.arogya.client.tiny_hub import until
from tests.arogya.client.tiny_motion_hub import KNEES, QUICK
from tests.system.processes import Run

HOUR_US = 3_600_000_000

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_frames_are_stored_and_what_may_not_be_is_refused(
    demo: Run, tmp_path: Path, encoding: Literal["msgpack", "json"]
) -> None:
    dsn = (await asyncio.to_thread(demo.entry)).dsn
    recording = Recording(f"real {encoding}", tmp_path, [0, 60_000_000], KNEES, [[0.0, 0.0]] * 2, ())
    (seat,) = await sessions.take_seats(dsn, [recording], None, None, tmp_path)
    refusals: list[MotionRefusal] = []
    aside: list[ClaimRefusal] = []
    hooks = MotionHooks(on_refused=refusals.append, on_set_aside=aside.append)

    def client() -> MotionClient:
        folder = tmp_path / "spool"
        return MotionClient(demo.url, seat.secret, folder=folder, encoding=encoding, hooks=hooks, options=QUICK)

    told = {"session": str(seat.session)}
    async with client() as sensor:
        assert (await sensor.report("session_start", told)).status == "done"
        stream = await sensor.open(seat.session, KNEES)
        foreign = await sensor.open(uuid4(), KNEES)
        await stream.send(wall_clock_us(), INTERVAL_US, angles(1, 5))
        await stream.send(wall_clock_us(), [0, 9_000, 21_000], angles(6, 3), repetition=2)
        await stream.drained(30)
        await until(lambda: foreign.refused)
    await over_for_an_hour(dsn, seat.session)
    async with client() as sensor:
        stream = await sensor.open(seat.session, KNEES)
        await stream.send(wall_clock_us(), INTERVAL_US, angles(9, 5))  # after its end
        await stream.send(wall_clock_us() - 2 * HOUR_US, INTERVAL_US, angles(14, 5))  # in it, and late
        await stream.drained(30)
        assert (await sensor.report("session_stop", told)).status == "done"  # a repeat changes nothing
    assert [(refusal.first, refusal.last, refusal.code) for refusal in refusals] == [(9, 13, "outside_session")]
    assert [claim.code for claim in aside] == ["forbidden"]
    (outcome,) = await sessions.outcomes(dsn, [seat.session])
    assert (outcome.counted, outcome.samples) == (True, 13)


async def over_for_an_hour(dsn: str, session: UUID) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "UPDATE physio_sessions SET status = 'completed', started_at = now() - interval '3 hours',"
            "       ended_at = now() - interval '1 hour' WHERE id = $1",
            session,
        )
    finally:
        await connection.close()
