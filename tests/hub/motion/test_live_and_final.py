"""What is counted live is what is counted from the store: in order and without gaps, over connections and targets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from arogya.simulator.movement import draw, perform
from hub.clock import Clock
from hub.ingest.intake import Intake
from hub.motion.recount import Recount
from storage.pool import Database, Transaction
from tests.hub.ingest.test_session import running
from tests.hub.motion.sensor import Sensor, claim
from tests.hub.motion.ward import HIP, KNEE, Ward
from tests.hub.motion.ward import ward as ward_of
from tests.protocol.rig.hub import START_US
from tests.storage.world import Connection

AT_ONCE = 80  # samples, within the credit of these tests


@pytest.fixture
async def ward(superuser: Connection) -> Ward:
    return await ward_of(superuser)


@pytest.fixture
async def intake(database: str, ingest_pool: Database) -> AsyncIterator[Intake]:
    async with running(database, ingest_pool) as (running_intake, _, _):
        yield running_intake


async def free(transaction: Transaction) -> None:
    """Let everybody count."""


async def repetitions(db: Connection, session_id: UUID) -> list[Any]:
    rows = await db.fetch(
        "SELECT r.* FROM motion_repetitions r JOIN streams s ON s.id = r.stream_id"
        " WHERE s.physio_session_id = $1 ORDER BY r.joint, r.number",
        session_id,
    )
    return [dict(row) for row in rows]


async def send(sensor: Sensor, at_us: Any, angles: Any, rng: np.random.Generator) -> None:
    """Send samples in frames of any length."""
    start = acked = 0
    while start < len(at_us):
        end = min(start + int(rng.integers(1, AT_ONCE)), len(at_us), acked + AT_ONCE)
        began = int(at_us[start])
        offsets = (at_us[start:end] - began).tolist()
        times = {"interval_us": None, "offsets_us": offsets, "sent_at": START_US + int(at_us[end - 1])}
        await sensor.frame(angles[:, start:end], START_US + began, **times)
        start = end
        if start in (acked + AT_ONCE, len(at_us)):
            await sensor.acked(sensor.seq - 1)
            acked = start


@pytest.mark.parametrize("seed", [1, 2])
async def test_live_and_final_are_the_same(
    intake: Intake, ward: Ward, superuser: Connection, reader: Database, app_pool: Database, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    exercise = replace(draw(rng), repetitions=3, rate_hz=50.0, joint=KNEE)
    movement = perform(exercise, rng)
    angles = np.stack([movement.angle, movement.angle[::-1]])
    session_id = await ward.begun(rest_angle=exercise.rest_angle, target_angle=exercise.target_angle)
    log, cut = claim(session_id, (KNEE, HIP)), len(movement.at_us) // 2
    for part in (slice(0, cut), slice(cut, None)):  # the second half over another connection, to another target
        sensor = Sensor(intake, ward)
        await sensor.join(log)
        await send(sensor, movement.at_us[part], angles[:, part], rng)
        sensor.gone()
        await superuser.execute(
            "INSERT INTO motion_targets (session_id, joint, set_at, rest_angle, target_angle)"
            " VALUES ($1, $2, now(), $3, $4)",
            *(session_id, KNEE, exercise.rest_angle, exercise.target_angle * 0.8),
        )
    live = await repetitions(superuser, session_id)
    assert len(live) >= len(movement.done)
    await superuser.execute("UPDATE physio_sessions SET status = 'completed' WHERE id = $1", session_id)
    assert await Recount(reader, app_pool, Clock()).count(session_id, free)
    assert await repetitions(superuser, session_id) == live
