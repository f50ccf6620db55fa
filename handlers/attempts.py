"""Trying a password: how often somebody may, and the one answer to whatever was wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from handlers.auth import check_origin
from handlers.call import Call
from handlers.context import LIMITS
from handlers.network import network_of, peer_address
from hub.errors import InvalidValue, RateLimited, Unauthorized
from storage import accounts, audit
from storage.accounts import Account


class Attempt(NamedTuple):
    """A right password."""

    account: Account
    key: str  # by which attempts at this account from this network are counted


async def check(call: Call[Any, Any], email: str, password: str) -> Attempt:
    """Return whose password this is; raises Unauthorized the same way whatever was wrong, or RateLimited."""
    context = call.context
    check_origin(call.http_request, context)
    if not email.isprintable():
        raise InvalidValue("an address has characters that none takes", field="email")
    key = await count(call, email)
    account = await accounts.authenticate(context.app, context.passwords, email, password)
    if account is None:
        raise await refused(call)
    return Attempt(account, key)


async def refused(call: Call[Any, Any]) -> Unauthorized:
    """Write a failed attempt down and return the answer to it."""
    call.context.metrics.sign_ins.labels("refused").inc()
    await audit.record(call.context.app, call.audit_entry("sessions.C", "sessions", None, denied=True))
    return Unauthorized("the address or the password is wrong")


async def succeeded(call: Call[Any, Any], attempt: Attempt) -> None:
    """Let the attempts before this one be forgotten."""
    await call.http_request.app[LIMITS].sign_ins.forget(attempt.key)


async def count(call: Call[Any, Any], email: str) -> str:
    """Count an attempt by account and network, so that a stranger elsewhere cannot lock the owner out.

    Returns the key that it was counted by; raises RateLimited.
    """
    limits, now_s = call.http_request.app[LIMITS], call.context.clock.monotonic_s()
    place = network(call)
    key = f"{place} {email.casefold()}"
    wait_s = await limits.sign_ins.take(key, now_s) or await limits.networks.take(place, now_s)
    if wait_s:
        call.context.metrics.sign_ins.labels("limited").inc()
        raise RateLimited(retry_after_s=wait_s)
    return key


def entry_by(call: Call[Any, Any], action: str, account: Account) -> audit.Entry:
    """Return an audit line of what the owner of a password did, who is not signed in (yet)."""
    entry = call.audit_entry(action, "users", str(account.id))
    return replace(entry, actor_kind="user", actor_id=str(account.id))


def network(call: Call[Any, Any]) -> str:
    """Return the name that limits count the caller's network by."""
    return network_of(peer_address(call.http_request, call.context.settings.trusted_proxies))
