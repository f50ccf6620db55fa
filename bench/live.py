"""How late a dispatcher sees a fleet, and whether anything is lost: tablets → hub → viewers, everything stored.

Every position is timed from the tablet's write to each viewer's read. In the end each viewer's picture is compared with
the newest sound fix that the database has of each ambulance, and its alarms with those that were raised. At the same
time, on the same cores, clients of a bare aiohttp server get messages of the size of a tick's echoed: that is what the
machine allows.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench import lateness, provision, scene, viewer_accounts
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.lateness import Span
from bench.scene import Load, Scene, Watch
from bench.worker import Worker, working

# Limits of the hub that the load needs raised; everything else stays as it ships.
SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__SOCKETS": "50000",
    "AROGYA_INGEST__BUDGET_SAMPLES": "4000000",
    "AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "100000",
}
MAIN_FIGURE = "live_p99_ms"
UPDATE_BYTES = 60  # of a position in a frame, near enough for the echo
TICKS_HZ = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--tablets", type=int, default=5000, help="tablets that send once a second (5000)")
    parser.add_argument("--viewers", type=int, default=50, help="viewers (50)")
    parser.add_argument("--alarms", type=int, default=20, help="calls for help meanwhile (20)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the load once and return the figures by name; raises `Broken` when anything was lost."""
    fleet = asyncio.run(provision.make_fleet(hub.dsn, options.tablets))
    tokens = asyncio.run(viewer_accounts.viewer_tokens(hub, options.viewers))
    with tempfile.TemporaryDirectory() as name, echoing(options) as echo:
        folder = Path(name)
        watch = Watch(tokens, ["fleet", "alarms"], [])
        played = scene.play(hub, watch, Load(fleet, options.warmup, options.seconds, options.alarms), folder)
        echoed = ask(echo)
        tally = played.tally
        from_ns = tally["measured_from_ns"]
        span = Span(from_ns, from_ns + int(tally["measured_s"] * 1e9))
        late = lateness.join(played.pictures, np.load(folder / "sent.npy"), fleet.ids, span)
    alarms = lost_alarms(hub, played)
    if played.lost or alarms:
        raise Broken(f"{played.lost} positions and {alarms} alarms were lost on the way to a viewer")
    p50, p99, most = np.percentile(late.ms, (50, 99, 100))
    figures = {"live_p50_ms": p50, "live_p99_ms": p99, "live_max_ms": most, "lost": played.lost + alarms}
    figures |= {"seen_share": late.seen_share, "echo_p50_ms": echoed["p50_ms"], "echo_p99_ms": echoed["p99_ms"]}
    figures |= {f"cpu_{name}": cores for name, cores in played.cpu.items()}
    figures |= {"ack_p99_ms": tally["ack_p99_ms"], "fixes_per_s": tally["acked"] / tally["measured_s"]}
    return {figure: round(float(value), 3) for figure, value in figures.items()}


@contextlib.contextmanager
def echoing(options: argparse.Namespace) -> Iterator[Worker]:
    """Run a bare echo server, with as many clients as viewers and messages of the size of a tick's."""
    job = {"host": "127.0.0.1", "clients": options.viewers, "rate_hz": TICKS_HZ}
    job["bytes"] = max(64, round(options.tablets * UPDATE_BYTES / TICKS_HZ))
    with working("bare", {}) as server, working("echo", job | {"port": server.report()["port"]}) as clients:
        clients.expect("ready")
        yield clients


def ask(echo: Worker) -> dict[str, Any]:
    """End the echoing and return how long messages took; raises `Broken` when a client was lost."""
    echo.tell("stop")
    echoed = echo.report()
    if echoed["lost"]:
        raise Broken(f"{echoed['lost']} clients of the bare server lost their connection")
    return echoed


def lost_alarms(hub: HubUnderTest, played: Scene) -> int:
    """Count the alarms that were not stored, and those that a viewer heard of never or twice."""
    raised = played.tally["alarms"]
    stored = asyncio.run(provision.stored_alarms(hub.dsn, raised))
    lost = len(raised) - len(stored)
    for picture in played.pictures.all:
        seen = Counter(body["id"] for _, _, kind, body in picture.events if kind == "raised")
        lost += sum(seen[id_] != 1 for id_ in stored)
    return lost
