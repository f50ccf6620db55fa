"""`arogya demo`: everything on one machine, with data to look at, a fleet that moves and patients who exercise."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from arogya.cli import options
from arogya.cli.outcome import OK
from arogya.cli.progress import Steps
from arogya.config import changed

if TYPE_CHECKING:
    from concurrent.futures import Future

    from arogya.cli.demo_lan import Lan
    from arogya.launch import Launch
    from storage.demo_dispatch import DemoCity

DESCRIPTION = """A complete demonstration: PostgreSQL, the hub, logins for every role, ambulances that serve calls, and
patients who exercise at home with sensors.

It needs nothing but this program, keeps its data in a folder between runs, and listens on this machine only. With
--lan it serves a phone in the same network, by TLS, and the logins get passwords that only this run prints.

examples:
  arogya demo                       on port 8080, or the next free one
  arogya demo --port 9000 --state /srv/demo
  arogya demo --lan                 for a phone in the same network too: as a tablet, or as a patient
  arogya demo --workers 2           two hub processes behind the one address
  arogya demo --for-seconds 5       ends by itself: for scripts
  arogya demo --no-calls            without callers: the fleet makes its rounds until somebody dispatches it
  arogya demo --no-patients         without the simulated patients
  arogya demo --no-fleet            without anything simulated, for `arogya replay` alone
  arogya demo --recordings DIR      recordings of joints (see `arogya replay --help`) are patients, too"""


class FleetFiles(NamedTuple):
    """What the simulated fleet, its callers and the patients with sensors sign in with."""

    credentials: Path
    exchange: Path
    patients: Path


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "demo", "show everything, with made-up data and a moving fleet", DESCRIPTION)
    options.add_database(parser)
    options.add_listening(parser)
    options.add_nodes(parser)
    parser.add_argument("--for-seconds", type=float, metavar="S", help="stop by itself this long after it is ready")
    parser.add_argument("--lan", action="store_true", help="serve the local network by TLS, with passwords of its own")
    parser.add_argument("--no-fleet", action="store_true", help="do not start anything simulated")
    parser.add_argument("--no-calls", action="store_true", help="the simulated fleet drives, and nobody calls it")
    parser.add_argument("--no-patients", action="store_true", help="nobody exercises")
    parser.add_argument("--recordings", type=Path, metavar="DIR", help="play the recordings of joints in this folder")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the fleet's random seed (default 1)")
    parser.add_argument("--verbose", action="store_true", help="show the hub's own messages, not only its warnings")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Start everything, say where to look, and keep it running."""
    began_at = time.monotonic()
    settings = options.settings_of(parsed)
    if not parsed.verbose and settings.logging.level == "info":
        settings = changed(settings, "logging", level="warning")
    if settings.auth.totp == "auto":
        settings = changed(settings, "auth", totp="off")
    from arogya.cli import demo_dispatch
    from arogya.cli.starting import explained, log_to_stderr, refuse_exposure
    from arogya.launch import Launch
    from arogya.supervisor import Stopped

    state, lan = options.state_of(parsed), None
    if parsed.lan:
        from arogya.cli import demo_lan

        settings, lan = demo_lan.prepare(settings, state, parsed.host)
    if not (parsed.no_fleet or parsed.no_calls):
        settings = demo_dispatch.by_itself(settings)
    refuse_exposure(settings)
    log_to_stderr(settings)
    steps = Steps()
    with explained(), Launch(settings, state, search_port=True) as launch:
        try:
            fleet = _prepare(launch, steps, parsed, lan)
            running = launch.serve()
            if not parsed.no_fleet:
                where = ("--url", running.url, "--seed", str(parsed.seed))
                calls = () if parsed.no_calls else ("--exchange", str(fleet.exchange))
                patients = () if parsed.no_patients else ("--patients", str(fleet.patients))
                who = ("--credentials", str(fleet.credentials), *calls, *patients)
                launch.help_with("the simulated fleet", "simulate", *where, *who, "--until-eof")
            steps.end()
            _announce(launch, time.monotonic() - began_at, lan)
            launch.keep(parsed.for_seconds)
        except Stopped:
            pass
    return OK


def _prepare(launch: Launch, steps: Steps, parsed: argparse.Namespace, lan: Lan | None) -> FleetFiles:
    from arogya.cli.demo_dispatch import found_ahead, on_its_roads
    from arogya.cli.starting import hubs_in_words, join

    seed = parsed.seed
    city = found_ahead(launch.state, seed)
    steps.begin("PostgreSQL")
    launch.open()
    dsn = launch.database()
    steps.begin("schema and demo data")
    fleet = asyncio.run(_fill(dsn, launch.state, parsed, city, to_network=lan is not None))
    if lan is not None:
        from arogya.cli import demo_lan

        launch.settings = demo_lan.with_origins(launch.settings, lan.names)
        launch.trusted = lan.shown and lan.shown.authority
    if launch.settings.map.roads is None:
        from arogya.cli.demo_data import draw_roads

        launch.settings = changed(launch.settings, "map", roads=str(draw_roads(launch.state, seed)))
    launch.settings = on_its_roads(launch.settings, launch.state, seed)
    join(launch, steps)
    steps.begin(hubs_in_words(launch.settings))
    return fleet


async def _fill(
    dsn: str, state: Path, parsed: argparse.Namespace, city: Future[DemoCity] | None, *, to_network: bool
) -> FleetFiles:
    # Loaded while the hub process loads its own modules on another core.
    from arogya.cli import demo_data, demo_dispatch, demo_physio
    from storage import migrate

    await migrate.apply(dsn)
    fleet = await demo_data.prepare(dsn, state)
    exchange = await demo_dispatch.prepare(dsn, state, parsed.seed, city)
    patients = await demo_physio.prepare(dsn, state, parsed.seed, parsed.recordings)
    if to_network:
        from arogya.cli import demo_lan

        await demo_lan.close_to_strangers(dsn, state, demo_data.emails())
    return FleetFiles(fleet, exchange, patients)


def _announce(launch: Launch, seconds: float, lan: Lan | None) -> None:
    from arogya.cli.demo_lan import words_for_phones

    phones = "" if lan is None else f"{words_for_phones(launch.settings, lan)}\n\n"
    metrics = "\n           ".join(launch.metrics_urls)
    trusting = "" if launch.trusted is None else f"SSL_CERT_FILE={launch.trusted} "
    sys.stdout.write(f"""
  Arogya Hub is ready ({seconds:.1f} s)

  Open     {launch.url}
{_logins(launch.state)}

{phones}  Metrics  {metrics}
  Data     {launch.state} (kept until you remove it)
  Replay   {trusting}{_program()} replay FILE.csv (traces of vehicles, recordings of joints)
  Stop     Ctrl-C

""")
    sys.stdout.flush()


def _logins(state: Path) -> str:
    from arogya.cli.demo_data import MEANINGS, PASSWORD, USERS
    from arogya.cli.demo_lan import kept_passwords

    kept = kept_passwords(state)
    rows = [(user.email, kept.get(user.email), MEANINGS[user.email.partition("@")[0]]) for user in USERS]
    if not kept:
        return "\n".join(
            [
                f"  Sign in  with the password {PASSWORD} as",
                *(f"    {email:<28} {meaning}" for email, _, meaning in rows),
            ]
        )
    shown = (f"    {email:<28} {password or PASSWORD}   {meaning}" for email, password, meaning in rows)
    return "\n".join(["  Sign in  as, with the password beside it,", *shown])


def _program() -> str:
    """Return how to call this program from here: by its name alone where that is on the path."""
    called = Path(sys.argv[0]).name
    if called == "__main__.py":
        return "python -m arogya"
    return called if shutil.which(called) else sys.argv[0]
