"""`arogya demo` as a user runs it: real processes, killed and stopped in every way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from arogya import running
from arogya.embedded.binaries import find_binaries
from tests.system.processes import DEADLINE_S, Run, arogya, descendants, is_living, query, wait_until, zombies_of

pytestmark = pytest.mark.timeout(180)


def test_it_shows_where_to_look(demo: Run) -> None:
    for word in ("Open", demo.url, "dispatcher@arogya.example", "admin@arogya.example", "Ctrl-C"):
        assert word in demo.output
    assert demo.answers()


def test_a_taken_port_leads_to_the_next_free_one(demo: Run, taken: socket.socket) -> None:
    assert int(demo.url.rpartition(":")[2]) > taken.getsockname()[1]


def test_ten_or_more_ambulances_move(demo: Run) -> None:
    moving = "SELECT count(*) FROM (SELECT FROM ambulance_positions GROUP BY ambulance_id HAVING count(*) > 1) AS a"
    dsn = demo.entry().dsn
    wait_until(lambda: query(dsn, moving) >= 10, "ten ambulances with two fixes")


def test_patients_exercise_at_home_and_have_done_so_before(demo: Run) -> None:
    dsn = demo.entry().dsn
    live = """
    SELECT count(*) FROM motion_repetitions r JOIN streams l ON l.id = r.stream_id
      JOIN physio_sessions s ON s.id = l.physio_session_id
     WHERE s.status = 'in_progress' AND s.rest_angle IS NOT NULL
    """
    wait_until(lambda: query(dsn, live) > 0, "a repetition of a session in progress")
    past = "SELECT count(*) FROM physio_sessions WHERE status = 'completed' AND counted_at IS NULL"
    wait_until(lambda: query(dsn, past) == 0, "the sessions of the last days are counted")
    assert query(dsn, "SELECT count(*) FROM rehab_progress WHERE compliance_rate > 0 AND valid_reps > 10") >= 6
    treating = """
    SELECT count(DISTINCT s.patient_id) FROM physio_sessions s JOIN users u ON u.id = s.therapist_id
     WHERE u.email = 'doctor@arogya.example'
    """
    assert query(dsn, treating) >= 8


def test_a_second_run_on_the_same_state_is_refused_with_the_address_of_the_first(demo: Run) -> None:
    second = arogya("demo", "--state", str(demo.state))
    assert second.returncode == 1
    assert demo.url in second.stderr
    assert demo.answers()


def test_a_killed_hub_comes_back_on_the_same_address(demo: Run) -> None:
    killed = demo.hub()
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: demo.hub_or_none() not in (None, killed), "another hub process")
    wait_until(demo.answers, "the hub answers again")
    assert "ended with signal 9" in demo.output


def test_a_killed_postgresql_comes_back_and_nobody_is_left_unburied(demo: Run) -> None:
    dsn, killed = demo.entry().dsn, demo.postmaster()
    os.kill(killed, signal.SIGKILL)

    def stores_again() -> bool:
        try:
            return bool(query(dsn, "SELECT 1") == 1)
        except (OSError, asyncpg.PostgresError):
            return False

    wait_until(stores_again, "PostgreSQL answers again")
    assert demo.postmaster() != killed
    wait_until(demo.answers, "the hub is ready again")
    wait_until(lambda: not zombies_of(demo.pid), "no zombies")


def test_its_calls_are_answered_by_crews_who_drive_there(demo: Run) -> None:
    """After the hub and PostgreSQL were killed: what goes on by itself went on."""
    dsn = demo.entry().dsn
    served = """
    SELECT count(*) FROM assignments a JOIN ambulance_requests r ON r.id = a.request_id
     WHERE NOT r.back_entered AND a.decision_id IS NOT NULL AND a.delivered_at IS NOT NULL AND a.en_route_at IS NOT NULL
    """
    wait_until(lambda: query(dsn, served) > 0, "a crew that is on its way")
    assert query(dsn, "SELECT count(*) FROM ambulance_requests WHERE back_entered") > 200
    assert query(dsn, "SELECT count(*) FROM places") > 100


def test_it_ends_by_itself_after_so_many_seconds(state: Path) -> None:
    with Run("demo", state, "--no-fleet", "--for-seconds", "0.5") as run:
        below = descendants(run.wait_ready().pid)
        assert run.process.wait(DEADLINE_S) == 0
        assert not [pid for pid in below if is_living(pid)]
    assert running.find(state) is None


def test_a_signal_stops_everything_and_the_data_is_there_in_the_next_run(state: Path) -> None:
    count = "SELECT count(*) FROM facilities WHERE name = 'Kept'"
    for number, facilities in ((signal.SIGTERM, 0), (signal.SIGINT, 1)):
        with Run("demo", state, "--no-fleet") as run:
            dsn = run.wait_ready().entry().dsn
            assert query(dsn, count) == facilities
            query(dsn, "INSERT INTO facilities (name, type) VALUES ('Kept', 'clinic')")
            below = descendants(run.pid)
            run.process.send_signal(number)
            assert run.process.wait(DEADLINE_S) == 0
            assert not [pid for pid in below if is_living(pid)]
            assert "PostgreSQL ended" not in run.output


def test_nothing_survives_a_killed_supervisor_and_the_next_one_takes_over_at_once(state: Path) -> None:
    with Run("demo", state) as first:
        first.wait_ready()
        wait_until(lambda: first.child_or_none("simulate"), "the fleet's process")
        below = descendants(first.pid)
        assert len(below) > 5
        os.kill(first.pid, signal.SIGKILL)
        first.process.wait()
        assert running.find(state) is None
        with Run("demo", state, "--no-fleet") as second:
            assert second.wait_ready().answers()
            wait_until(lambda: not [pid for pid in below if is_living(pid)], "no process is left")


def test_a_second_ctrl_c_does_not_wait(state: Path) -> None:
    with Run("demo", state, "--no-fleet") as run:
        below = descendants(run.wait_ready().pid)
        os.kill(run.hub(), signal.SIGSTOP)  # a hub that cannot end gracefully
        run.process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            run.process.wait(1)
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(5) == 130
        wait_until(lambda: not [pid for pid in below if is_living(pid)], "no process is left")


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
    # PostgreSQL itself asks with access(2), which forgets the capability: no ordinary user has such an installation.
    postgres = str(find_binaries() / "postgres")
    if subprocess.run([*prefix[:4], "test", "-x", postgres], check=False).returncode:
        pytest.skip("the installation lies in a folder that only root may enter")
    with Run("demo", state, "--no-fleet", prefix=prefix) as run:
        assert run.wait_ready().answers()
        assert os.stat(state / "postgres" / "cluster").st_uid == 65534
