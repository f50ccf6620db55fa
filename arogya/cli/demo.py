"""`arogya demo`: everything on one machine, with data to look at and a fleet that moves."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import OK
from arogya.cli.progress import Steps
from arogya.config import changed

if TYPE_CHECKING:
    from arogya.launch import Launch

DESCRIPTION = """A complete demonstration: PostgreSQL, the hub, logins for every role, and ambulances on the road.

It needs nothing but this program, listens on this machine only, and keeps its data in a folder between runs.

examples:
  arogya demo                       on port 8080, or the next free one
  arogya demo --port 9000 --state /srv/demo
  arogya demo --workers 2           two hub processes behind the one address
  arogya demo --for-seconds 5       ends by itself: for scripts
  arogya demo --no-fleet            without the simulated fleet, for `arogya replay` alone"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "demo", "show everything, with made-up data and a moving fleet", DESCRIPTION)
    options.add_database(parser)
    options.add_listening(parser)
    options.add_nodes(parser)
    parser.add_argument("--for-seconds", type=float, metavar="S", help="stop by itself this long after it is ready")
    parser.add_argument("--no-fleet", action="store_true", help="do not start the simulated fleet")
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
    from arogya.cli.starting import explained, log_to_stderr, refuse_exposure
    from arogya.launch import Launch
    from arogya.supervisor import Stopped

    refuse_exposure(settings)
    log_to_stderr(settings)
    steps = Steps()
    with explained(), Launch(settings, options.state_of(parsed), search_port=True) as launch:
        try:
            fleet = _prepare(launch, steps, parsed.seed)
            running = launch.serve()
            if not parsed.no_fleet:
                words = ("--url", running.url, "--credentials", str(fleet), "--seed", str(parsed.seed), "--until-eof")
                launch.help_with("the simulated fleet", "simulate", *words)
            steps.end()
            _announce(launch, time.monotonic() - began_at)
            launch.keep(parsed.for_seconds)
        except Stopped:
            pass
    return OK


def _prepare(launch: Launch, steps: Steps, seed: int) -> Path:
    from arogya.cli.starting import hubs_in_words, join

    steps.begin("PostgreSQL")
    launch.open()
    dsn = launch.database()
    steps.begin("schema and demo data")
    fleet = asyncio.run(_fill(dsn, launch.state))
    if launch.settings.map.roads is None:
        from arogya.cli.demo_data import draw_roads

        launch.settings = changed(launch.settings, "map", roads=str(draw_roads(launch.state, seed)))
    join(launch, steps)
    steps.begin(hubs_in_words(launch.settings))
    return fleet


async def _fill(dsn: str, state: Path) -> Path:
    # Loaded while the hub process loads its own modules on another core.
    from arogya.cli import demo_data
    from storage import migrate

    await migrate.apply(dsn)
    return await demo_data.prepare(dsn, state)


def _announce(launch: Launch, seconds: float) -> None:
    from arogya.cli.demo_data import MEANINGS, PASSWORD, USERS

    logins = "\n".join(f"    {user.email:<28} {MEANINGS[user.email.partition('@')[0]]}" for user in USERS)
    metrics = "\n           ".join(launch.metrics_urls)
    sys.stdout.write(f"""
  Arogya Hub is ready ({seconds:.1f} s)

  Open     {launch.url}
  Sign in  with the password {PASSWORD} as
{logins}

  Metrics  {metrics}
  Data     {launch.state} (kept until you remove it)
  Replay   {_program()} replay trace.csv --speed 20
  Stop     Ctrl-C

""")
    sys.stdout.flush()


def _program() -> str:
    """Return how to call this program from here: by its name alone where that is on the path."""
    called = Path(sys.argv[0]).name
    if called == "__main__.py":
        return "python -m arogya"
    return called if shutil.which(called) else sys.argv[0]
