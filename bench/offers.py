"""How long a call waits for its offer: from the caller's request to the tablet that is asked, under everyday load.

Tablets send once a second and viewers watch, while calls come in that are offered without a person: the hub takes the
call, hears of it from PostgreSQL, chooses among all units, and asks one over its socket. Each call has to be offered
once; one too few or too many fails the run.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import aiohttp
import numpy as np

from bench import machine, provision, scene, viewer_accounts
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.scene import Watch
from bench.tablet import start_of
from bench.worker import working

# Every call is offered at once, and to one unit: nothing is sounded again or expires while it is measured.
SETTINGS: Mapping[str, str] = {
    "AROGYA_DISPATCH__P1_MODE": "automatic",
    "AROGYA_DISPATCH__P1_OFFER_EXPIRES_S": "3600",
    "AROGYA_DISPATCH__P1_RE_ALERT_S": "0",
    "AROGYA_DISPATCH__P1_NEXT_UNIT_S": "0",
    "AROGYA_LIMITS__API_PER_S": "1000",
    "AROGYA_LIMITS__API_BURST": "1000",
    "AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "100000",
}
MAIN_FIGURE = "offer_p99_ms"
FIRST_S = 1.5  # units are on the map, and no connection is new
LAST_S = 5.0  # the last offer is on its way


class Taken(NamedTuple):
    """A call that was answered: its id, when it was made and when the answer came, monotonic ns."""

    request_id: str
    made_ns: int
    answered_ns: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--tablets", type=int, default=500, help="tablets that send once a second (500)")
    parser.add_argument("--viewers", type=int, default=20, help="viewers (20)")
    parser.add_argument("--calls", type=float, default=5.0, metavar="HZ", help="calls a second (5)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the load once and return the figures by name; raises `Broken` for a call that was not offered just once."""
    count = round(options.calls * options.seconds)
    if not 0 < count <= options.tablets:
        raise Broken(f"{count} calls need as many tablets, and there are {options.tablets}")
    fleet = asyncio.run(provision.make_fleet(hub.dsn, options.tablets))
    tokens = asyncio.run(viewer_accounts.viewer_tokens(hub, max(1, options.viewers)))
    job = {"host": hub.host, "port": hub.port, "secrets": fleet.secrets, "frame": 1, "window_frames": 0}
    job |= {"rate_hz": 1.0, "warmup_s": max(FIRST_S, options.warmup), "seconds": options.seconds + LAST_S}
    watch = Watch(tokens[: options.viewers], ["fleet"], [])
    with (
        tempfile.TemporaryDirectory() as folder,
        scene.watching(hub.host, hub.port, watch) as viewers,
        working("tablets", job) as tablets,
    ):
        tablets.expect("measuring")
        before, started = machine.sample_cpu(hub.processes()), time.monotonic()
        taken = asyncio.run(make_calls(hub, tokens[0], count, options.calls))
        cpu = before.shares_until(machine.sample_cpu(hub.processes()), time.monotonic() - started)
        time.sleep(LAST_S / 2)
        tablets.expect("measured")
        tally = tablets.report()
        scene.pictures_of(viewers, len(watch.tokens), Path(folder))
    scene.verify_stored(tally, asyncio.run(provision.count_stored(hub.dsn, fleet.prefix)))
    asked: dict[str, int] = dict(tally["offers"])
    verify_once(taken, Counter(request_id for request_id, _ in tally["offers"]))
    offered = np.array([asked[call.request_id] - call.made_ns for call in taken]) / 1e6
    answered = np.array([call.answered_ns - call.made_ns for call in taken]) / 1e6
    figures = {f"offer_{name}_ms": value for name, value in _percentiles(offered).items()}
    figures |= {f"answer_{name}_ms": value for name, value in _percentiles(answered).items()}
    figures |= {"calls": len(taken), "ack_p99_ms": tally["ack_p99_ms"]}
    figures |= {f"cpu_{name}": cores for name, cores in cpu.items()}
    return {figure: round(float(value), 3) for figure, value in figures.items()}


async def make_calls(hub: HubUnderTest, token: str, count: int, rate_hz: float) -> list[Taken]:
    """Make calls at a steady rate, each near another tablet; raises `Broken` for one that is not taken."""
    headers = {"Authorization": f"Bearer {token}"}
    began = time.monotonic()
    async with aiohttp.ClientSession(headers=headers) as http, asyncio.TaskGroup() as tasks:
        made = []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate_hz - time.monotonic()))
            made.append(tasks.create_task(make_call(hub, http, number)))
    return [call.result() for call in made]


async def make_call(hub: HubUnderTest, http: aiohttp.ClientSession, number: int) -> Taken:
    """Make one call, as somebody whom a dispatcher has on the telephone."""
    latitude, longitude = start_of(number)
    body = {"caller": f"caller {number}", "callback_number": f"+91 20 {number:07}", "complaint": "Fall", "priority": 1}
    place = {"latitude": round(latitude, 5), "longitude": round(longitude, 5)}
    made_ns = time.monotonic_ns()
    async with http.post(f"{hub.url}/api/v1/ambulance_requests", json=body | {"pickup_location": place}) as answer:
        if answer.status != 201:
            raise Broken(f"a call was answered with {answer.status}: {await answer.text()}")
        return Taken(str((await answer.json())["id"]), made_ns, time.monotonic_ns())


def verify_once(taken: list[Taken], asked: Counter[str]) -> None:
    """Raise `Broken` unless each call was offered once."""
    lost = sum(not asked[call.request_id] for call in taken)
    again = sum(times - 1 for times in asked.values())
    if lost or again:
        raise Broken(f"{lost} of {len(taken)} calls were offered to nobody, and {again} offers came again")


def _percentiles(times_ms: np.ndarray[tuple[int], np.dtype[np.float64]]) -> dict[str, float]:
    p50, p99, most = np.percentile(times_ms, (50, 99, 100))
    return {"p50": float(p50), "p99": float(p99), "max": float(most)}
