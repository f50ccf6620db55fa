"""A session's motion as a chart and as a file: the same readings that the view shows, and only for whom they are."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import numpy as np
import pytest

from tests.handlers.rig import Hub
from tests.handlers.world import World

KNEE, HIP = "right_knee_flexion", "right_hip_flexion"
STARTED = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
RATE = 100


@pytest.fixture
async def session(hub: Hub, world: World, database: str) -> UUID:
    """A session of PT with DR: two joints at 100 Hz for 20 s from a device, and one reading by plain SQL."""
    connection = await asyncpg.connect(database)
    try:
        session_id: UUID = await connection.fetchval(
            "INSERT INTO physio_sessions (patient_id, therapist_id, scheduled_at, status, started_at)"
            " VALUES ($1, $2, $3, 'in_progress', $3) RETURNING id",
            *(world.users["PT"], world.users["DR"], STARTED),
        )
        stream_id = await connection.fetchval(
            "INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints)"
            " VALUES ($1, $2, 'motion', $3, $4) RETURNING id",
            *(world.devices["PX"], "0" * 32, session_id, [KNEE, HIP]),
        )
        t = np.arange(RATE)
        for second in range(20):
            knee = 45 - 45 * np.cos(2 * np.pi * (second * RATE + t) / 400)
            angles = [*knee.tolist(), *[float("nan") if second == 3 else 10.0] * RATE]
            started = STARTED + timedelta(seconds=second)
            await connection.execute(
                "INSERT INTO motion_frames VALUES ($1, $2, now(), $3, 10000, '{}', $4)",
                *(stream_id, second * RATE + 1, started, angles),
            )
        await connection.execute("INSERT INTO motion_repetitions VALUES ($1, $2, 1, 100, 499)", stream_id, KNEE)
        await connection.execute(
            "INSERT INTO joint_motion_logs (session_id, timestamp, joint, angle) VALUES ($1, $2, $3, 130)",
            *(session_id, STARTED - timedelta(seconds=1), KNEE),
        )
    finally:
        await connection.close()
    return session_id


async def test_a_chart_has_few_points_and_every_extreme(hub: Hub, world: World, session: UUID) -> None:
    path = f"/api/v1/physio_sessions/{session}/motion"
    answer = await hub.call("GET", f"{path}?points=50", token=world.tokens["PT"])
    assert answer.status == 200, answer
    assert datetime.fromisoformat(answer.json["started_at"]) == STARTED - timedelta(seconds=1)
    hip, knee = answer.json["joints"]
    assert (hip["joint"], hip["readings"], knee["joint"], knee["readings"]) == (HIP, 1_900, KNEE, 2_001)
    assert 4 <= len(knee["angles"]) == len(knee["seconds"]) <= 50
    assert (min(knee["angles"]), max(knee["angles"])) == (0.0, 130.0)
    assert knee["seconds"] == sorted(knee["seconds"])
    assert (knee["seconds"][0], knee["seconds"][-1]) == (0.0, 20.99)


async def test_a_stretch_is_shown_reading_by_reading(hub: Hub, world: World, session: UUID) -> None:
    path = f"/api/v1/physio_sessions/{session}/motion"
    whole = await hub.call("GET", f"{path}?points=20000", token=world.tokens["PT"])
    for since, until in [(3.5, 4.25), (-5, 2), (20.5, 90), (0, 0)]:
        answer = await hub.call("GET", f"{path}?points=20000&from={since}&to={until}", token=world.tokens["PT"])
        assert answer.json["started_at"] == whole.json["started_at"]
        for part in answer.json["joints"]:
            [all_of_it] = [one for one in whole.json["joints"] if one["joint"] == part["joint"]]
            pairs = list(zip(all_of_it["seconds"], all_of_it["angles"], strict=True))
            inside = [pair for pair in pairs if since <= pair[0] <= until]
            assert list(zip(part["seconds"], part["angles"], strict=True)) == inside
            assert part["readings"] == len(inside)
    answer = await hub.call("GET", f"{path}?from=500&to=900", token=world.tokens["PT"])
    assert (answer.status, answer.json["joints"]) == (200, [])


async def test_the_file_has_what_the_view_shows(hub: Hub, world: World, database: str, session: UUID) -> None:
    path = f"/api/v1/physio_sessions/{session}/motion.csv"
    answer = await hub.call("GET", path, token=world.tokens["DR"])
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(answer.body.decode())))
    assert lines.pop(0) == ["timestamp", "joint", "angle", "repetition"]
    connection = await asyncpg.connect(database)
    rows = await connection.fetch("SELECT * FROM joint_motion_logs WHERE session_id = $1", session)
    await connection.close()
    stored = {(row["timestamp"], row["joint"], round(row["angle"], 4), str(row["repetition"] or "")) for row in rows}
    assert {(datetime.fromisoformat(at), joint, float(a), n) for at, joint, a, n in lines} == stored
    assert len(lines) == len(rows) == 3_901
    assert sum(line[3] == "1" for line in lines) == 400


async def test_the_list_shows_a_session_a_page_at_a_time(hub: Hub, world: World, session: UUID) -> None:
    path = "/api/v1/joint_motion_logs"
    answer = await hub.call("GET", f"{path}?session_id={session}&joint={KNEE}&limit=2", token=world.tokens["PT"])
    assert answer.status == 200, answer
    assert [item["angle"] for item in answer.json["items"]] == [130.0, 0.0]
    answer = await hub.call("GET", path, token=world.tokens["PT"])
    assert (answer.status, answer.json["field"]) == (422, "session_id")


@pytest.mark.parametrize("ending", ["", ".csv"])
async def test_only_the_patient_and_their_doctors_see_it(
    hub: Hub, world: World, database: str, session: UUID, ending: str
) -> None:
    path = f"/api/v1/physio_sessions/{session}/motion{ending}"
    statuses = {who: (await hub.call("GET", path, token=world.tokens[who])).status for who in world.tokens}
    allowed = {who for who, status in statuses.items() if status == 200}
    assert allowed == {"PT", "DR"}
    assert {status for who, status in statuses.items() if who in ("PT closed", "DR elsewhere", "AD")} == {404}
    connection = await asyncpg.connect(database)
    rows = await connection.fetch(
        "SELECT actor_id FROM audit_log"
        " WHERE action = 'joint_motion_logs.R' AND patient_id = $1 AND outcome = 'allowed'",
        world.users["PT"],
    )
    await connection.close()
    assert {row["actor_id"] for row in rows} == {str(world.users["PT"]), str(world.users["DR"])}


async def test_a_session_without_readings_has_an_empty_chart(hub: Hub, world: World, database: str) -> None:
    connection = await asyncpg.connect(database)
    session_id = await connection.fetchval(
        "INSERT INTO physio_sessions (patient_id, therapist_id) VALUES ($1, $2) RETURNING id",
        *(world.users["PT"], world.users["DR"]),
    )
    await connection.close()
    answer = await hub.call("GET", f"/api/v1/physio_sessions/{session_id}/motion", token=world.tokens["PT"])
    assert (answer.status, answer.json) == (200, {"started_at": None, "joints": []})
