"""What a storm of sign-ins costs a live fix: 200 at once, again and again, beside tablets that send their position.

Each sign-in costs the hub one argon2id hash. Those whom it refuses because too many wait come back when it says so. The
same tablets are measured without the storm first.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Mapping

import aiohttp

from bench import machine, provision
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.scene import verify_stored
from bench.viewer_accounts import make_dispatchers
from bench.worker import working

SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__LOGIN_PER_MINUTE": "1000000",
    "AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "1000000",
    "AROGYA_LIMITS__API_PER_S": "1000000",
    "AROGYA_LIMITS__API_BURST": "1000000",
}
MAIN_FIGURE = "storm_ack_p99_ms"
PATIENCE_S = 120.0  # of one wave


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--people", type=int, default=200, help="sign-ins at once (200)")
    parser.add_argument("--tablets", type=int, default=500, help="tablets that send meanwhile (500)")
    parser.add_argument("--rate", type=float, default=1.0, metavar="HZ", help="fixes a second and tablet (1)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Drive the tablets alone, then through the storm; return the figures by name."""
    emails, password = asyncio.run(make_dispatchers(hub.dsn, options.people))
    figures = {f"quiet_{name}": value for name, value in _drive(hub, options, None).items()}
    tally: Counter[str] = Counter()

    def storm() -> None:
        asyncio.run(_storm(hub.url, emails, password, tally, time.monotonic() + options.seconds))

    figures |= {f"storm_{name}": value for name, value in _drive(hub, options, storm).items()}
    took_s = tally["ms"] / 1000
    figures |= {
        "sign_ins": tally["201"],
        "sign_ins_per_s": round(tally["201"] / took_s, 1),
        "wave_s": round(took_s / tally["waves"], 2),
        "refused": tally["503"],
    }
    return figures


def _drive(hub: HubUnderTest, options: argparse.Namespace, meanwhile: object) -> dict[str, float]:
    """Let tablets send for the measured time, and something else happen in it."""
    fleet = asyncio.run(provision.make_fleet(hub.dsn, options.tablets))
    job = {
        "host": hub.host,
        "port": hub.port,
        "secrets": fleet.secrets,
        "frame": 1,
        "window_frames": 0,
        "rate_hz": options.rate,
        "warmup_s": options.warmup,
        "seconds": options.seconds,
    }
    with working("tablets", job) as tablets:
        roots = hub.processes()
        tablets.expect("measuring")
        before, started = machine.sample_cpu(roots), time.monotonic()
        if callable(meanwhile):
            meanwhile()
        tablets.expect("measured")
        cpu = before.shares_until(machine.sample_cpu(roots), time.monotonic() - started)
        tally = tablets.report()
    verify_stored(tally, asyncio.run(provision.count_stored(hub.dsn, fleet.prefix)))
    figures = {name: round(tally[name], 1) for name in ("ack_p50_ms", "ack_p99_ms", "ack_max_ms")}
    return figures | {f"cpu_{name}": cores for name, cores in cpu.items()}


async def _storm(url: str, emails: list[str], password: str, tally: Counter[str], until_s: float) -> None:
    """Let everybody sign in at once, wait until all are in, and begin again."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=PATIENCE_S)) as http:
        while time.monotonic() < until_s:
            began_s = time.monotonic()
            async with asyncio.TaskGroup() as wave:
                for email in emails:
                    wave.create_task(_sign_in(http, url, email, password, tally))
            tally["waves"] += 1
            tally["ms"] += round((time.monotonic() - began_s) * 1000)


async def _sign_in(http: aiohttp.ClientSession, url: str, email: str, password: str, tally: Counter[str]) -> None:
    """Sign in, and come back when the hub says so; raises `Broken` for any other answer."""
    body = {"email": email, "password": password, "client": "app"}
    while True:
        async with http.post(f"{url}/api/v1/sessions", json=body) as answer:
            tally[str(answer.status)] += 1
            if answer.status == 201:
                return
            if answer.status != 503 or "Retry-After" not in answer.headers:
                raise Broken(f"a sign-in was answered with {answer.status}: {await answer.text()}")
            wait_s = float(answer.headers["Retry-After"])
        await asyncio.sleep(wait_s)
