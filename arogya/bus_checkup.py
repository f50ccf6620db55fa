"""What several hubs need of their Redis, checked in the manner of `arogya.checkup`."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from collections.abc import Sequence
from typing import NamedTuple

from arogya.checkup import CLOCK_APART_S, Finding
from arogya.config import Settings
from arogya.embedded.valkey import EmbeddedValkeyError, find_server
from hub.bus.bus import BusAway
from hub.bus.dial import Away, reach
from hub.bus.survey import Listed, survey

PINGS = 20
SLOW_S = 0.005  # the median of the pings; each hop between two nodes takes it twice
LEAST = {"redis": (7, 0), "valkey": (7, 2)}  # versions that the tests run on
MIB = 1024**2


class Redis(NamedTuple):
    """A server as it was found."""

    name: str  # redis or valkey
    version: str
    mode: str  # standalone, cluster…
    sharded: bool  # whether it has pub/sub that stays on one server of a cluster
    memory_bytes: int
    memory_max_bytes: int  # 0: no bound
    policy: str  # what it does when it is full
    ping_s: float  # median
    ahead_s: float  # its clock, before ours


def of_bus(url: str, secret: str | None, place: str) -> list[Finding]:
    """Check a Redis that is named; `place` is its address as it can be shown, `secret` that of the nodes if known."""
    try:
        found = asyncio.run(inspect(url))
    except Away as error:
        return [Finding("Redis", "failure", f"{place} cannot be reached ({error})", "start it, or correct its address")]
    except ValueError as error:
        return [Finding("Redis", "failure", f"{place} is no address: {error}", "correct nodes.redis_url")]
    findings = [version(found, place), sharding(found), memory(found), latency(found), clock(found)]
    return [*findings, _nodes(url, secret)]


def of_machine(settings: Settings) -> Finding:
    """Check that the Valkey which several workers need is there."""
    needed = settings.nodes.workers > 1 and settings.nodes.redis_url is None
    try:
        return Finding("Valkey program", "ok", str(find_server()))
    except EmbeddedValkeyError as error:
        text = "not found: only needed for several workers without a Redis of yours"
        if needed:
            return Finding("Valkey program", "failure", "not found", str(error))
        return Finding("Valkey program", "warning", text, str(error))


async def inspect(url: str) -> Redis:
    """Look at a server; raises `Away`, and ValueError for a wrong URL."""
    server = await reach(url)
    try:
        (sharded,) = await server.execute([("PUBSUB", "SHARDNUMSUB")])
        pings = []
        for _ in range(PINGS):
            began_s = time.perf_counter()
            await server.execute([("PING",)])
            pings.append(time.perf_counter() - began_s)
        before_s = time.time()
        (told,) = await server.execute([("TIME",)])
        here_s = (before_s + time.time()) / 2
    finally:
        await server.close()
    facts = server.facts
    name = facts.get("server_name", "redis")
    there_s = int(told[0]) + int(told[1]) / 1e6 if isinstance(told, list) else here_s
    return Redis(
        name,
        facts.get(f"{name}_version", facts.get("redis_version", "of an unknown version")),
        "cluster" if server.clustered else "standalone",
        not isinstance(sharded, Exception),
        int(facts.get("used_memory", "0")),
        int(facts.get("maxmemory", "0")),
        facts.get("maxmemory_policy", "noeviction"),
        statistics.median(pings),
        there_s - here_s,
    )


def version(found: Redis, place: str) -> Finding:
    """Check that the server is one that the tests run on."""
    text = f"{found.name} {found.version}, {found.mode}, at {place}; nothing in it has to be on a disk"
    numbers = tuple(int(number) for number in re.findall(r"\d+", found.version)[:2])
    least = LEAST.get(found.name, (0, 0))
    if numbers >= least:
        return Finding("Redis", "ok", text)
    return Finding("Redis", "warning", text, "upgrade it: Redis 7 or Valkey 7.2, or newer, are supported")


def sharding(found: Redis) -> Finding:
    """Check that messages stay on one server of a cluster."""
    if found.sharded:
        return Finding("sharded pub/sub", "ok", "offered")
    remedy = "allow SSUBSCRIBE and SPUBLISH, or upgrade it; without them every server of a cluster hears every message"
    return Finding("sharded pub/sub", "warning", "not offered", remedy)


def memory(found: Redis) -> Finding:
    """Check that a full server says so instead of losing what the nodes keep there."""
    used, most = found.memory_bytes / MIB, found.memory_max_bytes / MIB
    text = f"{used:,.1f} of {most:,.0f} MiB" if most else f"{used:,.1f} MiB, no bound"
    if most and found.policy != "noeviction":
        remedy = (
            "set maxmemory-policy noeviction: with it the nodes notice a full server, and go on without what it keeps"
        )
        return Finding("Redis memory", "warning", f"{text}, and {found.policy} when full", remedy)
    if most and used > 0.9 * most:
        return Finding("Redis memory", "warning", text, "raise maxmemory")
    return Finding("Redis memory", "ok", text)


def latency(found: Redis) -> Finding:
    """Check how long a question and its answer take."""
    text = f"{found.ping_s * 1000:.2f} ms (median of {PINGS} pings)"
    if found.ping_s <= SLOW_S:
        return Finding("Redis latency", "ok", text)
    return Finding("Redis latency", "warning", text, "bring it nearer: the same network as the hubs")


def clock(found: Redis) -> Finding:
    """Check this machine's clock against the server's."""
    if abs(found.ahead_s) <= CLOCK_APART_S:
        return Finding("Redis clock", "ok", f"{abs(found.ahead_s) * 1000:.0f} ms from this machine's")
    return Finding(
        "Redis clock",
        "warning",
        f"{abs(found.ahead_s):.1f} s {'ahead of' if found.ahead_s > 0 else 'behind'} this machine's",
        "let both machines follow a time server (chrony, systemd-timesyncd)",
    )


def nodes(found: Sequence[Listed]) -> Finding:
    """Check that the nodes on the server understand each other."""
    there = [listed for listed in found if listed.alive]
    strange = {listed.node for listed in there if listed.reason == "mac"}
    other = {listed.node for listed in there if listed.reason and listed.reason != "mac"}
    silent = [listed.node for listed in found if not listed.alive and listed.peer is not None]
    text = f"{len(there) - len(strange) - len(other)} work together"
    if strange:
        return Finding(
            "nodes",
            "warning",
            f"{text}; with another secret: {_names(strange)}",
            "set the same nodes.secret everywhere",
        )
    if other:
        return Finding(
            "nodes", "warning", f"{text}; of another protocol: {_names(other)}", "upgrade the oldest of them"
        )
    if silent:
        remedy = "end a process that hangs, its supervisor starts another; one that is gone is forgotten after an hour"
        return Finding("nodes", "warning", f"{text}; silent without a goodbye: {_names(silent)}", remedy)
    return Finding("nodes", "ok", text)


def _nodes(url: str, secret: str | None) -> Finding:
    if secret is None:
        return Finding("nodes", "warning", "their secret is not known here", "set nodes.secret, or name a --state")
    try:
        return nodes(asyncio.run(survey(url, secret)).nodes)
    except BusAway as error:
        return Finding("nodes", "failure", f"they cannot be listed ({error})", "allow EVAL and the keys arogya:*")


def _names(found: Sequence[str] | set[str]) -> str:
    return ", ".join(sorted(found))
