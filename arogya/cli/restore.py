"""`arogya restore`: a backup back into a database, all of it or nothing."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import FAILED, MISTAKEN, OK, CommandError
from arogya.cli.progress import Progress

if TYPE_CHECKING:
    from arogya.cli.reaching import Reached

DESCRIPTION = """Put a backup into a database: all of it, or nothing.

The file is read from end to end first. A database that holds tables is replaced only with --force; everything happens
in one transaction, so a restore that fails has changed nothing. Afterwards the schema is brought to this version,
and a hub that runs on the database is started anew. Devices then send again what the backup does not hold and they
still keep. Unlike other commands this one never looks for a hub that runs elsewhere: without --state and --database
it means the database of the state folder here, and makes none.

examples:
  arogya restore hub-2026-11-23.dump --state /srv/new-hub
  arogya restore hub-2026-11-23.dump --force --state /srv/hub      replaces what the hub there holds"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "restore", "put a backup into a database", DESCRIPTION)
    parser.add_argument("file", type=Path, metavar="FILE", help="the file that `arogya backup` wrote")
    parser.add_argument("--force", action="store_true", help="replace what the database holds")
    options.add_database(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Check the file and the database, restore, migrate, and start the hub anew."""
    settings = options.settings_of(parsed)
    if not parsed.file.is_file():
        raise CommandError(f"there is no file {parsed.file}", MISTAKEN)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from arogya.launch import DATABASE_FOLDER

    # What replaces everything goes where it was told to, and never into whichever hub was started last.
    told, parsed.state = parsed.state is not None, options.state_of(parsed)
    if not told and settings.database.url is None and not (parsed.state / DATABASE_FOLDER).exists():
        raise CommandError(
            "there is no database here: name its state folder with --state (it is made where there is none), "
            "or a server with --database",
            MISTAKEN,
        )
    given = settings.database.binaries
    with explained(), reached(parsed, settings, create=True) as database:
        _restore(database, parsed.file, Path(given) if given else None, force=parsed.force)
        if database.running is not None:
            os.kill(database.running.pid, signal.SIGUSR1)
    anew = "; the hub starts anew with it" if database.running else ""
    sys.stdout.write(f"{parsed.file} is restored into {database.place}{anew}\n")
    return OK


def _restore(database: Reached, file: Path, binaries: Path | None, *, force: bool) -> None:
    from arogya import archive
    from storage import inspection, migrate

    version = asyncio.run(inspection.inspect(database.dsn)).server.version_number // 10_000
    tools = archive.tools_for(version, binaries)
    tables = archive.tables_in(tools, file)
    occupied = asyncio.run(inspection.prepare_restore(database.dsn))
    if occupied and not force:
        raise CommandError(f"{database.place} holds data already; --force replaces all of it", FAILED)
    with Progress("restoring", tables, unit="tables") as progress:
        archive.restore(
            tools,
            database.dsn,
            file,
            around=(inspection.EMPTY, inspection.RENEW),
            server_version=version,
            on_table=lambda table: progress.advance(note=table),
        )
    asyncio.run(migrate.apply(database.dsn))
