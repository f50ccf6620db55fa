"""Accounts: who may sign in. The password hash does not leave this package."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit, sessions, totp
from storage.passwords import Passwords
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("accounts")


class Account(NamedTuple):
    """A user as a sign-in answers with it."""

    id: UUID
    name: str
    email: str | None
    role: str
    staff_role: str | None
    duty: str | None
    facility_id: UUID | None


class Invitation(NamedTuple):
    """Whose password an activation link may set."""

    user_id: UUID
    name: str
    email: str


async def authenticate(db: Database, passwords: Passwords, email: str, password: str) -> Account | None:
    """Return the account that an email and a password belong to, or None.

    Unknown, disabled and passwordless accounts cost one hash like every other, so time tells nothing.
    """
    row = await db.fetch_one(_QUERIES.find_credentials, email=email)
    matches = await passwords.verify(None if row is None else row["password"], password)
    if row is None or not matches or row["disabled_at"] is not None:
        return None
    return Account(*(row[field] for field in Account._fields))


async def create(
    db: Database | Transaction,
    *,
    name: str,
    email: str,
    role: str,
    password_hash: str | None = None,
    phone: str | None = None,
) -> UUID:
    """Store an account and return its id; raises Conflict for an email that is taken.

    Without a password hash nobody can sign in until an activation link sets one.
    """
    row = await db.fetch_one(
        _QUERIES.insert_user, name=name, email=email, role=role, phone=phone, password=password_hash
    )
    if row is None:
        raise LookupError("an INSERT with RETURNING gave no row")
    user_id: UUID = row["id"]
    return user_id


async def invite(
    db: Database | Transaction, link_hash: bytes, user_id: UUID, *, purpose: str, expires_at: datetime
) -> None:
    """Store a one-use activation link by its SHA-256."""
    await db.execute(
        _QUERIES.insert_activation, hash=link_hash, user_id=user_id, purpose=purpose, expires_at=expires_at
    )


async def reinvite(
    db: Database | Transaction, email: str, link_hash: bytes, now: datetime, *, expires_at: datetime
) -> UUID | None:
    """Store a new link for an account, end its earlier ones, and return its user; None without an enabled one."""
    row = await db.fetch_one(_QUERIES.renew_activation, email=email, hash=link_hash, now=now, expires_at=expires_at)
    return None if row is None else row["user_id"]


async def find_invitation(db: Database, link_hash: bytes, now: datetime) -> Invitation | None:
    """Return whose password a link may set, or None when it does not count."""
    row = await db.fetch_one(_QUERIES.find_activation, hash=link_hash, now=now)
    return None if row is None else Invitation(**row)


async def activate(db: Database, link_hash: bytes, password_hash: str, now: datetime) -> bool:
    """Use a link up, set the password and end the account's sessions; False when the link does not count any more."""
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(_QUERIES.use_activation, hash=link_hash, now=now)
        if row is None:
            return False
        user_id: UUID = row["user_id"]
        await transaction.execute(_QUERIES.set_password, user_id=user_id, password=password_hash)
        await sessions.end_all_of(transaction, user_id, reason="password", now=now)
        await totp.distrust(transaction, user_id)
        await audit.record(
            transaction,
            audit.Entry("users.U.password", "users", str(user_id), actor_kind="user", actor_id=str(user_id)),
        )
        return True
