"""One-use links: how somebody comes to choose a password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from handlers.call import API, Call, Nothing, Route
from handlers.people import find_person, is_admin, is_receptionist_here
from hub.access import tokens
from hub.errors import Conflict, Forbidden
from hub.mail.letters import invitation, link_address
from storage import audit, people


class Invited(msgspec.Struct):
    """The link, shown this once, unless it went by e-mail; its holder chooses the account's password."""

    activation_link: str | None
    emailed: bool
    expires_at: datetime | None


class Link(NamedTuple):
    """A fresh one-use link."""

    token: str
    hash: bytes
    expires_at: datetime


def fresh_link(call: Call[Any, Any]) -> Link:
    """Return a link that nobody has yet."""
    token = tokens.new_token()
    expires_at = call.context.clock.now() + timedelta(seconds=call.context.settings.activation_s)
    return Link(token, tokens.digest(token), expires_at)


async def deliver(call: Call[Any, Any], link: Link, *, name: str, email: str) -> Invited:
    """Send a link by e-mail; where that is not set up, or fails, whoever invites gets to see it."""
    context = call.context
    address = link_address(context.settings.link_origin, link.token, email)
    emailed = await context.post.send(invitation(name=name, email=email, link=address, expires_at=link.expires_at))
    return Invited(None if emailed else address, emailed, link.expires_at)


async def create(call: Call[Nothing, Nothing]) -> Invited:
    """POST /users/{id}/invite: another link, for who lost the first one or forgot the password."""
    context = call.context
    person = await find_person(call)
    if person.id == call.principal.user_id or not (is_admin(call) or is_receptionist_here(call, person)):
        raise Forbidden("this person is not yours to invite")
    link = fresh_link(call)
    async with context.app.transaction() as transaction:
        now = context.clock.now()
        purpose = await people.renew_link(transaction, person.id, link.hash, now, expires_at=link.expires_at)
        if purpose is None or person.email is None:
            raise Conflict("the account is disabled, or has no e-mail address to sign in with")
        await audit.record(transaction, call.audit_entry("users.invite", "users", str(person.id)))
    return await deliver(call, link, name=person.name, email=person.email)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/users/{{id}}/invite",
        create,
        "users.invite",
        "A one-use link for somebody to choose a password",
        Invited,
        status=201,
        replayable=False,
    ),
)
