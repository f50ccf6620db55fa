"""`arogya replay` against a real hub that is killed, and with spools that are kept or wiped."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from arogya.replay.traces import read_traces
from tests.system.processes import COMMAND, Run, arogya, wait_until

# What a script starts behind an ampersand is not to hear of a Ctrl-C.
BACKGROUND = ["sh", "-c", 'trap \'\' INT; exec "$0" "$@"']

BEGAN = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
Stored = dict[int, Counter[tuple[datetime, float, float]]]  # by stream

pytestmark = pytest.mark.timeout(180)


def write_trace(folder: Path, plates: list[str], seconds: int) -> Path:
    """Write a trace with a row that stands twice and a time that stands still, as real recordings have."""
    lines = ["vehicle_id,t_utc,lat,lon,speed_mps,bearing_deg"]
    for number in range(seconds):
        moment = BEGAN + timedelta(seconds=number - (number % 10 == 7))
        for index, plate in enumerate(plates):
            row = f"{plate},{moment.isoformat()},{18.5 + number / 1e4:.6f},{73.8 + index / 10:.6f},11.1,0"
            lines += [row, row] if number % 25 == 3 else [row]
    path = folder / f"{plates[0]}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def expected(path: Path, plate: str) -> Counter[tuple[datetime, float, float]]:
    trace = next(trace for trace in read_traces(path) if trace.plate_number == plate)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return Counter(
        (epoch + timedelta(microseconds=fix.recorded_at), fix.latitude, fix.longitude) for fix in trace.fixes
    )


def stored(demo: Run, plate: str) -> Stored:
    """Return what the database holds of a vehicle."""
    dsn = demo.entry().dsn

    async def fetch() -> Stored:
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(
                "SELECT p.stream_id, p.recorded_at, p.latitude, p.longitude FROM ambulance_positions p"
                " JOIN ambulances a ON a.id = p.ambulance_id WHERE a.plate_number = $1",
                plate,
            )
        finally:
            await connection.close()
        found: Stored = {}
        for stream, *fix in rows:
            found.setdefault(stream, Counter())[tuple(fix)] += 1
        return found

    return asyncio.run(fetch())


@contextmanager
def begun(demo: Run, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a replay, which does not outlive the block."""
    command = [*COMMAND, "replay", "--state", str(demo.state), *words]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as replay:
        try:
            yield replay
        finally:
            replay.kill()


def kill_the_hub(demo: Run) -> None:
    os.kill(demo.hub(), signal.SIGKILL)


def some(demo: Run, plate: str, least: int) -> Callable[[], bool]:
    return lambda: sum(map(Counter.total, stored(demo, plate).values())) >= least


def test_every_fix_is_stored_once_though_the_hub_is_killed_three_times(demo: Run, tmp_path: Path) -> None:
    path = write_trace(tmp_path, ["R-1", "R-2"], 240)
    with begun(demo, str(path), "--speed", "40") as replay:
        for least in (30, 100, 170):
            wait_until(some(demo, "R-1", least), f"{least} fixes")
            kill_the_hub(demo)
        assert replay.wait(90) == 0
    for plate in ("R-1", "R-2"):
        assert list(stored(demo, plate).values()) == [expected(path, plate)]


def test_a_second_replay_is_a_new_stream_and_says_what_it_did(demo: Run, tmp_path: Path) -> None:
    path = write_trace(tmp_path, ["R-3"], 60)
    for streams in (1, 2):
        done = arogya("replay", "--state", str(demo.state), str(path), "--speed", "1000")
        assert done.returncode == 0, done.stderr
        assert list(stored(demo, "R-3").values()) == [expected(path, "R-3")] * streams
    total = str(expected(path, "R-3").total())
    assert done.stdout.splitlines()[1].split()[:5] == ["R-3", total, total, total, "0"]
    assert "100%" in done.stderr


def test_a_killed_replay_is_taken_up_where_it_was(demo: Run, tmp_path: Path) -> None:
    path = write_trace(tmp_path, ["R-4"], 120)
    words = (str(path), "--speed", "40", "--spool", str(tmp_path / "spools"))
    with begun(demo, *words):
        wait_until(some(demo, "R-4", 40), "40 fixes")
    done = arogya("replay", "--state", str(demo.state), *words)
    assert done.returncode == 0, done.stderr
    assert "went on at fix" in done.stdout
    assert list(stored(demo, "R-4").values()) == [expected(path, "R-4")]
    again = arogya("replay", "--state", str(demo.state), *words)
    assert again.returncode == 0
    assert list(stored(demo, "R-4").values()) == [expected(path, "R-4")]


@pytest.mark.parametrize(("plate", "shell"), [("R-8", []), ("R-9", BACKGROUND)], ids=["foreground", "background"])
def test_a_replay_that_is_told_to_end_leaves_no_secrets_behind(
    demo: Run, tmp_path: Path, plate: str, shell: list[str]
) -> None:
    path = write_trace(tmp_path, [plate], 120)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    command = [*shell, *COMMAND, "replay", "--state", str(demo.state), str(path), "--speed", "10"]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as replay:
        wait_until(some(demo, plate, 10), "10 fixes")
        assert any(temporary.glob("arogya-replay-*"))
        replay.terminate()
        assert replay.wait(20) == 130
    assert not any(temporary.glob("arogya-replay-*"))


def test_a_wiped_spool_is_a_second_stream_and_nothing_acked_is_lost(demo: Run, tmp_path: Path) -> None:
    path = write_trace(tmp_path, ["R-5"], 120)
    words = (str(path), "--speed", "40", "--spool", str(tmp_path / "spools"))
    with begun(demo, *words):
        wait_until(some(demo, "R-5", 40), "40 fixes")
    shutil.rmtree(tmp_path / "spools")
    before = stored(demo, "R-5")
    assert arogya("replay", "--state", str(demo.state), *words).returncode == 0
    after = stored(demo, "R-5")
    assert len(after) == 2
    (first,) = before
    assert before[first] <= after[first] <= expected(path, "R-5")
    assert after[max(after)] == expected(path, "R-5")


def test_refused_rows_are_counted_and_the_others_stored(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(
        "vehicle_id,t_utc,lat,lon\nR-6,2024-01-01T00:00:00Z,10,20\nR-6,2024-01-01T00:00:01Z,95,20\n"
        "R-6,2024-01-01T00:00:02Z,11,20\n",
        encoding="utf-8",
    )
    done = arogya("replay", "--state", str(demo.state), str(path))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].split()[:5] == ["R-6", "3", "3", "3", "1"]
    (fixes,) = stored(demo, "R-6").values()
    assert [latitude for _, latitude, _ in sorted(fixes)] == [10.0, 11.0]


def test_a_mistaken_file_is_refused_before_anything_is_sent(demo: Run, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    done = arogya("replay", "--state", str(demo.state), str(path))
    assert done.returncode == 2
    assert "no column for time" in done.stderr


def test_without_a_hub_it_says_what_to_do(tmp_path: Path) -> None:
    path = write_trace(tmp_path, ["R-7"], 3)
    done = subprocess.run(
        [sys.executable, "-m", "arogya", "replay", "--state", str(tmp_path / "none"), str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert "arogya" in done.stderr
