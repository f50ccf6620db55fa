"""The second factor: secrets, codes for once, and the browsers where it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit, sessions
from storage.notifications import notify
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("totp")


class Factor(NamedTuple):
    """What is stored of a user's second factor."""

    secret: bytes | None = None  # in force
    confirmed_at: datetime | None = None
    pending: bytes | None = None  # waits for its first code


class Proof(NamedTuple):
    """That an app has a secret."""

    secret: bytes
    step: int  # whose code it showed


class Codes(NamedTuple):
    """Codes for once, by their hashes."""

    kind: str  # recovery or bypass
    hashes: Sequence[bytes]
    issued_by: UUID | None = None
    expires_at: datetime | None = None


class Workstation(NamedTuple):
    """A browser, by the hash of what it keeps."""

    fresh: bytes  # from now on
    former: bytes | None  # until now
    expires_at: datetime


async def find(db: Database, user_id: UUID) -> Factor:
    """Return the second factor of a user; an empty one where there is none."""
    row = await db.fetch_one(_QUERIES.find, user_id=user_id)
    return Factor() if row is None else Factor(**row)


async def propose(db: Database, user_id: UUID, secret: bytes, entry: audit.Entry) -> None:
    """Store a secret that counts once a code has confirmed it."""
    async with db.transaction() as transaction:
        await transaction.execute(_QUERIES.propose, user_id=user_id, secret=secret)
        await audit.record(transaction, entry)


async def confirm(db: Database, user_id: UUID, proof: Proof, codes: Codes, now: datetime, entry: audit.Entry) -> bool:
    """Put the proposed secret in force with new recovery codes; False when another one was proposed meanwhile."""
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(_QUERIES.confirm, user_id=user_id, now=now, **proof._asdict())
        if row is None:
            return False
        await _replace_codes(transaction, user_id, codes, now)
        await transaction.execute(_QUERIES.distrust_workstations, user_id=user_id)
        await audit.record(transaction, entry)
        return True


async def use_step(db: Database, user_id: UUID, secret: bytes, step: int) -> bool:
    """Take a code of the app; False when its time step was taken before."""
    return await db.fetch_one(_QUERIES.use_step, user_id=user_id, secret=secret, step=step) is not None


async def use_code(db: Database, user_id: UUID, code_hash: bytes, now: datetime) -> str | None:
    """Take a code for once and return its kind; None when it does not count."""
    row = await db.fetch_one(_QUERIES.use_code, user_id=user_id, hash=code_hash, now=now)
    return None if row is None else row["kind"]


async def replace_codes(db: Database, user_id: UUID, codes: Codes, now: datetime, entry: audit.Entry) -> None:
    """Store new codes of a kind in the place of the earlier ones."""
    async with db.transaction() as transaction:
        await _replace_codes(transaction, user_id, codes, now)
        await audit.record(transaction, entry)


async def issue_bypass(db: Database, user_id: UUID, codes: Codes, now: datetime, entry: audit.Entry) -> None:
    """Store a code that lets a user in once, and tell the user that somebody asked for one."""
    async with db.transaction() as transaction:
        await _replace_codes(transaction, user_id, codes, now)
        await audit.record(transaction, entry)
        await notify(
            transaction,
            user_id,
            "security",
            "Somebody who leads your work was given a code with which you can sign in once without your telephone.",
            dedupe_key=f"totp_bypass:{codes.hashes[0].hex()[:32]}",
        )


async def count_codes(db: Database, user_id: UUID) -> int:
    """Return how many recovery codes are left."""
    row = await db.fetch_one(_QUERIES.count_codes, user_id=user_id)
    return 0 if row is None else int(row["left"])


async def is_trusted(db: Database, workstation: bytes, user_id: UUID, now: datetime) -> bool:
    """Say whether a user showed a second factor at this browser during this shift."""
    row = await db.fetch_one(_QUERIES.find_workstation, hash=workstation, user_id=user_id, now=now)
    return row is not None


async def trust(db: Database, workstation: Workstation, user_id: UUID, now: datetime) -> None:
    """Trust a browser for a user; its secret is a new one, so that nobody brings one along that others know."""
    async with db.transaction() as transaction:
        if workstation.former is not None:
            await transaction.execute(
                _QUERIES.rename_workstation,
                hash=workstation.former,
                fresh=workstation.fresh,
                now=now,
            )
        await transaction.execute(
            _QUERIES.trust_workstation,
            hash=workstation.fresh,
            user_id=user_id,
            expires_at=workstation.expires_at,
        )


async def distrust(db: Database | Transaction, user_id: UUID) -> None:
    """Ask for the second factor again, everywhere."""
    await db.execute(_QUERIES.distrust_workstations, user_id=user_id)


async def forget(transaction: Transaction, user_id: UUID) -> None:
    """Remove everything about the second factor of a user."""
    await transaction.execute(_QUERIES.remove, user_id=user_id)
    await transaction.execute(_QUERIES.remove_codes, user_id=user_id, kind="recovery")
    await transaction.execute(_QUERIES.remove_codes, user_id=user_id, kind="bypass")
    await distrust(transaction, user_id)


async def reset(transaction: Transaction, email: str, now: datetime) -> UUID | None:
    """Take the second factor of an account away and end its sessions; None without such an account."""
    row = await transaction.fetch_one(_QUERIES.find_user, email=email)
    if row is None:
        return None
    user_id: UUID = row["id"]
    await forget(transaction, user_id)
    await sessions.end_all_of(transaction, user_id, reason="revoked", now=now)
    await audit.record(transaction, audit.Entry("totp.U", "users", str(user_id), detail={"reset": True}))
    return user_id


async def _replace_codes(transaction: Transaction, user_id: UUID, codes: Codes, now: datetime) -> None:
    await transaction.execute(_QUERIES.remove_codes, user_id=user_id, kind=codes.kind)
    await transaction.execute(
        _QUERIES.insert_codes,
        hashes=list(codes.hashes),
        user_id=user_id,
        kind=codes.kind,
        issued_by=codes.issued_by,
        now=now,
        expires_at=codes.expires_at,
    )
