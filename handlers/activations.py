"""Activation links: their holder chooses the account's password, once."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from handlers.call import Call, Nothing
from hub.access import tokens
from hub.access.passwords import check_password
from hub.errors import NotFound
from storage import accounts


class Activation(msgspec.Struct, forbid_unknown_fields=True):
    """What the link carried, and the chosen password (12 to 128 characters, any Unicode)."""

    token: Annotated[str, Meta(max_length=100)]
    password: Annotated[str, Meta(max_length=1024)]


async def create(call: Call[Nothing, Activation]) -> None:
    """POST /activations; raises NotFound for a link that does not count, InvalidValue for a password that is no good.

    The password is judged before the link is used up, so a bad choice costs nothing.
    """
    context, body = call.context, call.body
    link_hash = tokens.digest(body.token)
    invitation = await accounts.find_invitation(context.app, link_hash, context.clock.now())
    if invitation is None:
        raise NotFound("the link does not count")
    check_password(body.password, name=invitation.name, email=invitation.email)
    password_hash = await context.passwords.hash(body.password)
    if not await accounts.activate(context.app, link_hash, password_hash, context.clock.now()):
        raise NotFound("the link does not count")
