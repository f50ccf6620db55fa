"""Signing in and out: sessions and their tokens."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import hdrs, web
from msgspec import UNSET, Meta, UnsetType

from handlers.auth import check_origin
from handlers.call import Call, Nothing, Reply
from handlers.context import LIMITS, HubContext
from handlers.network import network_of, peer_address
from hub.access import tokens
from hub.errors import InvalidValue, NotFound, RateLimited, Unauthorized
from storage import accounts, audit, sessions
from storage.accounts import Account
from storage.sessions import NewSession, TokenRow

Email = Annotated[str, Meta(min_length=3, max_length=254)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who signs in, and from what."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=1024)]
    client: Literal["web", "app"]


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    """An app's way to its next tokens."""

    refresh_token: Annotated[str, Meta(max_length=100)]


class User(msgspec.Struct):
    """The person who is signed in."""

    id: UUID
    name: str
    email: str
    role: str
    duty: str | None


class Session(msgspec.Struct):
    """The sign-in itself."""

    id: UUID
    expires_at: datetime


class SignedIn(msgspec.Struct):
    """A new sign-in; apps get tokens, browsers a cookie."""

    user: User
    session: Session
    access_token: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    expires_in: int | UnsetType = UNSET


class Refreshed(msgspec.Struct):
    """The next pair of tokens; the one before is used up."""

    access_token: str
    refresh_token: str
    expires_in: int


class Current(msgspec.Struct):
    """Who asks."""

    user: User
    session: Session


class SessionItem(msgspec.Struct):
    """One of the caller's sign-ins."""

    id: UUID
    client: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    user_agent: str | None
    current: bool


class SessionList(msgspec.Struct):
    """All live sign-ins of the caller, newest first."""

    items: list[SessionItem]


class _Tokens:
    """Fresh tokens of one session, and the rows that stand for them."""

    def __init__(self, context: HubContext, client: str) -> None:
        now, settings = context.clock.now(), context.settings
        first_s = settings.web_session_s if client == "web" else settings.access_s
        last_s = settings.web_session_s if client == "web" else settings.refresh_s
        self.first = tokens.new_token()  # the cookie or the access token
        self.refresh = tokens.new_token()  # apps only
        self.expires_at = now + timedelta(seconds=last_s)  # of the session
        kind = "cookie" if client == "web" else "access"
        rows = [TokenRow(tokens.digest(self.first), kind, now + timedelta(seconds=first_s))]
        if client == "app":
            rows.append(TokenRow(tokens.digest(self.refresh), "refresh", self.expires_at))
        self.rows = tuple(rows)


async def create(call: Call[Nothing, SignIn]) -> Reply:
    """POST /sessions: check a password and open a session; raises Unauthorized the same way whatever was wrong."""
    context, body = call.context, call.body
    check_origin(call.http_request, context)
    if not body.email.isprintable():
        raise InvalidValue("an address has characters that none takes", field="email")
    account_key = await _check_rate(call, body.email)
    account = await accounts.authenticate(context.app, context.passwords, body.email, body.password)
    fresh = _Tokens(context, body.client)
    session_id = None if account is None else await _open(call, account, fresh)
    if account is None or session_id is None:
        context.metrics.sign_ins.labels("refused").inc()
        await audit.record(context.app, call.audit_entry("sessions.C", "sessions", None, denied=True))
        raise Unauthorized("the address or the password is wrong")
    await call.http_request.app[LIMITS].sign_ins.forget(account_key)
    context.metrics.sign_ins.labels("accepted").inc()
    return _signed_in(context, body.client, account, Session(session_id, fresh.expires_at), fresh)


async def refresh(call: Call[Nothing, Refresh]) -> Refreshed:
    """POST /sessions/refresh: exchange a refresh token; a second use of one ends the session."""
    context = call.context
    check_origin(call.http_request, context)
    fresh = _Tokens(context, "app")
    session_id = None
    if tokens.is_token(call.body.refresh_token):
        session_id = await sessions.refresh(
            context.app,
            tokens.digest(call.body.refresh_token),
            fresh.rows,
            now=context.clock.now(),
            expires_at=fresh.expires_at,
        )
    if session_id is None:
        raise Unauthorized("the refresh token does not count")
    return Refreshed(fresh.first, fresh.refresh, int(context.settings.access_s))


async def show_current(call: Call[Nothing, Nothing]) -> Current:
    """GET /sessions/current."""
    session = call.signed_in
    user = User(session.user_id, session.name, session.email, session.role, session.duty)
    return Current(user, Session(session.session_id, session.expires_at))


async def end_current(call: Call[Nothing, Nothing]) -> Reply:
    """DELETE /sessions/current: sign out; the session's tokens and sockets end with it."""
    await _end(call, call.signed_in.session_id)
    return Reply(None, cookie="")


async def show_all(call: Call[Nothing, Nothing]) -> SessionList:
    """GET /sessions: where the caller is signed in."""
    own = call.signed_in
    rows = await sessions.list_of(call.context.app, own.user_id, call.context.clock.now())
    return SessionList([SessionItem(*row, current=row.id == own.session_id) for row in rows])


async def end_one(call: Call[Nothing, Nothing]) -> None:
    """DELETE /sessions/{id}: sign out somewhere else; raises NotFound for a session of somebody else."""
    await _end(call, call.uuid)


async def _end(call: Call[Nothing, Nothing], session_id: UUID) -> None:
    context = call.context
    now = context.clock.now()
    if not await sessions.end(context.app, session_id, user_id=call.signed_in.user_id, reason="logout", now=now):
        raise NotFound
    await audit.record(context.app, call.audit_entry("sessions.D", "sessions", str(session_id)))


async def _check_rate(call: Call[Nothing, SignIn], email: str) -> str:
    """Count an attempt by account and network, so that a stranger elsewhere cannot lock the owner out.

    Returns the account's key; raises RateLimited.
    """
    limits, now_s = call.http_request.app[LIMITS], call.context.clock.monotonic_s()
    network = network_of(peer_address(call.http_request, call.context.settings.trusted_proxies))
    account_key = f"{network} {email.casefold()}"
    wait_s = await limits.sign_ins.take(account_key, now_s) or await limits.networks.take(network, now_s)
    if wait_s:
        call.context.metrics.sign_ins.labels("limited").inc()
        raise RateLimited(retry_after_s=wait_s)
    return account_key


async def _open(call: Call[Nothing, SignIn], account: Account, fresh: _Tokens) -> UUID | None:
    context = call.context
    new = NewSession(
        user_id=account.id,
        client=call.body.client,
        expires_at=fresh.expires_at,
        user_agent=_user_agent(call.http_request),
        network=call.address,
        tokens=fresh.rows,
    )
    return await sessions.open_session(
        context.app, new, now=context.clock.now(), sessions_max=context.settings.sessions_per_user
    )


def _user_agent(http_request: web.Request) -> str:
    text = http_request.headers.get(hdrs.USER_AGENT, "")[:200]
    return "".join(character if character.isprintable() else "?" for character in text)


def _signed_in(context: HubContext, client: str, account: Account, session: Session, fresh: _Tokens) -> Reply:
    user = User(account.id, account.name, account.email, account.role, account.duty)
    if client == "web":
        return Reply(SignedIn(user, session), cookie=fresh.first, cookie_s=context.settings.web_session_s)
    return Reply(SignedIn(user, session, fresh.first, fresh.refresh, int(context.settings.access_s)))
