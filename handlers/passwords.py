"""Passwords: changing the own one, and asking for a link when it is forgotten."""

from __future__ import annotations

import msgspec

from handlers import attempts
from handlers.auth import check_origin
from handlers.call import API, Call, Nothing, Reply, Route
from handlers.people import Chosen, Email, Password, find_person
from handlers.registrations import limit_strangers
from hub.access.passwords import check_password
from hub.errors import Forbidden, InvalidValue
from storage import people


class Forgotten(msgspec.Struct, forbid_unknown_fields=True):
    """Whose password is forgotten."""

    email: Email


class PasswordChange(msgspec.Struct, forbid_unknown_fields=True):
    """The password that counts, and the one that shall."""

    current_password: Password
    new_password: Chosen


async def ask(call: Call[Nothing, Forgotten]) -> None:
    """POST /password_resets: the answer and its time are the same whether there is such an account or not.

    A link goes by e-mail where that is set up; otherwise whoever invites people makes one.
    """
    check_origin(call.http_request, call.context)
    await limit_strangers(call)
    if call.body.email.isprintable():
        call.context.post.forgot(call.body.email)


async def change(call: Call[Nothing, PasswordChange]) -> Reply:
    """POST /users/{id}/password: ends all sessions of the caller, this one too; raises Forbidden for somebody else."""
    context, body, session = call.context, call.body, call.signed_in
    person = await find_person(call)
    if person.id != session.user_id:
        raise Forbidden("only the own password can be changed")
    email = person.email or ""
    try:
        check_password(body.new_password, name=person.name, email=email)
    except InvalidValue as error:
        raise InvalidValue(error.detail, field="new_password") from None
    await attempts.count(call, email)
    if not await people.has_password(context.app, context.passwords, person.id, body.current_password):
        raise InvalidValue("this is not your password", field="current_password")
    stored = await context.passwords.hash(body.new_password)
    entry = call.audit_entry("users.U.password", "users", str(person.id))
    await people.change_password(context.app, person.id, stored, context.clock.now(), entry)
    return Reply(None, cookie="")


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/password_resets",
        ask,
        "password_resets.C",
        "Ask for a link to choose a new password",
        body=Forgotten,
        status=202,
        public=True,
    ),
    Route(
        "POST",
        f"{API}/users/{{id}}/password",
        change,
        "users.U.password",
        "Change my password",
        body=PasswordChange,
        status=204,
    ),
)
