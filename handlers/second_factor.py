"""The second factor at a sign-in: who needs one, at which browsers not, and which codes count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from handlers.auth import workstation_cookie
from handlers.call import Call
from handlers.context import LIMITS
from hub.access import tokens
from hub.access import totp as codes
from hub.errors import RateLimited, SecondFactorRequired, SecondFactorSetupRequired
from storage import audit, totp
from storage.accounts import Account
from storage.totp import Factor, Workstation

ROLES = frozenset({"doctor", "staff", "admin"})  # who sees other people's records
BYPASS, RECOVERY, APP = "bypass", "recovery", "app"


async def check(call: Call[Any, Any], account: Account, code: str | None) -> str | None:
    """Let somebody in whose password is right, or raise what is missing; returns how the second factor was shown.

    None where none is needed: for patients, where the setting is off, and at a browser where it was shown this shift.
    Raises SecondFactorSetupRequired, SecondFactorRequired, RateLimited.
    """
    context = call.context
    if not context.settings.totp_required or account.role not in ROLES:
        return None
    if code is None and await is_trusted(call, account.id):
        return None
    factor = await totp.find(context.app, account.id)
    shown = None if code is None else await use(call, account.id, factor, code)
    if shown is not None:
        return shown
    if factor.secret is None:
        raise SecondFactorSetupRequired("set up a second factor for this account first")
    if code is not None:
        raise await refused(call, account.id)
    raise SecondFactorRequired("send the code of your authenticator app too")


async def use(call: Call[Any, Any], user_id: UUID, factor: Factor, code: str) -> str | None:
    """Use a code up and return what kind it was, None for one that does not count; raises RateLimited.

    Guesses at the app's codes are limited for all networks together, for six digits are few. Who knows the password may
    use that limit up: recovery codes and a supervisor's bypass, which nobody guesses, still let the owner in.
    """
    context, text = call.context, codes.plain(code)
    if not codes.is_code(text):
        return await totp.use_code(context.app, user_id, code_hash(user_id, text), context.clock.now())
    await count_guess(call, user_id)
    if factor.secret is None:
        return None
    step = codes.matching_step(factor.secret, text, context.clock.now().timestamp())
    if step is None or not await totp.use_step(context.app, user_id, factor.secret, step):
        return None
    await forget_guesses(call, user_id)
    return APP


async def count_guess(call: Call[Any, Any], user_id: UUID) -> None:
    """Count a guess at somebody's six digits; raises RateLimited."""
    wait_s = await call.http_request.app[LIMITS].codes.take(str(user_id), call.context.clock.monotonic_s())
    if wait_s:
        raise RateLimited(retry_after_s=wait_s)


async def forget_guesses(call: Call[Any, Any], user_id: UUID) -> None:
    """Let the guesses before a right code be forgotten."""
    await call.http_request.app[LIMITS].codes.forget(str(user_id))


async def refused(call: Call[Any, Any], user_id: UUID) -> SecondFactorRequired:
    """Write a wrong code down and return the answer to it."""
    call.context.metrics.sign_ins.labels("refused").inc()
    entry = call.audit_entry("sessions.C", "users", str(user_id), denied=True)
    await audit.record(call.context.app, entry)
    return SecondFactorRequired("the code does not count, or was used before")


async def is_trusted(call: Call[Any, Any], user_id: UUID) -> bool:
    """Say whether this user showed a second factor at this browser during this shift."""
    kept = _kept(call)
    return kept is not None and await totp.is_trusted(call.context.app, kept, user_id, call.context.clock.now())


async def trust(call: Call[Any, Any], user_id: UUID) -> str:
    """Trust this browser for the rest of the shift; returns what it has to keep."""
    context, fresh = call.context, tokens.new_token()
    now = context.clock.now()
    expires_at = now + timedelta(seconds=context.settings.workstation_s)
    await totp.trust(context.app, Workstation(tokens.digest(fresh), _kept(call), expires_at), user_id, now)
    return fresh


def code_hash(user_id: UUID, plain: str) -> bytes:
    """Return what stands for a code for once in the database; the same code of two users differs."""
    return tokens.digest(f"{user_id} {plain}")


def _kept(call: Call[Any, Any]) -> bytes | None:
    token = call.http_request.cookies.get(workstation_cookie(call.http_request), "")
    return tokens.digest(token) if tokens.is_token(token) else None
