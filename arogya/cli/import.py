"""`arogya import`: people, facilities and ambulances from CSV files."""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import MISTAKEN, OK, CommandError

if TYPE_CHECKING:
    from arogya.importing.journey import Checked
    from arogya.importing.lists import Kind, Mistake
    from storage.pool import Database

DESCRIPTION = """Add people, facilities or ambulances from a CSV file, all of them or none.

First it only looks: every line that cannot be stored is named, with what is wrong. With --apply, and when no line is
wrong, everything is stored in one transaction. Nobody gets a password by it: invite people on the page, or print a link
with `arogya admin link`.

examples:
  arogya import facilities --template > facilities.csv      the columns, and a line as an example
  arogya import facilities facilities.csv                   look: what would be stored, what is wrong
  arogya import facilities facilities.csv --apply
  arogya import people people.csv --report wrong.csv        what is wrong, as a table
  arogya import ambulances ambulances.csv --apply"""
KINDS = ("people", "facilities", "ambulances")
SHOWN = 50  # mistakes on the screen


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "import", "add people, facilities or ambulances from a CSV file", DESCRIPTION)
    parser.add_argument("kind", choices=KINDS, help="what the file lists")
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV in UTF-8; , ; or tabs between cells")
    parser.add_argument("--apply", action="store_true", help="store it, when no line is wrong")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write every wrong line to a CSV file")
    parser.add_argument("--template", action="store_true", help="print the columns and an example")
    options.add_database(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Look at the file, say what is wrong with it, and store it where that was asked for."""
    from arogya.importing.journey import KINDS as KNOWN

    kind = KNOWN[parsed.kind]
    if parsed.template:
        csv.writer(sys.stdout, lineterminator="\n").writerows([kind.columns, kind.example])
        return OK
    if parsed.file is None:
        raise CommandError("name the file, or print an example with --template", MISTAKEN)
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    read = _read(kind, parsed)
    with explained(), reached(parsed, settings) as database:
        return asyncio.run(_import(database.dsn, kind, read, parsed))


def _read(kind: Kind, parsed: argparse.Namespace) -> Checked:
    from arogya.cli.progress import Progress
    from arogya.importing import journey
    from arogya.importing.sheet import SheetError

    try:
        with Progress("reading", unit="lines") as progress:
            return journey.read(kind, parsed.file, progress.set)
    except SheetError as error:
        raise CommandError(str(error), MISTAKEN) from error


async def _import(dsn: str, kind: Kind, read: Checked, parsed: argparse.Namespace) -> int:
    from arogya.importing import journey
    from storage.errors import Conflict
    from storage.pool import APP, Database

    db = await Database.open(dsn, role=APP, size=1, command_timeout_s=600)
    try:
        checked = await journey.compare(db, kind, read)
        if checked.mistakes:
            _report(checked, parsed)
            return MISTAKEN
        if not parsed.apply:
            sys.stdout.write(f"{len(checked.records):,} lines are good; nothing was stored. Store them with --apply.\n")
            return OK
        try:
            await _keep(db, kind, checked, parsed)
        except Conflict as error:
            raise CommandError(
                "somebody stored one of these at the same moment; nothing of the file was stored: run it again"
            ) from error
    finally:
        await db.close()
    sys.stdout.write(f"{len(checked.records):,} {parsed.kind} stored\n")
    return OK


async def _keep(db: Database, kind: Kind, checked: Checked, parsed: argparse.Namespace) -> None:
    from arogya.cli.progress import Progress
    from arogya.importing import journey

    with Progress("storing", journey.total(kind, checked.records), unit="rows") as progress:
        await journey.keep(db, kind, checked.records, datetime.now(UTC), progress.advance)


def _report(checked: Checked, parsed: argparse.Namespace) -> None:
    mistakes = checked.mistakes
    for mistake in mistakes[:SHOWN]:
        sys.stdout.write(f"{parsed.file}, line {mistake.line}: {_sentence(mistake)}\n")
    if parsed.report is not None:
        with parsed.report.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([("line", "column", "mistake"), *mistakes])
    rest = len(mistakes) - SHOWN
    lines = len({mistake.line for mistake in mistakes})
    if rest > 0 and parsed.report is None:
        sys.stdout.write(f"and {rest:,} more; --report FILE writes all of them to a table\n")
    sys.stdout.write(f"{lines:,} line(s) cannot be stored; nothing was stored\n")


def _sentence(mistake: Mistake) -> str:
    return f"{mistake.column} {mistake.says}".strip()
