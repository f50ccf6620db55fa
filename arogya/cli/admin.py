"""`arogya admin`: the first administrator, who is made on the machine itself."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime, timedelta

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, CommandError

DESCRIPTION = """Make an administrator. There is no default account: the first one comes from here.

Prints a one-use link with which its holder chooses the password; nobody else can sign in to the account before.

example:
  arogya admin create --name "Asha Admin" asha@example.org"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "admin", "make an administrator", DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    create = options.command(actions, "create", "print a one-use link for a new administrator", DESCRIPTION)
    create.add_argument("email", help="what the administrator signs in with")
    create.add_argument("--name", required=True, help="the administrator's name")
    create.add_argument("--url", metavar="URL", help="address of the hub in the link (default: the running one)")
    options.add_database(create)
    create.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Store the account and its link, and print the link."""
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from hub.access.tokens import new_token

    if "@" not in parsed.email.strip("@"):
        raise CommandError(f"{parsed.email} is not an e-mail address")
    token = new_token()
    life = timedelta(seconds=settings.auth.activation_s)
    with explained(), reached(parsed, settings) as database:
        asyncio.run(_create(database.dsn, parsed.name, parsed.email, token, datetime.now(UTC) + life))
        url = parsed.url or (database.running.url if database.running else f"http://127.0.0.1:{settings.server.port}")
    # After the `#`: that part of an address is sent to no server and stands in no server's log.
    sys.stdout.write(f"{url.rstrip('/')}/#activate={token}\n")
    sys.stderr.write(
        f"Open this link within {life.total_seconds() / 3600:g} h to choose the password; it works once.\n"
    )
    return OK


async def _create(dsn: str, name: str, email: str, token: str, expires_at: datetime) -> None:
    from hub.access.tokens import digest
    from storage import accounts, audit
    from storage.errors import Conflict
    from storage.pool import OWNER, Database

    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=10)
    try:
        user_id = await accounts.create(db, name=name, email=email, role="admin")
        await accounts.invite(db, digest(token), user_id, purpose="activate", expires_at=expires_at)
        await audit.record(db, audit.Entry("users.C", "users", str(user_id)))
    except Conflict as error:
        raise CommandError(f"there is an account with the address {email} already", FAILED) from error
    finally:
        await db.close()
