"""The documented view over motion frames."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from storage.pool import APP
from tests.storage import world
from tests.storage.world import NINE, Connection

KNEE, HIP = "right_knee_flexion", "right_hip_flexion"
NAN = float("nan")


async def _motion_stream(connection: Connection) -> tuple[object, int]:
    session = await world.physio_session(connection)
    device = await world.insert(connection, "devices", kind="physio", name="Knee sensor")
    stream = await world.insert(
        connection,
        "streams",
        device_id=device,
        log_id="a" * 32,
        kind="motion",
        physio_session_id=session,
        joints=[KNEE, HIP],
    )
    return session, stream


async def _frame(connection: Connection, stream: int, seq: int, offsets: list[int], angles: list[float]) -> None:
    now = datetime.now(UTC)
    await connection.execute(
        "INSERT INTO motion_frames VALUES ($1, $2, $3, $4, 10000, $5, $6)", stream, seq, now, NINE, offsets, angles
    )


async def test_a_frame_is_shown_as_a_reading_a_row(superuser: Connection) -> None:
    session, stream = await _motion_stream(superuser)
    await _frame(superuser, stream, 1, [], [1, 2, 3, 10, NAN, 30])
    await _frame(superuser, stream, 4, [0, 700], [4, 5, 40, 50])
    await superuser.execute(
        "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq) VALUES ($1, $2, 7, 2, 4)",
        stream,
        KNEE,
    )
    rows = await superuser.fetch("SELECT * FROM joint_motion_logs ORDER BY joint DESC, id")
    ms = timedelta(milliseconds=1)
    assert [(row["joint"], row["timestamp"] - NINE, row["angle"], row["repetition"]) for row in rows] == [
        (KNEE, 0 * ms, 1, None),
        (KNEE, 10 * ms, 2, 7),
        (KNEE, 20 * ms, 3, 7),
        (KNEE, 0 * ms, 4, 7),
        (KNEE, 0.7 * ms, 5, None),
        (HIP, 0 * ms, 10, None),
        (HIP, 20 * ms, 30, None),
        (HIP, 0 * ms, 40, None),
        (HIP, 0.7 * ms, 50, None),
    ]
    assert {row["session_id"] for row in rows} == {session}
    assert len({row["id"] for row in rows}) == len(rows)


async def test_a_plain_insert_comes_back_as_it_went_in(superuser: Connection) -> None:
    session = await world.physio_session(superuser)
    readings = [(KNEE, 10.5, 1), (HIP, 3.0, None), (KNEE, 90.0, 1), (KNEE, 12.0, 2), (KNEE, 80.0, 1), (HIP, -5.0, 1)]
    await superuser.execute(f"SET ROLE {APP}")
    keys = [
        await superuser.fetchval(
            'INSERT INTO joint_motion_logs (session_id, "timestamp", joint, angle, repetition)'
            " VALUES ($1, $2, $3, $4, $5) RETURNING id",
            session,
            NINE + timedelta(milliseconds=n),
            *reading,
        )
        for n, reading in enumerate(readings)
    ]
    rows = await superuser.fetch('SELECT * FROM joint_motion_logs WHERE session_id = $1 ORDER BY "timestamp"', session)
    assert [(row["joint"], row["angle"], row["repetition"]) for row in rows] == readings
    assert [row["timestamp"] for row in rows] == [NINE + timedelta(milliseconds=n) for n in range(len(readings))]
    assert [row["id"] for row in rows] == keys
    streams = await superuser.fetch("SELECT kind, last_seq, joints FROM streams")
    assert [tuple(row) for row in streams] == [("sql", len(readings), [KNEE, HIP])]


@pytest.mark.parametrize("angle", [361.0, NAN, None])
async def test_an_impossible_angle_is_refused(superuser: Connection, angle: float | None) -> None:
    session = await world.physio_session(superuser)
    with pytest.raises(asyncpg.CheckViolationError):
        await superuser.execute(
            "INSERT INTO joint_motion_logs (session_id, joint, angle) VALUES ($1, $2, $3)", session, KNEE, angle
        )


async def test_readings_are_never_changed_through_the_view(superuser: Connection) -> None:
    for change in ("UPDATE joint_motion_logs SET angle = 0", "DELETE FROM joint_motion_logs"):
        with pytest.raises(asyncpg.PostgresError, match="cannot"):
            await superuser.execute(change)
