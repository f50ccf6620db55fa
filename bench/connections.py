"""What an idle tablet costs: memory of the hub for each connection, and how fast a whole fleet comes back.

Every tablet makes the full handshake (TCP, 101, hello, welcome) with a device and a stream of its own, and then says
nothing but pongs. In the same run as many sockets idle on a bare aiohttp server: that is the floor.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections.abc import Mapping
from typing import Any

from bench import machine, provision
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.worker import Worker, working

SETTINGS: Mapping[str, str] = {"AROGYA_LIMITS__SOCKETS": "50000"}
MAIN_FIGURE = "kib_per_connection"
WARMUP = 50  # tablets that come and go first, so that what everybody shares is there
SPARE_DESCRIPTORS = 300  # of a process: its database connections, files and listeners
PINGED_S = 45.0  # by then a heartbeat of 20 s must have reached everybody
POLL_S = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--tablets", type=int, default=10_000, help="tablets that connect (10000)")
    parser.add_argument("--at-once", type=int, default=256, help="handshakes at the same time (256)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Connect a fleet to the hub and as many sockets to a bare server; returns what each of them costs."""
    pid = hub.processes().get("hub")
    if pid is None:
        raise Broken("the memory of an existing server's hub cannot be read: run it without --url")
    count = affordable(options.tablets)
    fleet = asyncio.run(provision.make_fleet(hub.dsn, count + WARMUP))
    with working("crowd", job_of(hub, fleet.secrets[:WARMUP], options.at_once)) as crowd:
        crowd.report()
    time.sleep(options.warmup)
    found = idle(pid, job_of(hub, fleet.secrets[WARMUP:], options.at_once), count, options, pinged=True)
    stored = asyncio.run(provision.count_streams(hub.dsn, fleet.prefix))
    if stored != count + WARMUP:
        raise Broken(f"{count + WARMUP} tablets were welcomed, the database has {stored} streams")
    return found | {f"bare_{name}": value for name, value in bare(options, count).items()}


def affordable(wanted: int) -> int:
    """Return how many connections this process, and so each of its children, has descriptors for."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard == resource.RLIM_INFINITY or wanted + SPARE_DESCRIPTORS <= hard:
        return wanted
    print(f"note: the limit of {hard} descriptors allows {hard - SPARE_DESCRIPTORS} connections", file=sys.stderr)
    return hard - SPARE_DESCRIPTORS


def job_of(hub: HubUnderTest, secrets: list[str], at_once: int) -> dict[str, Any]:
    """Return the job of tablets that connect to the hub."""
    return {"host": hub.host, "port": hub.port, "secrets": secrets, "sockets": 0, "at_once": at_once}


def bare(options: argparse.Namespace, count: int) -> dict[str, float]:
    """Let as many sockets idle on a bare server."""
    with working("bare", {}) as server:
        job = {"host": "127.0.0.1", "port": server.report()["port"], "secrets": [], "at_once": options.at_once}
        with working("crowd", job | {"sockets": WARMUP}) as crowd:
            crowd.report()
        time.sleep(options.warmup)
        return idle(server.pid, job | {"sockets": count}, count, options, pinged=False)


def idle(pid: int, job: dict[str, Any], count: int, options: argparse.Namespace, *, pinged: bool) -> dict[str, float]:
    """Connect a crowd, let it rest until it was pinged, and weigh the server `pid` before and after."""
    before = machine.memory_of(pid)
    with working("crowd", job) as crowd:
        connected = crowd.report()
        until = time.monotonic() + (options.seconds if pinged else 0.0)
        time.sleep(options.warmup)
        fresh = machine.memory_of(pid)
        if pinged:
            await_pings(crowd, count, PINGED_S)
        time.sleep(max(options.warmup, until - time.monotonic()))
        after, still = machine.memory_of(pid), ask(crowd)
        if still["connected"] != count or still["errors"]:
            raise Broken(f"of {count} connections {still['connected']} are left: {still['errors']}")
    return {
        "kib_per_connection": round((after.rss_kib - before.rss_kib) / count, 2),
        "pss_kib_per_connection": round((after.pss_kib - before.pss_kib) / count, 2),
        "kib_before_heartbeat": round((fresh.rss_kib - before.rss_kib) / count, 2),
        "handshakes_per_s": round(count / connected["connect_s"]),
        "refused_connects": sum(
            n for reason, n in connected["refusals"].items() if reason.startswith(("close", "HTTP"))
        ),
        "connections": count,
    }


def await_pings(crowd: Worker, count: int, timeout_s: float) -> None:
    """Wait until everybody has answered a ping of the hub's heartbeat."""
    deadline = time.monotonic() + timeout_s
    while (state := ask(crowd))["pinged"] < count:
        if time.monotonic() > deadline or state["errors"]:
            raise Broken(f"not every tablet of {count} was pinged after {timeout_s:.0f} s: {state}")
        time.sleep(POLL_S)


def ask(crowd: Worker) -> dict[str, Any]:
    """Return how everybody is."""
    crowd.tell("how")
    return crowd.report()
