"""Signing in and out: sessions and their tokens."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from aiohttp import hdrs, web
from msgspec import UNSET, Meta, UnsetType

from handlers import attempts, second_factor
from handlers.auth import check_origin
from handlers.call import Call, Nothing, Reply
from handlers.context import HubContext
from handlers.people import find_person, is_admin
from hub.access import tokens
from hub.errors import Forbidden, NotFound, Unauthorized
from storage import audit, sessions
from storage.accounts import Account
from storage.sessions import NewSession, TokenRow

Email = Annotated[str, Meta(min_length=3, max_length=254)]


class SignIn(msgspec.Struct, forbid_unknown_fields=True):
    """Who signs in, and from what."""

    email: Email
    password: Annotated[str, Meta(min_length=1, max_length=1024)]
    client: Literal["web", "app"]
    code: Annotated[str, Meta(min_length=6, max_length=40, description="Of the second factor.")] | None = None


class Refresh(msgspec.Struct, forbid_unknown_fields=True):
    """An app's way to its next tokens."""

    refresh_token: Annotated[str, Meta(max_length=100)]


class User(msgspec.Struct):
    """The person who is signed in."""

    id: UUID
    name: str
    email: str | None
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
    """POST /sessions: check a password and open a session; raises Unauthorized the same way whatever was wrong.

    With the right password, and a second factor missing, it raises SecondFactorRequired, or
    SecondFactorSetupRequired where there is none yet.
    """
    context, body = call.context, call.body
    attempt = await attempts.check(call, body.email, body.password)
    account = attempt.account
    shown = await second_factor.check(call, account, body.code)
    fresh = _Tokens(context, body.client)
    session_id = await _open(call, account, fresh)
    if session_id is None:
        raise await attempts.refused(call)
    await attempts.succeeded(call, attempt)
    context.metrics.sign_ins.labels("accepted").inc()
    detail = {} if shown is None else {"second_factor": shown}
    await audit.record(context.app, replace(attempts.entry_by(call, "sessions.C", account), detail=detail))
    reply = _signed_in(context, body.client, account, Session(session_id, fresh.expires_at), fresh)
    if body.client == "web" and shown in (second_factor.APP, second_factor.RECOVERY):
        return replace(reply, workstation=await second_factor.trust(call, account.id))
    return reply


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


async def show_of(call: Call[Nothing, Nothing]) -> SessionList:
    """GET /users/{id}/sessions: where somebody is signed in, for themselves and for administrators."""
    person = await find_person(call)
    own = call.signed_in
    if person.id != own.user_id and not is_admin(call):
        raise Forbidden("these sign-ins are not yours to see")
    rows = await sessions.list_of(call.context.app, person.id, call.context.clock.now())
    return SessionList([SessionItem(*row, current=row.id == own.session_id) for row in rows])


async def show_all(call: Call[Nothing, Nothing]) -> SessionList:
    """GET /sessions: where the caller is signed in."""
    own = call.signed_in
    rows = await sessions.list_of(call.context.app, own.user_id, call.context.clock.now())
    return SessionList([SessionItem(*row, current=row.id == own.session_id) for row in rows])


async def end_one(call: Call[Nothing, Nothing]) -> None:
    """DELETE /sessions/{id}: sign out somewhere else; administrators sign others out too.

    Raises NotFound for a session that is not the caller's to end.
    """
    await _end(call, call.uuid, anybodys=is_admin(call))


async def _end(call: Call[Nothing, Nothing], session_id: UUID, *, anybodys: bool = False) -> None:
    context, own = call.context, call.signed_in.user_id
    now = context.clock.now()
    if await sessions.end(context.app, session_id, user_id=own, reason="logout", now=now):
        await audit.record(context.app, call.audit_entry("sessions.D", "sessions", str(session_id)))
    elif not anybodys or not await sessions.revoke(
        context.app, session_id, now, call.audit_entry("sessions.D", "sessions", str(session_id))
    ):
        raise NotFound


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
