"""`arogya backup`: the whole database in one file, taken while everything goes on."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, CommandError
from arogya.cli.progress import Progress

DESCRIPTION = """Write the whole database into one file, as it is at one instant. Nothing has to stop for it.

The file is PostgreSQL's custom format (pg_dump); `arogya restore` reads it back, and so does pg_restore.
It is read from end to end before this command says that it is done.

examples:
  arogya backup hub-2026-11-23.dump
  arogya backup nightly.dump --force                 replaces the file of yesterday, once the new one is whole
  arogya backup hub.dump --database postgresql://arogya@db.example.org/arogya"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "backup", "write the whole database into a file", DESCRIPTION)
    parser.add_argument("file", type=Path, metavar="FILE", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file when it exists")
    options.add_database(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Write the file beside its place, check it, and move it there."""
    settings = options.settings_of(parsed)
    file: Path = parsed.file
    if file.exists() and not parsed.force:
        raise CommandError(f"{file} exists; --force replaces it", FAILED)
    if not file.absolute().parent.is_dir():
        raise CommandError(f"there is no folder {file.absolute().parent}", FAILED)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    with explained(), reached(parsed, settings) as database:
        given = settings.database.binaries
        tables = _write(database.dsn, file, Path(given) if given else None)
    sys.stdout.write(f"{file}: {tables} tables, {file.stat().st_size:,} bytes, read back and whole\n")
    return OK


def _write(dsn: str, file: Path, binaries: Path | None) -> int:
    from arogya import archive
    from storage.inspection import inspect

    version = asyncio.run(inspect(dsn)).server.version_number // 10_000
    tools = archive.tools_for(version, binaries)
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        # Made by us first, so that nobody else may ever read it.
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with Progress("writing", unit="tables") as progress:
            archive.write(tools, dsn, unfinished, lambda table: progress.advance(note=table))
        tables = archive.tables_in(tools, unfinished)
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)
    return tables
