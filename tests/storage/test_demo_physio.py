"""Who exercises at home in a demonstration, stored: once, whatever is asked for again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from arogya.cli import demo_data, demo_physio
from arogya.cli.outcome import CommandError
from storage import migrate
from tests.storage.world import Connection

COUNTS = """
SELECT (SELECT count(*) FROM physio_devices), (SELECT count(*) FROM workout_plans),
       (SELECT count(*) FROM plan_exercises), (SELECT count(*) FROM physio_sessions WHERE status = 'completed'),
       (SELECT count(*) FROM motion_frames)
"""


@pytest.fixture(autouse=True)
def blocking_calls_fail() -> None:
    """Let calls block here: the demonstration's data is prepared as the command line does."""


async def test_patients_have_sensors_plans_and_measured_days_behind_them_stored_once(
    database: str, superuser: Connection, tmp_path: Path
) -> None:
    await migrate.apply(database)  # makes the partitions of today
    await demo_data.prepare(database, tmp_path)
    file = await demo_physio.prepare(database, tmp_path, 1, None)
    told, stored = file.read_text(), tuple(await superuser.fetchrow(COUNTS) or ())
    assert stored[0] == len(demo_physio.CARE)
    assert stored[3] > 6 * len(demo_physio.CARE)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (await demo_physio.prepare(database, tmp_path, 1, None)).read_text() == told
    file.unlink()  # the sensors get new secrets, and nothing else
    await demo_physio.prepare(database, tmp_path, 1, None)
    assert file.read_text() != told
    assert tuple(await superuser.fetchrow(COUNTS) or ()) == stored
    readings = "SELECT count(*) FROM joint_motion_logs l JOIN physio_sessions s ON s.id = l.session_id"
    readings += " WHERE s.ended_by = 'device'"
    samples = "SELECT sum(last_seq * cardinality(joints)) FROM streams WHERE kind = 'motion'"
    assert await superuser.fetchval(readings) == await superuser.fetchval(samples)
    outside = "SELECT count(*) FROM motion_frames f JOIN streams l ON l.id = f.stream_id JOIN physio_sessions s"
    outside += " ON s.id = l.physio_session_id WHERE f.started_at NOT BETWEEN s.started_at AND s.ended_at"
    assert await superuser.fetchval(outside) == 0


async def test_recordings_are_patients_too_and_people_begin_their_own_sessions(
    database: str, superuser: Connection, tmp_path: Path
) -> None:
    await migrate.apply(database)
    await demo_data.prepare(database, tmp_path)
    folder = tmp_path / "recordings"
    folder.mkdir()
    with pytest.raises(CommandError, match="no recordings of joints"):
        await demo_physio.prepare(database, tmp_path, 1, folder)
    (folder / "My bends.csv").write_text("t_s,knee_flexion_l\n0,105\n1,5\n", encoding="utf-8")
    file = await demo_physio.prepare(database, tmp_path, 1, folder)
    wearers = {entry["email"]: entry for entry in json.loads(file.read_text())}
    played = wearers["recording-my-bends@arogya.example"]
    assert (played["joint"], played["rest"], played["target"]) == ("left_knee_flexion", 105.0, 15.0)
    assert played["recording"] == str((folder / "My bends.csv").resolve())
    assert wearers["patient@arogya.example"]["password"] is None
    assert wearers["ajay@arogya.example"]["password"]
    password = (
        "SELECT count(DISTINCT password) FROM users WHERE email IN ('patient@arogya.example', 'doctor@arogya.example')"
    )
    assert await superuser.fetchval(password) == 1  # the public one, still
