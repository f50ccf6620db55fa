"""`arogya nodes`: which hubs work together, and how each of them is."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import OK

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.cli.reaching import ReachedBus
    from hub.bus.survey import Listed, Survey

DESCRIPTION = """List the hubs that work as one through a Redis, and that Redis itself.

state is serving or draining; silent for a node that has not been heard for some seconds, and that ended without saying
so (it leaves the list after an hour); other secret or other protocol for one that cannot be understood from here.
lag is how long a node's own message took through Redis and back, heard how long ago its last one was.

examples:
  arogya nodes
  arogya nodes --state /srv/hub
  arogya nodes --redis redis://redis.example.org --config /etc/arogya.toml
  arogya nodes --json                      for monitoring"""
HEAD = ("node", "version", "protocol", "state", "host", "pid", "up", "devices", "viewers", "lag", "heard")
REASONS = {"mac": "other secret", "version": "other protocol", "malformed": "not understood"}
MIB = 1024**2


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "nodes", "list the hubs that work as one", DESCRIPTION)
    options.add_bus(parser)
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Print the table."""
    from arogya.cli.reaching import Alone, reached_bus
    from arogya.cli.telling import look

    try:
        bus = reached_bus(parsed, options.settings_of(parsed))
    except Alone as alone:
        text = json.dumps({"redis": None, "nodes": [], "url": alone.hub.url, "pid": alone.hub.pid}, indent=1)
        words = str(alone)
        sys.stdout.write((text if parsed.json else words[:1].upper() + words[1:] + ".") + "\n")
        return OK
    found = look(bus)
    if parsed.json:
        sys.stdout.write(json.dumps(as_json(bus, found), indent=1) + "\n")
        return OK
    from arogya.cli.device_output import print_table

    sys.stdout.write(f"{server_in_words(bus, found)}\n")
    if found.nodes:
        now_us = time.time_ns() // 1000
        print_table([HEAD, *(row(listed, now_us) for listed in found.nodes)])
    else:
        sys.stdout.write("No node is on it.\n")
    return OK


def server_in_words(bus: ReachedBus, found: Survey) -> str:
    """Say what carries the messages."""
    most = f" of {found.memory_max_bytes / MIB:,.0f}" if found.memory_max_bytes else ""
    return f"{found.server} at {bus.place}, {found.mode}, {found.memory_bytes / MIB:,.1f}{most} MiB in use"


def state_of(listed: Listed) -> str:
    """Say in a word how a node is."""
    if listed.peer is None:
        return REASONS.get(listed.reason, listed.reason)
    return listed.peer.state if listed.alive else "silent"


def row(listed: Listed, now_us: int) -> tuple[str, ...]:
    """Return the cells of a node; `now_us` is µs since 1970."""
    peer, heard = listed.peer, in_words(listed.age_s)
    if peer is None:
        return (listed.node, "-", str(listed.protocol or "-"), state_of(listed), *["-"] * 6, heard)
    return (
        peer.node,
        peer.version,
        str(peer.protocol),
        state_of(listed),
        peer.host,
        str(peer.pid),
        in_words((now_us - peer.started_at) / 1e6),
        f"{peer.devices:,}",
        f"{peer.viewers:,}",
        f"{peer.lag_s * 1000:.1f} ms",
        heard,
    )


def in_words(seconds: float) -> str:
    """Return a duration as people say it."""
    seconds = max(0.0, seconds)
    if seconds < 10:
        return f"{seconds:.1f} s"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def as_json(bus: ReachedBus, found: Survey) -> dict[str, object]:
    """Return everything for programs."""
    server = {
        "url": bus.place,
        "server": found.server,
        "mode": found.mode,
        "memory_bytes": found.memory_bytes,
        "memory_max_bytes": found.memory_max_bytes,
    }
    return {"redis": server, "nodes": [_node(listed) for listed in found.nodes]}


def _node(listed: Listed) -> dict[str, object]:
    said = {} if listed.peer is None else listed.peer._asdict()
    protocol = listed.protocol or None
    return {**said, "node": listed.node, "protocol": protocol, "state": state_of(listed), "age_s": listed.age_s}
