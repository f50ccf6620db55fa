"""`arogya demo` as a user runs it: real processes, killed and stopped in every way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from arogya import running
from tests.system.processes import DEADLINE_S, Run, arogya, descendants, is_living, wait_until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that the tests of this module hand on, so that the cluster is made once."""
    return tmp_path_factory.mktemp("demo") / "state"


def query(dsn: str, sql: str) -> object:
    async def run() -> object:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(run())


def demo(state: Path, *words: str) -> Run:
    return Run("demo", state, "--no-fleet", *words)


def test_it_shows_where_to_look_and_ends_by_itself(state: Path) -> None:
    with Run("demo", state, "--for-seconds", "3") as run:
        run.wait_ready()
        for word in ("Open", run.url, "dispatcher@arogya.example", "admin@arogya.example", "Ctrl-C"):
            assert word in run.output
        below = descendants(run.pid)
        assert run.process.wait(DEADLINE_S) == 0
        assert not [pid for pid in below if is_living(pid)]
    assert running.find(state) is None


def test_ten_or_more_ambulances_move(state: Path) -> None:
    with Run("demo", state) as run:
        dsn = run.wait_ready().entry().dsn
        moving = "SELECT count(*) FROM (SELECT FROM ambulance_positions GROUP BY ambulance_id HAVING count(*) > 1) AS a"
        wait_until(lambda: query(dsn, moving) >= 10, "ten ambulances with two fixes")  # type: ignore[operator]


def test_data_is_kept_between_runs(state: Path) -> None:
    with demo(state) as run:
        dsn = run.wait_ready().entry().dsn
        query(dsn, "INSERT INTO facilities (name, type) VALUES ('Kept', 'clinic')")
        users = query(dsn, "SELECT count(*) FROM users")
    with demo(state) as run:
        dsn = run.wait_ready().entry().dsn
        assert query(dsn, "SELECT count(*) FROM facilities WHERE name = 'Kept'") == 1
        assert query(dsn, "SELECT count(*) FROM users") == users
        query(dsn, "DELETE FROM facilities WHERE name = 'Kept'")


def test_a_killed_hub_comes_back_on_the_same_address(state: Path) -> None:
    with demo(state) as run:
        run.wait_ready()
        for _ in range(2):
            killed = run.hub()
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda: run.hub_or_none() not in (None, killed), "another hub process")  # noqa: B023 - used at once
            wait_until(run.answers, "the hub answers again")
        assert "signal 9" in run.output


def test_a_killed_postgresql_comes_back(state: Path) -> None:
    with demo(state) as run:
        dsn = run.wait_ready().entry().dsn
        killed = run.postmaster()
        os.kill(killed, signal.SIGKILL)

        def stores_again() -> bool:
            try:
                return query(dsn, "SELECT 1") == 1
            except (OSError, asyncpg.PostgresError):
                return False

        wait_until(stores_again, "PostgreSQL answers again")
        assert run.postmaster() != killed
        wait_until(run.answers, "the hub is ready again")
        assert not zombies_of(run.pid)


def zombies_of(pid: int) -> list[int]:
    """Return the dead children that a process did not look after."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                kind, parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if kind == "Z" and int(parent) == pid:
                found.append(int(entry.name))
    return found


def test_nothing_survives_a_killed_supervisor(state: Path) -> None:
    with Run("demo", state) as run:
        run.wait_ready()
        wait_until(lambda: run.child("simulate"), "the fleet's process")
        below = descendants(run.pid)
        assert len(below) > 5
        os.kill(run.pid, signal.SIGKILL)
        run.process.wait()
        wait_until(lambda: not [pid for pid in below if is_living(pid)], "no process is left")
        assert running.find(state) is None
    with demo(state) as run:
        assert run.wait_ready().answers()


def test_a_supervisor_started_at_once_after_a_kill_takes_over(state: Path) -> None:
    with demo(state) as first:
        first.wait_ready()
        os.kill(first.pid, signal.SIGKILL)
        first.process.wait()
        with demo(state) as second:
            assert second.wait_ready().answers()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_everything_and_the_status_is_0(state: Path, number: signal.Signals) -> None:
    with demo(state) as run:
        run.wait_ready()
        below = descendants(run.pid)
        run.process.send_signal(number)
        assert run.process.wait(DEADLINE_S) == 0
        assert not [pid for pid in below if is_living(pid)]
        assert "PostgreSQL ended" not in run.output


def test_a_second_ctrl_c_does_not_wait(state: Path) -> None:
    with demo(state) as run:
        run.wait_ready()
        below = descendants(run.pid)
        # A hub that is stopped cannot end gracefully.
        os.kill(run.hub(), signal.SIGSTOP)
        run.process.send_signal(signal.SIGINT)
        wait_until(lambda: running.find(state) is not None, "still there")
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(5) == 130
        wait_until(lambda: not [pid for pid in below if is_living(pid)], "no process is left")


def test_a_second_run_on_the_same_state_is_refused_with_the_address_of_the_first(state: Path) -> None:
    with demo(state) as run:
        run.wait_ready()
        second = arogya("demo", "--state", str(state))
        assert second.returncode == 1
        assert run.url in second.stderr
        assert run.answers()


def test_a_taken_port_leads_to_the_next_free_one(state: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with demo(state, "--port", str(port)) as run:
            assert run.wait_ready().answers()
            assert int(run.url.rpartition(":")[2]) > port


@pytest.mark.skipif(os.geteuid() != 0, reason="all of these tests ran as an ordinary user")
def test_it_runs_as_an_ordinary_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    # The interpreter may lie under root's home: the user may walk through folders, and nothing else.
    state = tmp_path_factory.mktemp("user") / "state"
    state.mkdir()
    os.chown(state, 65534, 65534)
    capability = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")
    prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *capability)
    if subprocess.run([*prefix, sys.executable, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let root become somebody else")
    with Run("demo", state, prefix=prefix) as run:
        assert run.wait_ready().answers()
        assert os.stat(state / "postgres" / "cluster").st_uid == 65534
