"""`arogya progress`: whether progress with plans is what would be worked out, or working it out again."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, CommandError
from arogya.cli.progress import Progress

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from storage.pool import Database

TIMEOUT_S = 600.0  # of one statement: a plan may have years of sessions
SHOWN_MAX = 20  # plans that are told one by one

DESCRIPTION = """Look after the progress that patients make with their exercise plans.

Progress is counted as things happen, and turned at each midnight of a patient. It follows from the sessions, what was
ticked off and the plans alone: `recompute` works it out again from the beginning and stores it, `recompute --check`
changes nothing, names each plan whose stored progress is another one, to the last bit, and then ends with 1.

examples:
  arogya progress recompute --check
  arogya progress recompute
  arogya progress recompute --plan 4f8dbd9e-8a5c-4d2e-9a53-0d1f6b6a7c11"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "progress", "check or recompute progress with plans", DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    recompute = options.command(actions, "recompute", "work it out again, or compare", DESCRIPTION)
    recompute.add_argument("--plan", type=UUID, metavar="ID", help="of one plan (default: of every plan)")
    recompute.add_argument("--check", action="store_true", help="change nothing, and name what is stored otherwise")
    options.add_database(recompute)
    recompute.set_defaults(run=run_recompute)


def run_recompute(parsed: argparse.Namespace) -> int:
    """Work progress out again, or compare it with what is stored."""
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from storage.pool import APP, Database

    async def work(dsn: str) -> tuple[int, list[str]]:
        db = await Database.open(dsn, role=APP, size=1, command_timeout_s=TIMEOUT_S)
        try:
            return await _go_through(db, parsed.plan, check=parsed.check)
        finally:
            await db.close()

    with explained(), reached(parsed, settings) as database:
        count, different = asyncio.run(work(database.dsn))
    if parsed.plan is not None and not count:
        raise CommandError(f"there is no plan {parsed.plan}", FAILED)
    for line in different[:SHOWN_MAX]:
        sys.stdout.write(f"{line}\n")
    if different:
        more = f", {len(different) - SHOWN_MAX:,} of them not shown" if len(different) > SHOWN_MAX else ""
        raise CommandError(f"the progress of {len(different):,} of {count:,} plans is another one{more}", FAILED)
    done = "all as they would be worked out" if parsed.check else "all worked out again"
    sys.stdout.write(f"plans: {count:,}; {done}\n")
    return OK


async def _go_through(db: Database, plan_id: UUID | None, *, check: bool) -> tuple[int, list[str]]:
    from storage.physio import progress

    plans = await progress.plans(db, plan_id)
    different = []
    with Progress("comparing" if check else "recomputing", len(plans), unit="plans") as shown:
        for one in plans:
            if not check:
                await progress.recompute(db, one, datetime.now(UTC))
            elif found := await progress.differences(db, one):
                different.append(f"{one}: {', '.join(found[:5])}{', …' if len(found) > 5 else ''}")
            shown.advance()
    return len(plans), different
