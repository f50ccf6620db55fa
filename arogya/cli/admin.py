"""`arogya admin`: the first administrator, who is made on the machine itself, and new links for those who need one."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from arogya.cli import options
from arogya.cli.outcome import FAILED, MISTAKEN, OK, CommandError

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from storage.pool import Transaction

DESCRIPTION = """Make an administrator. There is no default account: the first one comes from here.

Prints a one-use link with which its holder chooses the password; nobody else can sign in to the account before.
`link` prints another one for an account that exists: when its link is too old, or the password is forgotten. Earlier
links of the account end with that; its password counts until another one is chosen.
`totp-reset` takes the second factor of an account away, when the telephone and the recovery codes are lost: its holder
sets up a new one at the next sign-in. It ends the account's sessions.

examples:
  arogya admin create --name "Asha Admin" asha@example.org
  arogya admin link asha@example.org
  arogya admin totp-reset asha@example.org"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "admin", "make an administrator, or a new link for an account", DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    create = options.command(actions, "create", "print a one-use link for a new administrator", DESCRIPTION)
    create.add_argument("email", help="what the administrator signs in with")
    create.add_argument("--name", required=True, help="the administrator's name")
    _add_link(create)
    create.set_defaults(run=run_create)
    link = options.command(actions, "link", "print a new one-use link for an account", DESCRIPTION)
    link.add_argument("email", help="what the account's holder signs in with")
    _add_link(link)
    link.set_defaults(run=run_link)
    reset = options.command(actions, "totp-reset", "take the second factor of an account away", DESCRIPTION)
    reset.add_argument("email", help="what the account's holder signs in with")
    options.add_database(reset)
    reset.set_defaults(run=run_totp_reset)


def _add_link(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--url", metavar="URL", help="address of the hub in the link (default: the running one)")
    options.add_database(parser)


def run_create(parsed: argparse.Namespace) -> int:
    """Store the account and its link, and print the link."""
    if "@" not in parsed.email.strip("@"):
        raise CommandError(f"{parsed.email} is not an e-mail address", MISTAKEN)
    if not parsed.name.strip():
        raise CommandError("the name is empty", MISTAKEN)
    return _print_link(parsed, lambda db, link_hash, expires_at: _create(db, parsed, link_hash, expires_at))


def run_link(parsed: argparse.Namespace) -> int:
    """Store a new link for an account, and print it."""
    return _print_link(parsed, lambda db, link_hash, expires_at: _renew(db, parsed.email, link_hash, expires_at))


def run_totp_reset(parsed: argparse.Namespace) -> int:
    """Take the second factor of an account away."""
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    with explained(), reached(parsed, settings) as database:
        asyncio.run(_store(database.dsn, lambda db: _reset_totp(db, parsed.email)))
    sys.stdout.write(f"{parsed.email} sets up a new second factor at the next sign-in.\n")
    return OK


def _print_link(parsed: argparse.Namespace, store: Callable[[Transaction, bytes, datetime], Awaitable[None]]) -> int:
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from hub.access.tokens import digest, new_token

    token = new_token()
    life = timedelta(seconds=settings.auth.activation_s)
    with explained(), reached(parsed, settings) as database:
        asyncio.run(_store(database.dsn, lambda db: store(db, digest(token), datetime.now(UTC) + life)))
        served = database.running
    url = parsed.url or (served.url if served else f"http://127.0.0.1:{settings.server.port}")
    # After the `#`: that part of an address is sent to no server and stands in no server's log. A `/` and no `&`, so
    # that the link can stand in a shell's command as it is.
    sys.stdout.write(f"{url.rstrip('/')}/#activate={token}/{quote(parsed.email)}\n")
    sys.stderr.write(
        f"Open this link within {life.total_seconds() / 3600:g} h to choose the password; it works once.\n"
    )
    if not served and not parsed.url:
        sys.stderr.write("No hub was found running: start it first, or say with --url where it will be.\n")
    return OK


async def _store(dsn: str, work: Callable[[Transaction], Awaitable[None]]) -> None:
    from storage.pool import OWNER, Database

    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=10)
    try:
        async with db.transaction() as transaction:
            await work(transaction)
    finally:
        await db.close()


async def _create(db: Transaction, parsed: argparse.Namespace, link_hash: bytes, expires_at: datetime) -> None:
    from storage import accounts, audit
    from storage.errors import Conflict

    try:
        user_id = await accounts.create(db, name=parsed.name, email=parsed.email, role="admin")
    except Conflict as error:
        raise CommandError(
            f"there is an account with the address {parsed.email} already; `arogya admin link {parsed.email}` prints a "
            "new link for it",
            FAILED,
        ) from error
    await accounts.invite(db, link_hash, user_id, purpose="activate", expires_at=expires_at)
    await audit.record(db, audit.Entry("users.C", "users", str(user_id)))


async def _renew(db: Transaction, email: str, link_hash: bytes, expires_at: datetime) -> None:
    from storage import accounts, audit

    user_id = await accounts.reinvite(db, email, link_hash, datetime.now(UTC), expires_at=expires_at)
    if user_id is None:
        raise CommandError(f"there is no account with the address {email}, or it is disabled", FAILED)
    await audit.record(db, audit.Entry("activations.C", "users", str(user_id)))


async def _reset_totp(db: Transaction, email: str) -> None:
    from storage import totp

    if await totp.reset(db, email, datetime.now(UTC)) is None:
        raise CommandError(f"there is no account with the address {email}", FAILED)
