"""`arogya nodes`, `drain` and `restart`, run as a user runs them, on nodes that are really there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from arogya.cli.nodes import in_words, row
from arogya.embedded.valkey import EmbeddedValkey
from arogya.running import Registry
from hub.bus.survey import Listed, survey
from tests.arogya.cli.node import SECRET, Node
from tests.system.processes import arogya

DEADLINE_S = 20.0
Enter = Callable[..., Awaitable[Node]]


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    """A server for the nodes of this module."""
    server = EmbeddedValkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def enter(valkey: EmbeddedValkey) -> AsyncIterator[Enter]:
    """Lets a node enter; all leave at the end."""
    nodes: list[Node] = []
    async with asyncio.TaskGroup() as tasks:

        async def come(name: str, **options: Any) -> Node:
            nodes.append(Node(name, valkey.url, **options))
            tasks.create_task(nodes[-1].run())
            await until(valkey, lambda there: name in there)
            return nodes[-1]

        yield come
        for node in nodes:
            node.stop()
    await until(valkey, lambda there: not there)


async def names_on(valkey: EmbeddedValkey) -> set[str]:
    """Return who is there."""
    return {listed.node for listed in (await survey(valkey.url, SECRET)).nodes if listed.alive}


async def until(valkey: EmbeddedValkey, condition: Callable[[set[str]], bool]) -> None:
    """Wait for a condition on the names of those that are there."""
    async with asyncio.timeout(DEADLINE_S):
        while not condition(await names_on(valkey)):  # noqa: ASYNC110 - nobody tells when a list changes
            await asyncio.sleep(0.05)


async def run(valkey: EmbeddedValkey, *words: str) -> tuple[int, str, str]:
    """Run a command on the server; returns its status and both of its outputs."""
    done = await asyncio.to_thread(arogya, *words, "--redis", valkey.url)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(autouse=True)
def known_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands know what the nodes share."""
    monkeypatch.setenv("AROGYA_NODES__SECRET", SECRET)


async def test_nodes_and_their_server_are_listed(valkey: EmbeddedValkey, enter: Enter) -> None:
    await enter("er-1")
    await enter("er-2")
    await enter("er-3", secret="another secret, which nobody else has")
    status, output, errors = await run(valkey, "nodes")
    assert status == 0, errors
    lines = output.splitlines()
    assert lines[0].startswith("valkey 9.")
    assert lines[0].endswith("MiB in use")
    assert lines[1].split()[:4] == ["node", "version", "protocol", "state"]
    assert [line.split()[0] for line in lines[2:]] == ["er-1", "er-2", "er-3"]
    assert lines[2].split()[1:5] == ["0.1.0", "1", "serving", "west"]
    assert "other secret" in lines[4]
    status, output, _ = await run(valkey, "nodes", "--json")
    found = json.loads(output)
    assert (status, found["redis"]["url"], found["redis"]["mode"]) == (0, valkey.url, "standalone")
    assert [(node["node"], node["state"]) for node in found["nodes"]] == [
        ("er-1", "serving"),
        ("er-2", "serving"),
        ("er-3", "other secret"),
    ]
    assert found["nodes"][0]["devices"] == 3


async def test_a_drained_node_leaves_and_the_others_stay(valkey: EmbeddedValkey, enter: Enter) -> None:
    one, two = await enter("er-1"), await enter("er-2")
    status, output, errors = await run(valkey, "drain", "er-1", "--wait", "20")
    assert (status, output) == (0, "drained: er-1\n"), errors
    await until(valkey, lambda there: there == {"er-2"})
    assert one.told == two.told == [("drain", "er-1")]


async def test_all_can_be_drained_at_once(valkey: EmbeddedValkey, enter: Enter) -> None:
    await enter("er-1")
    await enter("er-2")
    status, output, errors = await run(valkey, "drain", "--all")
    assert (status, output) == (0, "drained: er-1, er-2\n"), errors
    status, _, errors = await run(valkey, "drain", "--all")
    assert (status, "nothing to drain" in errors) == (1, True)


async def test_a_node_that_does_not_leave_is_told_again_and_then_reported(valkey: EmbeddedValkey, enter: Enter) -> None:
    deaf = await enter("er-1", obeys=False)
    status, _, errors = await run(valkey, "drain", "er-1", "--wait", "4")
    assert status == 1
    assert "after 4 s still there: er-1" in errors
    assert len(deaf.told) >= 2


async def test_nodes_are_restarted_one_after_another(valkey: EmbeddedValkey, enter: Enter) -> None:
    one, two = await enter("er-1"), await enter("er-2")
    status, output, errors = await run(valkey, "restart", "er-2", "er-1")
    assert (status, output) == (0, "restarted: er-2, er-1\n"), errors
    assert one.told[0] == ("renew", "er-2")
    assert two.told[-1] == ("renew", "er-1")


async def test_a_node_that_does_not_restart_is_reported(valkey: EmbeddedValkey, enter: Enter) -> None:
    await enter("er-1", obeys=False)
    status, _, errors = await run(valkey, "restart", "er-1", "--wait", "1")
    assert status == 1
    assert "er-1 has not ended after 1 s" in errors


@pytest.mark.parametrize("command", ["drain", "restart"])
async def test_an_unknown_node_is_told_with_those_that_there_are(
    command: str, valkey: EmbeddedValkey, enter: Enter
) -> None:
    await enter("er-1")
    status, _, errors = await run(valkey, command, "er-9")
    assert (status, errors) == (2, "arogya: there is no node er-9; there are: er-1\n")
    await enter("er-3", secret="another secret, which nobody else has")
    status, _, errors = await run(valkey, command, "er-3")
    assert (status, "another secret" in errors) == (2, True)


def test_a_redis_that_is_away_is_3(tmp_path: Path) -> None:
    done = arogya("nodes", "--redis", f"unix://{tmp_path}/none.sock")
    assert (done.returncode, "cannot be reached" in done.stderr) == (3, True)
    done = arogya("nodes", "--redis", "redis://:hunter2@127.0.0.1:1")
    assert (done.returncode, "hunter2" in done.stderr) == (3, False)


def test_without_their_secret_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AROGYA_NODES__SECRET")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    done = arogya("nodes", "--redis", "redis://127.0.0.1:1", "--state", str(tmp_path))
    assert (done.returncode, "AROGYA_NODES__SECRET" in done.stderr) == (2, True)


def test_one_hub_alone_is_no_trouble_but_has_nobody_to_drain(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.claim()
    registry.publish("http://127.0.0.1:8080", "postgresql://x", node_secret="x" * 32)
    try:
        listed = arogya("nodes", "--state", str(tmp_path))
        assert (listed.returncode, listed.stdout[:21]) == (0, "One hub alone runs at")
        assert "has no Redis" in listed.stdout
        assert json.loads(arogya("nodes", "--json", "--state", str(tmp_path)).stdout)["nodes"] == []
        drained = arogya("drain", "--all", "--state", str(tmp_path))
        assert (drained.returncode, "no Redis" in drained.stderr) == (3, True)
    finally:
        registry.withdraw()


def test_a_supervisor_of_an_older_version_gets_no_signal_that_would_end_it(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.claim()
    registry.publish("http://127.0.0.1:8080", "postgresql://x")  # this very process
    try:
        refused = arogya("restart", "--state", str(tmp_path))
        assert (refused.returncode, "stop and start it" in refused.stderr) == (1, True)
    finally:
        registry.withdraw()


@pytest.mark.parametrize("command", ["nodes", "restart"])
def test_nobody_here_is_3(command: str, tmp_path: Path) -> None:
    done = arogya(command, "--state", str(tmp_path))
    assert (done.returncode, "no hub runs here" in done.stderr) == (3, True)


@pytest.mark.parametrize("words", [("drain",), ("drain", "er-1", "--all"), ("drain", "er-1", "--wait", "-1")])
def test_a_drain_says_whom(words: tuple[str, ...]) -> None:
    assert arogya(*words).returncode == 2


@pytest.mark.parametrize(
    ("seconds", "words"), [(-1, "0.0 s"), (0.31, "0.3 s"), (75, "75 s"), (600, "10 min"), (7200, "2 h"), (1e6, "12 d")]
)
def test_durations_are_short(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


def test_a_node_that_cannot_be_understood_has_a_row_all_the_same() -> None:
    cells = row(Listed("er-9", 0.2, None, "version", 7), 0)
    assert (cells[0], cells[2], cells[3], cells[-1]) == ("er-9", "7", "other protocol", "0.2 s")
