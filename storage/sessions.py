"""Sign-ins: sessions and the hashes of their tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from storage import audit
from storage.pool import Database, Transaction
from storage.sql import load

_QUERIES = load("sessions")


class TokenRow(NamedTuple):
    """A secret to be stored: never the secret itself."""

    hash: bytes  # SHA-256
    kind: str  # cookie, access or refresh
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that counts now, and its user as the database knows it now."""

    session_id: UUID
    client: str  # web or app
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    user_id: UUID
    name: str
    email: str | None  # taken away from an account while it is signed in
    role: str
    staff_role: str | None
    duty: str | None
    facility_id: UUID | None


class Standing(NamedTuple):
    """What the user of a session is now."""

    role: str
    staff_role: str | None
    duty: str | None
    facility_id: UUID | None


class SessionRow(NamedTuple):
    """One line of a user's list of sign-ins."""

    id: UUID
    client: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class NewSession:
    """What a sign-in stores."""

    user_id: UUID
    client: str
    expires_at: datetime
    user_agent: str
    network: str  # address of the peer
    tokens: tuple[TokenRow, ...]


async def find_by_token(db: Database, token_hash: bytes, kind: str, now: datetime) -> LiveSession | None:
    """Return the session that a cookie or access token stands for, or None."""
    rows = await db.fetch_together(_QUERIES.find_by_token, hash=token_hash, kind=kind, now=now)
    return LiveSession(*rows[0][1:]) if rows else None


async def find_by_id(db: Database, session_id: UUID, now: datetime) -> LiveSession | None:
    """Return a live session by its id, or None."""
    rows = await db.fetch_together(_QUERIES.find_by_id, session_id=session_id, now=now)
    return LiveSession(*rows[0][1:]) if rows else None


async def find_alive(db: Database, ids: Collection[UUID], now: datetime) -> dict[UUID, Standing]:
    """Return those of the sessions that still count, and what their users are now."""
    rows = await db.fetch(_QUERIES.find_alive, ids=list(ids), now=now)
    return {row["id"]: Standing(*row[1:]) for row in rows}


async def open_session(db: Database, session: NewSession, *, now: datetime, sessions_max: int) -> UUID | None:
    """Store a sign-in and end the user's oldest ones beyond the limit; None when the account was disabled meanwhile."""
    async with db.transaction() as transaction:
        if await transaction.fetch_one(_QUERIES.lock_user, user_id=session.user_id) is None:
            return None
        await transaction.execute(_QUERIES.end_oldest, user_id=session.user_id, keep=sessions_max - 1, now=now)
        row = await transaction.fetch_one(
            _QUERIES.insert_session,
            user_id=session.user_id,
            client=session.client,
            now=now,
            expires_at=session.expires_at,
            user_agent=session.user_agent,
            network=session.network,
        )
        session_id: UUID = _only(row)["id"]
        await _add_tokens(transaction, session_id, session.tokens, now)
        return session_id


async def refresh(
    db: Database, token_hash: bytes, tokens: tuple[TokenRow, ...], *, now: datetime, expires_at: datetime
) -> UUID | None:
    """Exchange a refresh token for new tokens and return the session; None when it does not count.

    A token that was used before ends its whole session: either the holder or a thief has an old copy, and nobody can
    tell which (RFC 9700, 4.14.2).
    """
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(_QUERIES.lock_refresh, hash=token_hash, now=now)
        if row is None or not row["session_lives"]:
            return None
        session_id: UUID = row["session_id"]
        if row["used_at"] is not None:
            await transaction.execute(_QUERIES.end_one, session_id=session_id, user_id=None, reason="reuse", now=now)
            await audit.record(
                transaction,
                audit.Entry(
                    "sessions.C",
                    "sessions",
                    str(session_id),
                    actor_kind="user",
                    actor_id=str(row["user_id"]),
                    denied=True,
                ),
            )
            return None
        if not row["token_lives"]:
            return None
        await transaction.execute(_QUERIES.use_refresh, hash=token_hash, now=now)
        await transaction.execute(_QUERIES.forget_tokens, session_id=session_id, now=now)
        await transaction.execute(_QUERIES.extend, session_id=session_id, expires_at=expires_at, now=now)
        await _add_tokens(transaction, session_id, tokens, now)
        return session_id


async def end(db: Database, session_id: UUID, *, user_id: UUID, reason: str, now: datetime) -> bool:
    """End one session of a user; False when there is no such live session."""
    row = await db.fetch_one(_QUERIES.end_one, session_id=session_id, user_id=user_id, reason=reason, now=now)
    return row is not None


async def revoke(db: Database, session_id: UUID, now: datetime, entry: audit.Entry) -> bool:
    """End anybody's session; False when there is no such live one."""
    async with db.transaction() as transaction:
        row = await transaction.fetch_one(
            _QUERIES.end_one, session_id=session_id, user_id=None, reason="revoked", now=now
        )
        if row is None:
            return False
        await audit.record(transaction, entry)
        return True


async def end_all_of(db: Database | Transaction, user_id: UUID, *, reason: str, now: datetime) -> None:
    """End every session of a user, and through the rows' triggers their sockets."""
    await db.execute(_QUERIES.end_all_of, user_id=user_id, reason=reason, now=now)


async def list_of(db: Database, user_id: UUID, now: datetime) -> list[SessionRow]:
    """Return the live sessions of a user, newest first."""
    return [SessionRow(**row) for row in await db.fetch(_QUERIES.list_of, user_id=user_id, now=now)]


async def touch(db: Database, session_id: UUID, now: datetime) -> None:
    """Note that a session is in use."""
    await db.fetch_together(_QUERIES.touch, session_id=session_id, now=now)


async def _add_tokens(transaction: Transaction, session_id: UUID, tokens: tuple[TokenRow, ...], now: datetime) -> None:
    for token in tokens:
        await transaction.execute(
            _QUERIES.insert_token,
            hash=token.hash,
            session_id=session_id,
            kind=token.kind,
            now=now,
            expires_at=token.expires_at,
        )


def _only(row: Any) -> Any:
    if row is None:
        raise LookupError("an INSERT with RETURNING gave no row")
    return row
