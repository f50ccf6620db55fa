"""What a second hub process brings, and what it costs to keep the hubs in step.

The loads of `fixes` and `live`, and 500 tablets with 20 viewers, on one hub process and on two behind one port. Then
two hubs of one database with a port each: a position that comes in at one and is seen at the other, against one that is
seen where it came in; both times are taken in the same run. In the end one of two hubs is killed, and the time is taken
until every tablet is acked and every viewer sees everything again, through the other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from arogya.embedded.valkey import EmbeddedValkey
from bench import fixes, lateness, machine, provision, scene, viewer_accounts
from bench.broken import Broken
from bench.hub import HubUnderTest, hub_under_test
from bench.lateness import Span
from bench.scene import Load, Scene, Watch
from bench.worker import working

SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__SOCKETS": "50000",
    "AROGYA_INGEST__BUDGET_SAMPLES": "4000000",
    "AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "100000",
}
MAIN_FIGURE = "added_p99_ms"
WORKERS = 2
SATURATING = fixes.Load(tablets=64, frame=50, rate_hz=0.0, window_frames=8)
EVERYDAY_TABLETS, EVERYDAY_VIEWERS = 500, 20  # of load L in the fault tests
SURVIVING_TABLETS, SURVIVING_VIEWERS = 100, 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--tablets", type=int, default=5000, help="tablets of the live load (5000)")
    parser.add_argument("--viewers", type=int, default=50, help="viewers of the live load (50)")
    parser.add_argument("--deaths", type=int, default=3, help="hubs that are killed, one after the other (3)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run every load once and return the figures by name; raises `Broken` when anything was lost."""
    if not hub.supervisor:
        raise Broken("this benchmark starts its hubs itself: leave out --url")
    figures = {f"one_{name}": value for name, value in loads(hub, options).items()}
    with hub_under_test(None, None, SETTINGS, ("--workers", str(WORKERS))) as both:
        figures |= {f"two_{name}": value for name, value in loads(both, options).items()}
        figures |= deaths(both, options.deaths)
    figures["gain_fixes"] = figures["two_fixes_per_s"] / figures["one_fixes_per_s"]
    figures["relay_share"] = figures["two_everyday_relay_share"]
    figures |= added(options)
    return {name: round(value, 3) for name, value in figures.items()}


def loads(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the three loads on one server."""
    found, _ = fixes.run_load(hub, SATURATING, options)
    figures = {"fixes_per_s": found["fixes_per_s"], "ack_p99_ms": found["ack_p99_ms"]}
    figures["fix_cpu_us"] = hubs_of(found) * 1e6 / found["fixes_per_s"]
    live = watched(hub, options.tablets, options.viewers, options)
    everyday = watched(hub, EVERYDAY_TABLETS, EVERYDAY_VIEWERS, options)
    figures |= {f"live_{name}": value for name, value in live.items()}
    return figures | {f"everyday_{name}": value for name, value in everyday.items()}


def watched(hub: HubUnderTest, tablets: int, viewers: int, options: argparse.Namespace) -> dict[str, float]:
    """Let tablets send once a second and viewers watch all of them."""
    watch = Watch(asyncio.run(viewer_accounts.viewer_tokens(hub, viewers)), ["fleet"], [])
    busy_s, cpu_s = hub.metric("hub_bus_busy_seconds_total"), spent_s(hub)
    times, played = timed(hub, watch, tablets, options)
    relay_share = (hub.metric("hub_bus_busy_seconds_total") - busy_s) / (spent_s(hub) - cpu_s)
    rate = played.tally["acked"] / played.tally["measured_s"]
    p50, p99 = np.percentile(times, (50, 99))
    cores = hubs_of({f"cpu_{name}": share for name, share in played.cpu.items()})
    return {
        "p50_ms": float(p50),
        "p99_ms": float(p99),
        "lost": played.lost,
        "cpu_hub": cores,
        "cpu_us_per_update": cores * 1e6 / rate,
        "relay_share": relay_share,
    }


def timed(
    hub: HubUnderTest,
    watch: Watch,
    tablets: int,
    options: argparse.Namespace,
    *,
    elsewhere: HubUnderTest | None = None,
) -> tuple[np.ndarray, Scene]:
    """Return how long each position took to each viewer in ms, and all that came of the load."""
    fleet = asyncio.run(provision.make_fleet(hub.dsn, tablets))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        load = Load(fleet, options.warmup, options.seconds)
        played = scene.play(hub, watch, load, folder, elsewhere=elsewhere)
        from_ns = played.tally["measured_from_ns"]
        span = Span(from_ns, from_ns + int(played.tally["measured_s"] * 1e9))
        late = lateness.join(played.pictures, np.load(folder / "sent.npy"), fleet.ids, span)
    if played.lost:
        raise Broken(f"{played.lost} positions were lost on the way to a viewer")
    return late.ms, played


def spent_s(hub: HubUnderTest) -> float:
    """Return the processor time of all hub processes so far."""
    return sum(machine.cpu_s(pid) for name, pid in hub.processes().items() if name.startswith("hub"))


def hubs_of(figures: Mapping[str, float]) -> float:
    """Return the cores that all hub processes used together."""
    return sum(value for name, value in figures.items() if name == "cpu_hub" or name.startswith("cpu_hub_"))


def added(options: argparse.Namespace) -> dict[str, float]:
    """Compare a viewer at the hub of the tablets with one at the other hub."""
    with pair() as (here, there):
        tokens = asyncio.run(viewer_accounts.viewer_tokens(here, EVERYDAY_VIEWERS))
        watch = Watch(tokens, ["fleet"], [])
        same, _ = timed(here, watch, EVERYDAY_TABLETS, options)
        other, _ = timed(here, watch, EVERYDAY_TABLETS, options, elsewhere=there)
    same_p99, other_p99 = float(np.percentile(same, 99)), float(np.percentile(other, 99))
    return {"same_hub_p99_ms": same_p99, "other_hub_p99_ms": other_p99, "added_p99_ms": other_p99 - same_p99}


@contextlib.contextmanager
def pair() -> Iterator[tuple[HubUnderTest, HubUnderTest]]:
    """Run two servers of one database and one Valkey, each with a port of its own."""
    with tempfile.TemporaryDirectory(prefix="arogya-bench-") as name:
        valkey = EmbeddedValkey(Path(name))
        settings = {**SETTINGS, "AROGYA_NODES__SECRET": secrets.token_hex(32)}
        settings["AROGYA_NODES__REDIS_URL"] = valkey.start()
        try:
            with hub_under_test(None, None, settings | {"AROGYA_NODES__NAME": "here"}) as here:
                apart = settings | {"AROGYA_NODES__NAME": "there"}
                with hub_under_test(None, None, apart, ("--database", here.dsn)) as there:
                    yield here, there
        finally:
            valkey.stop()


def deaths(hub: HubUnderTest, count: int) -> dict[str, float]:
    """Kill one hub of two again and again; return the longest times until everybody was right at the other."""
    acked_s, seen_s = [], []
    for _ in range(count):
        fleet = asyncio.run(provision.make_fleet(hub.dsn, SURVIVING_TABLETS))
        tokens = asyncio.run(viewer_accounts.viewer_tokens(hub, SURVIVING_VIEWERS))
        job = {"url": hub.url, "secrets": fleet.secrets, "ids": fleet.ids, "tokens": tokens}
        with working("survivors", job) as survivors:
            survivors.expect("running")
            victim = hub.processes()["hub"]
            os.kill(victim, signal.SIGKILL)
            survivors.tell("killed")
            took = survivors.report()
        if not (took["acked_s"] and took["seen_s"]):
            raise Broken(f"not everybody came back after a hub's death: {took}")
        acked_s.append(took["acked_s"])
        seen_s.append(took["seen_s"])
        time.sleep(2.0)  # the hub that was started again is ready
    return {"death_acked_s": max(acked_s), "death_seen_s": max(seen_s)}
