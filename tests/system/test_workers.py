"""Several hub processes on one port: killed, restarted one after another, and never left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from arogya import membership
from arogya.cli.demo_data import PASSWORD
from arogya.client import LiveClient, sign_in
from arogya.config import load
from tests.system.processes import DEADLINE_S, Run, arogya, connections_of, descendants, is_living, wait_until
from tests.system.requests import Callers

pytestmark = pytest.mark.timeout(180)
BACK_WITHIN_S = 5.0


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A demonstration with two hubs and its fleet; a test leaves it with two."""
    with Run("demo", tmp_path_factory.mktemp("pair") / "state", "--port", "0", "--workers", "2") as run:
        yield run.wait_ready()


def port_of(run: Run) -> int:
    return urlsplit(run.url).port or 80


def test_connections_go_to_both(pair: Run) -> None:
    hubs, port = pair.hubs(), port_of(pair)
    assert len(hubs) == 2
    before = {pid: connections_of(pid, port) for pid in hubs}
    with ExitStack() as stack:
        for _ in range(60):
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
        wait_until(lambda: sum(connections_of(pid, port) - before[pid] for pid in hubs) >= 60, "all are accepted")
        assert min(connections_of(pid, port) - before[pid] for pid in hubs) >= 5


def test_each_has_metrics_of_its_own(pair: Run) -> None:
    addresses = re.findall(r"http://\S+/metrics", pair.output)
    assert len(set(addresses)) == 2
    for address in addresses:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own address
            assert b"hub_" in answer.read()


def test_commands_know_which_hub_a_device_is_on_and_that_all_is_well(pair: Run) -> None:
    def known() -> set[str]:
        listed = arogya("device", "list", "--json", "--state", str(pair.state))
        return {str(device["node"]) for device in json.loads(listed.stdout) if device["kind"] == "tablet"}

    name = membership.name_of(load(env={}))
    wait_until(lambda: known() == {f"{name}-1", f"{name}-2"}, "every tablet is on one of them")
    found = json.loads(arogya("doctor", "--json", "--state", str(pair.state)).stdout)
    details = {finding["name"]: finding["detail"] for finding in found if finding["state"] != "failure"}
    assert details["nodes"] == "2 work together"
    assert "nothing in it has to be on a disk" in details["Redis"]


def test_one_that_is_killed_comes_back_and_the_other_does_not_notice(pair: Run) -> None:
    killed, spared = sorted(pair.hubs())
    os.kill(killed, signal.SIGKILL)
    with Callers(pair.url) as callers:
        wait_until(lambda: len(pair.hubs() - {killed}) == 2, "two hubs again")
        wait_until(lambda: callers.answered > 20, "somebody answered meanwhile")
    assert callers.failures == []
    assert spared in pair.hubs()


def test_a_killed_valkey_comes_back_at_the_same_place(pair: Run) -> None:
    killed, hubs, where = pair.valkey(), pair.hubs(), pair.entry().redis_url
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: pair.valkey() not in (None, killed), "another Valkey")
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(10)
        wait_until(lambda: asking.connect_ex(where.removeprefix("unix://")) == 0, "it listens where the first did")
        asking.sendall(b"PING\r\n")
        assert asking.recv(16) == b"+PONG\r\n"
    assert "Valkey ended; starting it again" in pair.output
    assert pair.hubs() == hubs


async def test_a_rolling_restart_answers_every_request_and_viewers_come_back(pair: Run) -> None:
    before = pair.hubs()
    token = await sign_in(pair.url, "dispatcher@arogya.example", PASSWORD)
    async with LiveClient(pair.url, token) as viewer:
        changes = aiter(viewer)
        await asyncio.wait_for(anext(changes), DEADLINE_S)
        callers = Callers(pair.url)
        with callers:
            restarting = asyncio.to_thread(arogya, "restart", "--state", str(pair.state), timeout_s=120)
            longest_s = 0.0
            async with asyncio.TaskGroup() as tasks:
                restart = tasks.create_task(restarting)
                while not restart.done() or not viewer.connected:
                    began_at = time.monotonic()
                    await asyncio.wait_for(anext(changes), DEADLINE_S)
                    longest_s = max(longest_s, time.monotonic() - began_at)
        assert restart.result().returncode == 0, restart.result().stderr
    assert callers.failures == []
    assert callers.answered > 100
    assert longest_s < BACK_WITHIN_S
    wait_until(lambda: len(pair.hubs()) == 2, "two hubs")
    assert not pair.hubs() & before


def test_one_hub_alone_is_restarted_without_a_gap_too(demo: Run) -> None:
    before = demo.hub()
    with Callers(demo.url) as callers:
        restarted = arogya("restart", "--state", str(demo.state), timeout_s=120)
    assert (restarted.returncode, "1 hub restarted at" in restarted.stdout) == (0, True), restarted.stderr
    assert callers.failures == []
    assert demo.hubs() & {before} == set()


def test_a_hub_whose_successor_cannot_start_stays(demo: Run) -> None:
    hub, roads = demo.hub(), next(demo.state.glob("roads-*.geojson"))
    aside = roads.rename(roads.with_suffix(".aside"))
    try:
        refused = arogya("restart", "--state", str(demo.state), timeout_s=120)
    finally:
        aside.rename(roads)
    assert refused.returncode == 1
    assert "before it was ready" in refused.stderr
    assert "1 of 1 hubs go on as they were" in refused.stderr
    assert demo.hub() == hub
    assert demo.answers()


def test_nothing_survives_a_killed_supervisor(tmp_path: Path) -> None:
    with Run("demo", tmp_path / "state", "--port", "0", "--workers", "2") as run:
        below = descendants(run.wait_ready().pid)
        assert run.valkey() in below
        assert len(run.hubs() & below) == 2
        assert run.postmaster() in below
        os.kill(run.pid, signal.SIGKILL)
        run.process.wait()
        wait_until(lambda: not [pid for pid in below if is_living(pid)], "no process is left")
