"""`arogya serve`: the hub for real use, on its own PostgreSQL or on a given one."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, CommandError
from arogya.cli.progress import Steps

if TYPE_CHECKING:
    from arogya.config import Settings
    from arogya.launch import Launch

DESCRIPTION = """Serve the hub: no made-up data, no default logins.

Without --database it runs a PostgreSQL of its own in the state folder and keeps its schema up to date. A given
database is migrated by `arogya migrate`, so that you decide when. The first administrator comes from
`arogya admin create`. Beyond this machine it speaks only https: with a certificate of its own, or behind a proxy
that it is told to trust.

examples:
  arogya serve
  arogya serve --config /etc/arogya.toml
  arogya serve --database postgresql://arogya@db.example.org/arogya --host 0.0.0.0
  arogya serve --workers 4                       four hub processes on one port, with a Valkey of their own
  arogya serve --redis redis://redis.example.org --database postgresql://… --config /etc/arogya.toml
  arogya serve --print-config       the configuration in force, secrets masked"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "serve", "serve the hub for real use", DESCRIPTION)
    options.add_database(parser)
    options.add_listening(parser)
    options.add_nodes(parser)
    parser.add_argument("--print-config", action="store_true", help="print the configuration in force and end")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Start the hub and keep it running."""
    settings = options.settings_of(parsed)
    if parsed.print_config:
        return _print(settings)
    from arogya.cli.starting import explained, log_to_stderr, refuse_exposure
    from arogya.launch import Launch
    from arogya.supervisor import Stopped

    refuse_exposure(settings)
    log_to_stderr(settings)
    steps = Steps()
    with explained(), Launch(settings, options.state_of(parsed), search_port=False) as launch:
        try:
            _start(launch, steps, own_database=settings.database.url is None)
            sys.stdout.write(f"Arogya Hub is ready at {launch.url} (metrics: {' '.join(launch.metrics_urls)})\n")
            sys.stdout.flush()
            launch.keep(None)
        except Stopped:
            pass
    return OK


def _start(launch: Launch, steps: Steps, *, own_database: bool) -> None:
    from arogya.cli.starting import hubs_in_words, join
    from storage import migrate

    steps.begin("database")
    launch.open()
    dsn = launch.database()
    steps.begin("schema")
    if own_database:
        asyncio.run(migrate.apply(dsn))
    else:
        waiting = asyncio.run(migrate.plan(dsn))
        if waiting:
            raise CommandError(
                f"the database lacks {len(waiting)} migration(s), the first being {waiting[0]}: run `arogya migrate`",
                FAILED,
            )
    join(launch, steps)
    steps.begin(hubs_in_words(launch.settings))
    launch.serve()
    steps.end()


def _print(settings: Settings) -> int:
    from arogya.config import SECTIONS
    from arogya.configuration.pages import toml_of

    sys.stdout.write(toml_of({name: getattr(settings, name) for name in SECTIONS}))
    return OK
