"""How many fixes a second become durable, and how fast a tablet hears of it: tablets → hub → PostgreSQL with fsync.

Two loads: `saturate` (tablets that drain a backlog as fast as their credit lets them) and `paced` (a large fleet at
its everyday rate). What was acked is counted in the database afterwards; one row too few or too many fails the run.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bench import machine, provision, psql
from bench.hub import HubUnderTest
from bench.scene import verify_stored
from bench.worker import working

# Limits of the hub that the loads need raised; everything else stays as it ships.
SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__SOCKETS": "50000",
    "AROGYA_INGEST__BUDGET_SAMPLES": "4000000",
}
MAIN_FIGURE = "fixes_per_s"  # whose spread over the repeats says how noisy they were


class Load(NamedTuple):
    """What one set of tablets does."""

    tablets: int
    frame: int  # fixes a frame
    rate_hz: float  # frames a second and tablet; 0 saturates
    window_frames: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--profile", choices=("both", "saturate", "paced"), default="both")
    parser.add_argument("--tablets", type=int, default=64, help="tablets that saturate (64)")
    parser.add_argument("--frame", type=int, default=50, help="fixes in a frame of a saturating tablet (50)")
    parser.add_argument("--window", type=int, default=8, help="frames a saturating tablet keeps on the way (8)")
    parser.add_argument("--paced-tablets", type=int, default=5000, help="tablets of the paced load (5000)")
    parser.add_argument("--rate", type=float, default=1.0, metavar="HZ", help="fixes a second and paced tablet (1)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the chosen loads once and return the figures by name."""
    figures: dict[str, float] = {}
    if options.profile != "paced":
        load = Load(options.tablets, options.frame, 0.0, options.window)
        found, prefix = run_load(hub, load, options)
        figures |= found
        with tempfile.TemporaryDirectory() as folder:
            rows_per_s, rows = psql.copy_rows_per_s(psql.Psql(hub.psql, hub.dsn), Path(folder), prefix)
        figures |= {"psql_copy_rows_per_s": round(rows_per_s), "psql_copy_rows": rows}
        figures["ratio"] = round(figures["fixes_per_s"] / rows_per_s, 3)
    if options.profile != "saturate":
        found, _ = run_load(hub, Load(options.paced_tablets, 1, options.rate, 0), options)
        figures |= {f"paced_{name}": value for name, value in found.items()}
    return figures


def run_load(hub: HubUnderTest, load: Load, options: argparse.Namespace) -> tuple[dict[str, float], str]:
    """Drive one load from a process of its own; returns its figures and the prefix of its ambulances."""
    fleet = asyncio.run(provision.make_fleet(hub.dsn, load.tablets))
    psql.Psql(hub.psql, hub.dsn).run("CHECKPOINT")
    job = load._asdict() | {"host": hub.host, "port": hub.port, "secrets": fleet.secrets}
    del job["tablets"]  # as many as there are secrets
    with working("tablets", job | {"warmup_s": options.warmup, "seconds": options.seconds}) as tablets:
        roots = hub.processes() | {"tablets": tablets.pid}
        tablets.expect("measuring")
        before, started = machine.sample_cpu(roots), time.monotonic()
        tablets.expect("measured")
        cpu = before.shares_until(machine.sample_cpu(roots), time.monotonic() - started)
        tally = tablets.report()
    tally["tablets"] = load.tablets
    verify_stored(tally, asyncio.run(provision.count_stored(hub.dsn, fleet.prefix)))
    return figures_of(tally, cpu), fleet.prefix


def figures_of(tally: Mapping[str, float], cpu: Mapping[str, float]) -> dict[str, float]:
    """Choose what is reported of one load."""
    figures = {name: round(tally[name], 1) for name in ("ack_p50_ms", "ack_p99_ms", "ack_max_ms")}
    figures["fixes_per_s"] = round(tally["acked"] / tally["measured_s"])
    figures |= {"fixes": tally["acked_in_all"], "refused_connects": tally["refused_connects"]}
    figures["connects_per_s"] = round(tally["tablets"] / tally["connect_s"])
    return figures | {f"cpu_{name}": cores for name, cores in cpu.items()}
