"""`arogya audit`: whether the audit log is what was written, and the log as a file."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar
from uuid import UUID

from arogya.cli import options
from arogya.cli.outcome import FAILED, MISTAKEN, OK, CommandError
from arogya.cli.progress import Progress

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from hub.audit.verification import Verdict
    from storage.audit_export import Wanted
    from storage.pool import Database

T = TypeVar("T")
TIMEOUT_S = 600.0  # of one statement: the search for entries without a seal reads the whole log

DESCRIPTION = """Look whether the audit log is what was written, or write entries of it to a file.

`verify` follows the chain of seals from its start, and looks at every entry under them, and for entries outside of it.
It names what was changed or removed, and then ends with 1. It also prints the newest seal: noted elsewhere, and given
to a later call with --noted, it shows that nobody wrote the whole chain anew or cut off its end.
`export` writes entries by time. That it was done is an entry too.

examples:
  arogya audit verify
  arogya audit verify --noted 8120:5f1c…                 a seal as an earlier call printed it
  arogya audit export --since 2026-11-01 --until 2026-12-01 --format jsonl --output november.jsonl
  arogya audit export --patient asha@example.org         CSV, on standard output"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "audit", "verify the audit log, or write it to a file", DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    verify = options.command(actions, "verify", "say what was changed or removed", DESCRIPTION)
    verify.add_argument(
        "--noted", type=_noted, action="append", default=[], metavar="SEAL:HASH", help="a seal as it was printed once"
    )
    verify.add_argument(
        "--late", type=float, default=60.0, metavar="S", help="seconds that an entry may wait for its seal (default 60)"
    )
    options.add_database(verify)
    verify.set_defaults(run=run_verify)
    export = options.command(actions, "export", "write entries to a file", DESCRIPTION)
    export.add_argument("--since", type=_moment, metavar="TIME", help="the first moment (2026-11-01, or with a time)")
    export.add_argument("--until", type=_moment, metavar="TIME", help="the moment before which the last one happened")
    export.add_argument("--patient", metavar="WHO", help="whose data they are about: an id or an e-mail address")
    export.add_argument("--actor", metavar="WHO", help="who did it: the id of a user or device, or an e-mail address")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="(default csv)")
    export.add_argument("--output", type=Path, metavar="FILE", help="the file to write (default standard output)")
    options.add_database(export)
    export.set_defaults(run=run_export)


def run_verify(parsed: argparse.Namespace) -> int:
    """Look at the whole log, and print what is wrong with it."""
    verdict = _with_database(parsed, "reader", lambda db: _verify(db, parsed))
    for fault in verdict.faults:
        sys.stdout.write(f"{fault}\n")
    if verdict.more_faults:
        sys.stdout.write(f"and {verdict.more_faults:,} more\n")
    read = f"entries: {verdict.entries:,}, seals: {verdict.seals:,}"
    newest = "" if verdict.head is None else f"the newest seal is {verdict.head[0]}:{verdict.head[1].hex()}\n"
    if verdict.faults:
        sys.stdout.write(newest)
        raise CommandError(f"the audit log is not as it was written ({read})", FAILED)
    sys.stdout.write(f"{read}; all as they were written\n{newest}")
    return OK


def run_export(parsed: argparse.Namespace) -> int:
    """Write the entries that are asked for."""
    if parsed.output is None:
        _with_database(parsed, "app", lambda db: _export(db, parsed, sys.stdout))
        return OK
    try:
        # Nobody else may ever read it: it tells who was treated by whom.
        with open(
            os.open(parsed.output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as file:
            count = _with_database(parsed, "app", lambda db: _export(db, parsed, file))
    except OSError as error:
        raise CommandError(f"{parsed.output}: {error.strerror}", FAILED) from error
    sys.stderr.write(f"{parsed.output}: {count:,} entries\n")
    return OK


def _with_database(parsed: argparse.Namespace, role: str, work: Callable[[Database], Awaitable[T]]) -> T:
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from storage.pool import Database

    async def run(dsn: str) -> T:
        db = await Database.open(dsn, role=f"arogya_{role}", size=1, command_timeout_s=TIMEOUT_S)
        try:
            return await work(db)
        finally:
            await db.close()

    with explained(), reached(parsed, settings) as database:
        return asyncio.run(run(database.dsn))


async def _verify(db: Database, parsed: argparse.Namespace) -> Verdict:
    from hub.audit.verification import Verification

    with Progress("verifying", unit="seals") as progress:
        return await Verification(db, late_s=parsed.late, on_seals=progress.set).verify(dict(parsed.noted))


async def _export(db: Database, parsed: argparse.Namespace, file: TextIO) -> int:
    from hub.audit import formats
    from storage import audit, audit_export

    wanted = await _wanted(db, parsed)
    asked = {"since": wanted.since.isoformat(), "until": wanted.until.isoformat(), "actor_id": wanted.actor_id}
    await audit.record(db, audit.Entry("audit_log.R", "audit_log", patient_id=wanted.patient_id, detail=asked))
    count = 0
    file.write(formats.head(parsed.format))
    with Progress("exporting", unit="entries") as progress:
        async for entries in audit_export.pages(db, wanted):
            file.write(formats.lines(parsed.format, entries))
            count += len(entries)
            progress.set(count)
    file.flush()
    return count


async def _wanted(db: Database, parsed: argparse.Namespace) -> Wanted:
    from storage.audit_export import Wanted

    patient = None if parsed.patient is None else await _user_id(db, parsed.patient)
    try:
        patient_id = None if patient is None else UUID(patient)
    except ValueError:
        raise CommandError(f"{parsed.patient} is neither an id nor an e-mail address", MISTAKEN) from None
    actor = None if parsed.actor is None else await _user_id(db, parsed.actor)
    now = datetime.now(UTC)
    return Wanted(parsed.since or datetime(1970, 1, 1, tzinfo=UTC), parsed.until or now, patient_id, actor)


async def _user_id(db: Database, who: str) -> str:
    if "@" not in who:
        return who.lower()
    from storage.audit_export import find_user

    found = await find_user(db, who)
    if found is None:
        raise CommandError(f"there is no account with the address {who}", FAILED)
    return str(found)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a day like 2026-11-01, or a time like 2026-11-01T09:30Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _noted(text: str) -> tuple[int, bytes]:
    id_, _, hash_ = text.partition(":")
    try:
        noted = int(id_), bytes.fromhex(hash_)
    except ValueError:
        raise argparse.ArgumentTypeError("write a seal as `verify` prints it: its number, a colon, its hash") from None
    if len(noted[1]) != 32:
        raise argparse.ArgumentTypeError("a hash has 64 digits from 0 to f")
    return noted
