"""`arogya simulate`: ambulances that drive through a made-up city and take calls, and patients with sensors."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.groups import leaves
from arogya.cli.outcome import MISTAKEN, OK, UNREACHABLE, CommandError

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.simulator.fleet import Plan
    from arogya.simulator.wearer import Wearer

DESCRIPTION = """Drive simulated ambulances through a made-up city; each is a real device with its own connection.

Their crews answer offers, drive to the scene and to a hospital, and say each stage on their tablets.
With --exchange there are callers, too. The city, its streets and every trip follow from --seed.
With --patients people at home exercise with sensors: a JSON list like that of the demo's state folder.
`arogya demo` runs this by itself.

examples:
  arogya simulate --credentials fleet.json
  arogya simulate --credentials fleet.json --url https://hub.example.org --count 5 --rate 2

The credentials are a JSON list: [{"plate_number": "KA-01-AB-1234", "secret": "…"}, …]
`arogya device add --csv fleet.csv --secret --json` makes one from a list of ambulances."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "simulate", "drive simulated ambulances, move simulated patients", DESCRIPTION)
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="who drives: see above")
    parser.add_argument("--patients", type=Path, metavar="FILE", help="who exercises: see above")
    parser.add_argument("--exchange", type=Path, metavar="FILE", help='who puts calls through: {"email", "password"}')
    parser.add_argument("--url", help="the hub's address (default: the one that runs on this machine)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="state folder of the hub to look for")
    parser.add_argument("--spool", type=Path, metavar="DIR", help="keep what is not acked here (default: in memory)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another city, other trips (default 1)")
    parser.add_argument("--count", type=int, metavar="N", help="only the first N of the credentials")
    parser.add_argument("--rate", type=float, default=1.0, metavar="HZ", help="fixes a second of each (default 1)")
    parser.add_argument("--centre", type=_centre, metavar="LAT,LON", help="where the city lies (default: Pune)")
    parser.add_argument("--until-eof", action="store_true", help="end when standard input ends: for supervisors")
    parser.set_defaults(run=run)


def _centre(text: str) -> tuple[float, float]:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not LATITUDE,LONGITUDE") from None
    if not (-80 <= latitude <= 80 and -180 <= longitude <= 180):
        raise argparse.ArgumentTypeError("latitude must be from -80 to 80, longitude from -180 to 180")
    return latitude, longitude


def run(parsed: argparse.Namespace) -> int:
    """Drive until a signal, or the end of standard input, says to stop."""
    from arogya.simulator.callers import ExchangeError, read_exchange
    from arogya.simulator.fleet import CredentialsError, Plan, read_credentials
    from arogya.simulator.roads import CENTRE
    from arogya.simulator.wearer import WearersError, read_wearers

    if not 0.001 <= parsed.rate <= 10:
        raise CommandError("--rate must be from 0.001 to 10 fixes a second", MISTAKEN)
    try:
        credentials = read_credentials(parsed.credentials)[: parsed.count] if parsed.credentials else []
        wearers = read_wearers(parsed.patients) if parsed.patients else []
        exchange = read_exchange(parsed.exchange) if parsed.exchange else None
    except (CredentialsError, ExchangeError, WearersError) as error:
        raise CommandError(str(error), MISTAKEN) from error
    if not credentials and not wearers:
        raise CommandError("there is nobody to drive or to exercise: name --credentials, --patients or both", MISTAKEN)
    plan = Plan(
        parsed.url or _running_url(parsed.state),
        credentials,
        seed=parsed.seed,
        interval_s=1.0 / parsed.rate,
        spools=parsed.spool,
        centre=parsed.centre or CENTRE,
        exchange=exchange,
    )
    return asyncio.run(_drive(plan, wearers, until_eof=parsed.until_eof))


def _running_url(state: Path | None) -> str:
    from arogya.running import find

    running = find(state)
    if running is None:
        raise CommandError("no hub runs on this machine; start `arogya demo`, or name one with --url", UNREACHABLE)
    return running.url


async def _drive(plan: Plan, wearers: list[Wearer], *, until_eof: bool) -> int:
    from arogya.client import SpoolError
    from arogya.simulator import at_home, fleet
    from arogya.simulator.wearer import WearersError

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if until_eof:
        loop.add_reader(sys.stdin.fileno(), _stop_at_eof, loop, stop)
    if not until_eof:
        who = f"{len(plan.credentials)} ambulances drive, {len(wearers)} patients exercise"
        sys.stderr.write(f"{who}, and report to {plan.url}; Ctrl-C stops them\n")
    try:
        async with asyncio.TaskGroup() as tasks:
            running = [tasks.create_task(at_home.run(plan.url, wearers, plan.seed))] if wearers else []
            if plan.credentials:
                running.append(tasks.create_task(fleet.run(plan)))
            await stop.wait()
            for task in running:
                task.cancel()
    except BaseExceptionGroup as group:
        unusable = group.subgroup((SpoolError, WearersError))
        if unusable is None:
            raise
        raise CommandError("; ".join(str(error) for error in leaves(unusable))) from group
    return OK


def _stop_at_eof(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        loop.remove_reader(sys.stdin.fileno())
        stop.set()
