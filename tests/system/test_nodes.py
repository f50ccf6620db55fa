"""Hubs of several machines on one Redis, as their operators start, list, drain and restart them."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from arogya.embedded.valkey import EmbeddedValkey
from tests.system.processes import DEADLINE_S, Run, arogya, wait_until

pytestmark = pytest.mark.timeout(240)
SECRET = "what all machines of this test share"


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A server in the place of one that all machines reach."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def redis_url(valkey: EmbeddedValkey) -> str:
    """Its address."""
    return valkey.url


def machine(tmp_path: Path, name: str, *, secret: str | None = SECRET) -> tuple[str, ...]:
    """Return the options of a machine of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    file = tmp_path / f"{name}.toml"
    kept = "" if secret is None else f"secret = '{secret}'\n"
    file.write_text(f"[server]\nmetrics_port = 0\nport = {port}\n[nodes]\nname = '{name}'\n{kept}")
    return ("--config", str(file))


def nodes(config: str, redis_url: str) -> dict[str, str]:
    """Return the state of every node."""
    done = arogya("nodes", "--json", "--redis", redis_url, "--config", config)
    assert done.returncode == 0, done.stderr
    return {node["node"]: node["state"] for node in json.loads(done.stdout)["nodes"]}


def test_two_machines_work_as_one_until_one_is_drained(database: str, redis_url: str, tmp_path: Path) -> None:
    east, west = machine(tmp_path, "east"), machine(tmp_path, "west")
    common = ("--database", database, "--redis", redis_url)
    with (
        Run("serve", tmp_path / "east", *common, *east, "--workers", "2") as two,
        Run("serve", tmp_path / "west", *common, *west) as one,
    ):
        two.wait_ready()
        one.wait_ready()
        three = dict.fromkeys(("east-1", "east-2", "west-1"), "serving")
        wait_until(lambda: nodes(east[1], redis_url) == three, "three nodes")
        assert two.valkey() is None, "there is one already"

        drained = arogya("drain", "east-1", "--redis", redis_url, *east)
        assert (drained.returncode, drained.stdout) == (0, "drained: east-1\n"), drained.stderr
        wait_until(lambda: len(two.hubs()) == 1, "it stays down")
        assert two.answers()
        assert "has drained and stays down" in two.output
        restarted = arogya("restart", "--state", str(two.state))
        assert restarted.returncode == 0, restarted.stderr
        assert set(nodes(east[1], redis_url)) == {"east-1", "east-2b", "west-1"}

        hub = one.hub()
        restarted = arogya("restart", "west-1", "--redis", redis_url, *west)
        assert (restarted.returncode, restarted.stdout) == (0, "restarted: west-1\n"), restarted.stderr
        assert one.hub() != hub

        drained = arogya("drain", "west-1", "--redis", redis_url, *east)
        assert drained.returncode == 0, drained.stderr
        assert one.process.wait(DEADLINE_S) == 0
        assert two.answers()
        drained = arogya("drain", "--all", "--redis", redis_url, *east)
        assert drained.returncode == 0, drained.stderr
        assert two.process.wait(DEADLINE_S) == 0


def test_who_would_not_work_together_with_those_that_are_there_is_refused(
    database: str, redis_url: str, tmp_path: Path
) -> None:
    common = ("--database", database, "--redis", redis_url)
    with Run("serve", tmp_path / "east", *common, *machine(tmp_path, "east")) as run:
        run.wait_ready()
        twin = arogya("serve", "--state", str(tmp_path / "twin"), *common, *machine(tmp_path, "east"))
        assert (twin.returncode, "AROGYA_NODES__NAME" in twin.stderr) == (1, True)
        stranger = machine(tmp_path, "west", secret=None)
        refused = arogya("serve", "--state", str(tmp_path / "west"), *common, *stranger)
        assert (refused.returncode, "AROGYA_NODES__SECRET" in refused.stderr) == (1, True)
        alone = machine(tmp_path, "north")
        refused = arogya("serve", "--state", str(tmp_path / "north"), "--redis", redis_url, *alone)
        assert (refused.returncode, "AROGYA_DATABASE_URL" in refused.stderr) == (1, True)


def test_a_redis_that_is_away_keeps_nobody_from_starting(database: str, tmp_path: Path) -> None:
    words = ("--database", database, "--redis", f"unix://{tmp_path}/none.sock", *machine(tmp_path, "east"))
    with Run("serve", tmp_path / "state", *words) as run:
        assert run.wait_ready().answers()
        assert "start without it" in run.output
        listed = arogya("nodes", "--state", str(run.state))
        assert (listed.returncode, "cannot be reached" in listed.stderr) == (3, True)
