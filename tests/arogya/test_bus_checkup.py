"""Findings about a Redis: each fact judged, with what to do about a bad one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from arogya import bus_checkup
from arogya.bus_checkup import Redis
from arogya.config import changed, load
from arogya.embedded.valkey import EmbeddedValkey
from hub.bus.bus import Peer
from hub.bus.survey import Listed

GOOD = Redis("valkey", "9.1.2", "standalone", True, 2**20, 2**27, "noeviction", 0.0003, 0.01)
PEER = Peer("er-1", "00", 1, "0.1.0", "west", 42, "http://west", 1, 0, 0, "serving", 0.0, 1)
THERE = Listed("er-1", 0.5, PEER, protocol=1)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A server."""
    server = EmbeddedValkey(tmp_path)
    server.start()
    yield server
    server.stop()


def test_a_server_of_our_own_is_good(valkey: EmbeddedValkey) -> None:
    findings = bus_checkup.of_bus(valkey.url, "x" * 32, "here")
    assert [finding.name for finding in findings] == [
        "Redis",
        "sharded pub/sub",
        "Redis memory",
        "Redis latency",
        "Redis clock",
        "nodes",
    ]
    # A busy machine may be slow to answer.
    assert {finding.state for finding in findings if finding.name != "Redis latency"} == {"ok"}


def test_a_server_that_is_away_is_one_failure(tmp_path: Path) -> None:
    (finding,) = bus_checkup.of_bus(f"unix://{tmp_path}/none.sock", "x" * 32, "there")
    assert (finding.state, "there cannot be reached" in finding.detail) == ("failure", True)


def test_an_unknown_secret_is_a_warning(valkey: EmbeddedValkey) -> None:
    assert bus_checkup.of_bus(valkey.url, None, "here")[-1].state == "warning"


@pytest.mark.parametrize(
    ("name", "version", "state"),
    [
        ("redis", "6.2.14", "warning"),
        ("redis", "7.0.0", "ok"),
        ("redis", "8.1", "ok"),
        ("valkey", "7.1.9", "warning"),
        ("valkey", "7.2.0", "ok"),
        ("redis", "of an unknown version", "warning"),
    ],
)
def test_the_versions_that_the_tests_run_on(name: str, version: str, state: str) -> None:
    assert bus_checkup.version(GOOD._replace(name=name, version=version), "here").state == state


@pytest.mark.parametrize(
    ("used", "most", "policy", "state"),
    [
        (1, 0, "allkeys-lru", "ok"),
        (1, 2**27, "noeviction", "ok"),
        (1, 2**27, "allkeys-lru", "warning"),
        (2**27 - 1, 2**27, "noeviction", "warning"),
    ],
)
def test_a_full_server_has_to_say_so(used: int, most: int, policy: str, state: str) -> None:
    found = GOOD._replace(memory_bytes=used, memory_max_bytes=most, policy=policy)
    assert bus_checkup.memory(found).state == state


@pytest.mark.parametrize(("ping_s", "state"), [(0.001, "ok"), (0.005, "ok"), (0.006, "warning")])
def test_a_server_that_is_far_away_is_a_warning(ping_s: float, state: str) -> None:
    assert bus_checkup.latency(GOOD._replace(ping_s=ping_s)).state == state


@pytest.mark.parametrize(("ahead_s", "state"), [(0.9, "ok"), (1.1, "warning"), (-60.0, "warning")])
def test_clocks_that_differ_are_a_warning(ahead_s: float, state: str) -> None:
    assert bus_checkup.clock(GOOD._replace(ahead_s=ahead_s)).state == state


def test_a_cluster_wants_sharded_messages() -> None:
    assert bus_checkup.sharding(GOOD).state == "ok"
    assert bus_checkup.sharding(GOOD._replace(sharded=False)).state == "warning"


def test_nodes_that_do_not_understand_each_other_are_named() -> None:
    assert bus_checkup.nodes([]).state == "ok"
    assert bus_checkup.nodes([THERE]).detail == "1 work together"
    assert "another secret: er-2" in bus_checkup.nodes([THERE, Listed("er-2", 0.5, None, "mac")]).detail
    assert "another protocol: er-3" in bus_checkup.nodes([THERE, Listed("er-3", 0.5, None, "version", 9)]).detail
    gone = Listed("er-4", 60.0, PEER._replace(node="er-4"))
    assert "without a goodbye: er-4" in bus_checkup.nodes([THERE, gone]).detail
    assert bus_checkup.nodes([Listed("er-5", 60.0, None, "mac")]).state == "ok"


def test_the_program_of_several_workers_is_there() -> None:
    settings = load(env={})
    assert bus_checkup.of_machine(settings).state == "ok"
    assert bus_checkup.of_machine(changed(settings, "nodes", workers=2)).state == "ok"
