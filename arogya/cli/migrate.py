"""`arogya migrate`: brings a database to this version's schema, or says what that would take."""

from __future__ import annotations

import argparse
import asyncio
import sys

from arogya.cli import options
from arogya.cli.outcome import OK

DESCRIPTION = """Bring the database to the schema of this version.

Each migration is one transaction: what was applied before a failure stays, and running it again goes on from there.
Several at once are safe. The embedded database is also migrated by `arogya serve` and `arogya demo` themselves.
The user of a given database owns it and, the first time, may create roles.

examples:
  arogya migrate --plan                                        what would be done; changes nothing
  arogya migrate --database postgresql://arogya@db.example.org/arogya"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "migrate", "bring the database to this version's schema", DESCRIPTION)
    options.add_database(parser)
    parser.add_argument("--plan", action="store_true", help="only say what would be done")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Apply the pending migrations, or list them."""
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    with explained(), reached(parsed, settings, create=not parsed.plan) as database:
        asyncio.run(_plan(database.dsn) if parsed.plan else _apply(database.dsn))
    return OK


async def _plan(dsn: str) -> None:
    from storage import migrate

    waiting = await migrate.plan(dsn)
    for migration in waiting:
        sys.stdout.write(f"would apply {migration}\n")
    sys.stdout.write(f"{len(waiting)} migration(s) to apply\n" if waiting else "the database is up to date\n")


async def _apply(dsn: str) -> None:
    from arogya.cli.progress import Progress
    from storage import migrate

    with Progress("migrating", unit="migrations") as progress:
        done = await migrate.apply(dsn, lambda done, total, migration: progress.set(done, total))
    for migration in done:
        sys.stdout.write(f"applied {migration}\n")
    sys.stdout.write("the database is up to date\n")
