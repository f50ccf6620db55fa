"""`arogya replay` of recordings of joints, to a real hub that is killed, and by a replay that is."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from math import cos, pi
from pathlib import Path

import asyncpg
import pytest

from arogya.replay.recordings import read_recording
from tests.arogya.replay.test_replay import begun, kill_the_hub
from tests.system.processes import Run, arogya, wait_until

RECORDINGS = Path(__file__).parents[4] / "shared" / "data" / "joint"

pytestmark = pytest.mark.timeout(180)


def write_bends(folder: Path, name: str, seconds: int = 20, every_s: float = 4.0) -> Path:
    """Write a recording of knees that bend to 100 degrees again and again, at 60 Hz."""
    lines = ["t_s,knee_flexion_r,knee_flexion_l,note_m"]
    for number in range(seconds * 60):
        angle = 50 - 50 * cos(2 * pi * number / 60 / every_s)
        lines.append(f"{number / 60:.6f},{angle:.2f},{angle * 0.5:.2f},1")
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def stored(demo: Run, name: str) -> list[dict[str, list[float]]]:
    """Return for each session of a recording its angles by joint, in the order of their times."""
    dsn = demo.entry().dsn

    async def fetch() -> list[dict[str, list[float]]]:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "SELECT l.session_id, l.joint, array_agg(l.angle ORDER BY l.timestamp) AS angles"
                "  FROM joint_motion_logs l JOIN physio_sessions s ON s.id = l.session_id"
                "  JOIN users u ON u.id = s.patient_id WHERE u.name = $1 GROUP BY 1, 2",
                f"Recording {name}",
            )
        finally:
            await connection.close()
        found: dict[object, dict[str, list[float]]] = {}
        for session, joint, angles in rows:
            found.setdefault(session, {})[joint] = angles
        return list(found.values())

    return asyncio.run(fetch())


def expected(path: Path) -> dict[str, object]:
    recording = read_recording(path)
    return {
        joint: pytest.approx(angles, abs=1e-3) for joint, angles in zip(recording.joints, recording.angles, strict=True)
    }


def frames(demo: Run, name: str) -> int:
    dsn = demo.entry().dsn

    async def fetch() -> int:
        connection = await asyncpg.connect(dsn)
        try:
            count: int = await connection.fetchval(
                "SELECT count(*) FROM motion_frames f JOIN streams l ON l.id = f.stream_id"
                "  JOIN physio_sessions s ON s.id = l.physio_session_id"
                "  JOIN users u ON u.id = s.patient_id WHERE u.name = $1",
                f"Recording {name}",
            )
        finally:
            await connection.close()
        return count

    return asyncio.run(fetch())


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="needs the recordings that lie beside the project")
def test_the_recordings_count_five_five_and_none_though_the_hub_is_killed_in_between(demo: Run, tmp_path: Path) -> None:
    paths = [RECORDINGS / f"{name}_mocap.csv" for name in ("squat", "sts", "walk")]
    with begun(demo, *map(str, paths), "--speed", "2", "--spool", str(tmp_path / "spool")) as replay:
        for least in (10, 50):
            wait_until(lambda least=least: frames(demo, "squat_mocap") >= least, f"{least} frames")  # type: ignore[misc]  # mypy#4226
            kill_the_hub(demo)
        assert replay.wait(90) == 0
    for path in paths:
        assert stored(demo, path.stem) == [expected(path)]
    # What is taken up at its end sends nothing, and says once more what was counted.
    done = arogya("replay", "--state", str(demo.state), *map(str, paths), "--spool", str(tmp_path / "spool"))
    assert done.returncode == 0, done.stderr
    counts = re.findall(r"^  (right_knee_flexion) +(\d+) valid of (\d+)$", done.stdout, re.MULTILINE)
    assert [int(valid) for _, valid, _ in counts] == [5, 5, 0]
    assert [int(all_) for _, _, all_ in counts[:2]] == [5, 5]
    assert stored(demo, "squat_mocap") == [expected(paths[0])]


def test_a_killed_replay_of_movement_is_taken_up_where_it_was(demo: Run, tmp_path: Path) -> None:
    path = write_bends(tmp_path, "bends")
    words = (str(path), "--speed", "5", "--spool", str(tmp_path / "spool"))
    with begun(demo, *words) as replay:
        wait_until(lambda: frames(demo, "bends") >= 30, "30 frames")
        os.kill(replay.pid, signal.SIGKILL)
    done = arogya("replay", "--state", str(demo.state), *words)
    assert done.returncode == 0, done.stderr
    assert "went on at sample" in done.stdout
    assert "left out: note_m" in done.stderr
    assert stored(demo, "bends") == [expected(path)]


def test_what_is_to_be_reached_may_be_said_and_a_second_replay_is_another_session(demo: Run, tmp_path: Path) -> None:
    path = write_bends(tmp_path, "others", seconds=12)
    words = ("replay", "--state", str(demo.state), str(path), "--speed", "20", "--joint", "left_knee_flexion")
    for target, valid in ((50, 3), (80, 0)):
        done = arogya(*words, "--rest", "0", "--target", str(target))
        assert done.returncode == 0, done.stderr
        assert f"  left_knee_flexion   {valid} valid of 3" in done.stdout
    assert stored(demo, "others") == [expected(path)] * 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--joint", "neck_flexion"), "has no neck_flexion"),
        (("--target", "400"), "from -360 to 360"),
        (("--credentials", "none.json"), "needs the database"),
    ],
    ids=["joint", "target", "credentials"],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(
    demo: Run, tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    done = arogya("replay", "--state", str(demo.state), str(write_bends(tmp_path, "refused", seconds=1)), *words)
    assert done.returncode == 2
    assert why in done.stderr


def test_traces_and_recordings_are_replayed_apart(demo: Run, tmp_path: Path) -> None:
    trace = tmp_path / "drive.csv"
    trace.write_text("vehicle_id,t_utc,lat,lon\nR-M,2024-01-01T00:00:00Z,10,20\n", encoding="utf-8")
    done = arogya("replay", "--state", str(demo.state), str(trace), str(write_bends(tmp_path, "mixed", seconds=1)))
    assert done.returncode == 2
    assert "one after the other" in done.stderr
