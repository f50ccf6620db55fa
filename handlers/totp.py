"""Setting up a second factor: the authenticator app, recovery codes, and a supervisor's bypass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers import attempts, second_factor
from handlers.call import API, Call, Nothing, Reply, Route
from handlers.people import Email, Password, find_person, is_admin, is_own_facility
from hub.access import totp as codes
from hub.errors import Conflict, Forbidden, InvalidValue, SecondFactorRequired
from storage import totp
from storage.accounts import Account
from storage.totp import Codes, Proof

Code = Annotated[str, Meta(min_length=6, max_length=40, description="Of the authenticator app, or one for once.")]


class Setup(msgspec.Struct, forbid_unknown_fields=True):
    """Who sets a second factor up; where there is one already, a code of it, or one for once."""

    email: Email
    password: Password
    code: Code | None = None


class Proposed(msgspec.Struct):
    """What the authenticator app needs: as a QR code, or typed in. It counts once a code has confirmed it."""

    secret: str
    uri: str


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """The first code that the app shows."""

    email: Email
    password: Password
    code: Code


class RecoveryCodes(msgspec.Struct):
    """Ten codes for days without the telephone, each for once; they are shown now and never again."""

    recovery_codes: list[str]


class SecondFactor(msgspec.Struct):
    """How it stands with the caller's second factor."""

    enabled: bool
    required: bool
    confirmed_at: datetime | None
    recovery_codes_left: int


class CodeShown(msgspec.Struct, forbid_unknown_fields=True):
    """A code, to show that it is still you."""

    code: Code


class Bypass(msgspec.Struct):
    """A code that lets somebody in once without their telephone; read it out to them."""

    code: str
    expires_at: datetime


async def propose(call: Call[Nothing, Setup]) -> Proposed:
    """POST /totp; raises SecondFactorRequired where one is in force and no code of it was sent."""
    context, body = call.context, call.body
    attempt = await attempts.check(call, body.email, body.password)
    account = _of_somebody_who_needs_one(attempt.account)
    factor = await totp.find(context.app, account.id)
    if factor.secret is not None:
        if body.code is None:
            raise SecondFactorRequired("send a code of the second factor that is in force, or a recovery code")
        if await second_factor.use(call, account.id, factor, body.code) is None:
            raise await second_factor.refused(call, account.id)
    await attempts.succeeded(call, attempt)
    secret = codes.new_secret()
    await totp.propose(context.app, account.id, secret, attempts.entry_by(call, "totp.C", account))
    name = codes.uri(secret, account=account.email or account.name, issuer=context.settings.issuer)
    return Proposed(codes.base32(secret), name)


async def confirm(call: Call[Nothing, Confirmation]) -> Reply:
    """POST /totp/confirm: the app shows the right code, so it counts from now on; this browser is trusted."""
    context, body = call.context, call.body
    attempt = await attempts.check(call, body.email, body.password)
    account = _of_somebody_who_needs_one(attempt.account)
    factor = await totp.find(context.app, account.id)
    if factor.pending is None:
        raise Conflict("no second factor is being set up")
    await second_factor.count_guess(call, account.id)  # the waiting secret may be one that somebody else was shown
    text = codes.plain(body.code)
    step = codes.matching_step(factor.pending, text, context.clock.now().timestamp()) if codes.is_code(text) else None
    if step is None:
        raise InvalidValue("this is not the code that the app shows now", field="code")
    shown, fresh = _fresh_codes(account.id, "recovery")
    entry = attempts.entry_by(call, "totp.C", account)
    proof = Proof(factor.pending, step)
    if not await totp.confirm(context.app, account.id, proof, fresh, context.clock.now(), entry):
        raise Conflict("the second factor was set up anew meanwhile")
    await second_factor.forget_guesses(call, account.id)
    await attempts.succeeded(call, attempt)
    return Reply(RecoveryCodes(shown), workstation=await second_factor.trust(call, account.id))


async def show(call: Call[Nothing, Nothing]) -> SecondFactor:
    """GET /totp."""
    session, context = call.signed_in, call.context
    factor = await totp.find(context.app, session.user_id)
    return SecondFactor(
        enabled=factor.secret is not None,
        required=context.settings.totp_required and session.role in second_factor.ROLES,
        confirmed_at=factor.confirmed_at,
        recovery_codes_left=await totp.count_codes(context.app, session.user_id),
    )


async def renew_codes(call: Call[Nothing, CodeShown]) -> RecoveryCodes:
    """POST /totp/recovery_codes: ten new ones in the place of the others; raises InvalidValue for a wrong code."""
    context, user_id = call.context, call.signed_in.user_id
    factor = await totp.find(context.app, user_id)
    if factor.secret is None:
        raise Conflict("there is no second factor to have recovery codes for")
    if await second_factor.use(call, user_id, factor, call.body.code) is None:
        raise InvalidValue("the code does not count, or was used before", field="code")
    shown, fresh = _fresh_codes(user_id, "recovery")
    entry = call.audit_entry("totp.U", "users", str(user_id))
    await totp.replace_codes(context.app, user_id, fresh, context.clock.now(), entry)
    return RecoveryCodes(shown)


async def bypass(call: Call[Nothing, Nothing]) -> Bypass:
    """POST /users/{id}/totp_bypass: let somebody in once without their telephone; the person is told of it."""
    context, now = call.context, call.context.clock.now()
    person = await find_person(call)
    may_help = is_admin(call) or (is_own_facility(call, person) and person.role != "admin")
    if person.id == call.principal.user_id or not may_help:
        raise Forbidden("this person's second factor is not yours to pass over")
    if person.role not in second_factor.ROLES or person.disabled_at is not None:
        raise Conflict("this person needs no second factor, or may not sign in")
    expires_at = now + timedelta(seconds=context.settings.bypass_s)
    shown, fresh = _fresh_codes(person.id, "bypass", 1)
    fresh = fresh._replace(issued_by=call.principal.user_id, expires_at=expires_at)
    entry = call.audit_entry("totp.bypass", "users", str(person.id))
    await totp.issue_bypass(context.app, person.id, fresh, now, entry)
    return Bypass(shown[0], expires_at)


def _of_somebody_who_needs_one(account: Account) -> Account:
    if account.role not in second_factor.ROLES:
        raise Forbidden("patients sign in with their password alone")
    return account


def _fresh_codes(user_id: UUID, kind: str, number: int = codes.RECOVERY_CODES) -> tuple[list[str], Codes]:
    shown = [codes.new_code() for _ in range(number)]
    return shown, Codes(kind, [second_factor.code_hash(user_id, codes.plain(code)) for code in shown])


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/totp",
        propose,
        "totp.C",
        "Begin to set up a second factor",
        Proposed,
        body=Setup,
        status=201,
        public=True,
        replayable=False,
    ),
    Route(
        "POST",
        f"{API}/totp/confirm",
        confirm,
        "totp.C",
        "Confirm a second factor with its first code",
        RecoveryCodes,
        body=Confirmation,
        status=201,
        public=True,
        replayable=False,
    ),
    Route("GET", f"{API}/totp", show, "totp.R", "How it stands with my second factor", SecondFactor),
    Route(
        "POST",
        f"{API}/totp/recovery_codes",
        renew_codes,
        "totp.U",
        "Ten new recovery codes",
        RecoveryCodes,
        body=CodeShown,
        status=201,
        replayable=False,
    ),
    Route(
        "POST",
        f"{API}/users/{{id}}/totp_bypass",
        bypass,
        "totp.bypass",
        "Let somebody in once without their telephone",
        Bypass,
        status=201,
        replayable=False,
    ),
)
