"""Who is asking: bearer, cookie or ticket to a Principal, with the Origin rules of each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from aiohttp import hdrs, web

from handlers.context import CONTEXT, LIMITS, HubContext
from handlers.network import is_plain_loopback, network_of, peer_address
from hub.access import tokens
from hub.access.policy import allowed
from hub.access.principal import Principal, device_codes, user_codes
from hub.errors import Forbidden, Malformed, RateLimited, TooLarge, Unauthorized, UnsupportedVersion
from hub.protocol.codec import CODECS
from hub.protocol.limits import TICKET_PREFIX
from storage import devices, sessions, tickets
from storage.devices import Device
from storage.sessions import LiveSession
from storage.tickets import Ticket

_TOUCH_AFTER = timedelta(minutes=1)
_HANDSHAKE_BYTES_MAX = 8_192  # of all headers together
_SAFE_METHODS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})


class Caller(NamedTuple):
    """An authenticated caller, and the rows that say so."""

    principal: Principal
    session: LiveSession | None = None  # a person's sign-in
    via: str = "bearer"  # bearer or cookie


def cookie_name(http_request: web.BaseRequest) -> str:
    """Return the session cookie's name: `__Host-` everywhere but on plain-http loopback, where browsers refuse it."""
    return "hub_session" if is_plain_loopback(http_request) else "__Host-hub_session"


def workstation_cookie(http_request: web.BaseRequest) -> str:
    """Return the name of the cookie that says where a second factor was shown, by the same rule."""
    return "hub_workstation" if is_plain_loopback(http_request) else "__Host-hub_workstation"


def user_principal(session: LiveSession) -> Principal:
    """Return the caller that a session stands for."""
    return Principal(
        user_codes(session.role, session.staff_role, session.duty),
        user_id=session.user_id,
        session_id=session.session_id,
        facility_id=session.facility_id,
    )


def device_caller(device: Device, credential: bytes | None = None) -> Principal:
    """Return the caller that a device is; `credential` is the hash of the secret that it sent, None for a ticket."""
    return Principal(
        device_codes(device.kind),
        device_id=device.device_id,
        ambulance_id=device.ambulance_id,
        facility_id=device.facility_id,
        credential=credential,
        credential_ends_at=device.secret_expires_at,
    )


async def authenticate(http_request: web.Request) -> Caller | None:
    """Return who is asking, None without any credential; raises Unauthorized for one that does not count.

    A bearer wins over a cookie: what a browser adds by itself must not change what an app asked for. A device's secret
    is looked for where no session's access token matches.
    """
    async with counted(http_request):
        return await _authenticate(http_request)


async def _authenticate(http_request: web.Request) -> Caller | None:
    context = http_request.app[CONTEXT]
    bearer = _bearer(http_request)
    if bearer is not None:
        check_origin(http_request, context)
        return await _by_bearer(context, bearer)
    cookie = http_request.cookies.get(cookie_name(http_request))
    if cookie is None:
        return None
    session = await _find_session(context, cookie, "cookie")
    if session is None:
        raise Unauthorized("the session has ended")
    _check_csrf(http_request, context)
    return Caller(user_principal(session), session, "cookie")


async def authenticate_device(context: HubContext, bearer: str) -> Principal:
    """Return the device that a secret belongs to; raises Unauthorized."""
    if not tokens.is_token(bearer):
        raise Unauthorized("the credential does not count")
    credential = tokens.digest(bearer)
    device = await devices.find_by_secret(context.app, credential, context.clock.now())
    if device is None:
        raise Unauthorized("the credential does not count")
    return device_caller(device, credential)


async def viewer_principal(http_request: web.Request) -> tuple[Principal, str | None]:
    """Authenticate a `/ws/live` handshake, before the 101; raises Unauthorized or Forbidden.

    Returns the caller and the subprotocol to answer with (None when no version is in common). Apps send a bearer access
    token, tablets their secret; browsers a ticket beside `hub.v1` in the subprotocol list and an allowed Origin.
    """
    context = http_request.app[CONTEXT]
    check_origin(http_request, context)
    accepted, ticket = _subprotocols(http_request)
    async with counted(http_request):
        bearer = _bearer(http_request)
        if bearer is not None:
            return _admitted((await _by_bearer(context, bearer)).principal, "sockets.live"), accepted
        bound = await redeem_ticket(http_request, ticket, "live")
        session = await _session_of(context, bound.session_id)
        if session is None:
            raise Unauthorized("the credential does not count")
        return _admitted(user_principal(session), "sockets.live"), accepted


async def device_principal(http_request: web.Request) -> tuple[Principal, str | None]:
    """Authenticate a `/ws/device` handshake, before the 101; raises Unauthorized or Forbidden.

    Returns the caller and the subprotocol to answer with (None when no version is in common). Devices send their secret
    as a bearer; browsers used as a tablet a device ticket and an allowed Origin. A cookie is ignored.
    """
    context = http_request.app[CONTEXT]
    check_origin(http_request, context)
    accepted, ticket = _subprotocols(http_request)
    async with counted(http_request):
        bearer = _bearer(http_request)
        if bearer is not None:
            return _admitted(await authenticate_device(context, bearer), "sockets.device"), accepted
        bound = await redeem_ticket(http_request, ticket, "device")
        device = None if bound.device_id is None else await devices.find_by_id(context.app, bound.device_id)
        if device is None:
            raise Unauthorized("the credential does not count")
        return _admitted(device_caller(device), "sockets.device"), accepted


@asynccontextmanager
async def counted(http_request: web.Request) -> AsyncIterator[None]:
    """Count credentials that do not count, by network; too many of them are answered with RateLimited.

    Nobody is refused for what others of the network send: a credential that counts is let in all the same.
    """
    try:
        yield
    except Unauthorized:
        context = http_request.app[CONTEXT]
        network = network_of(peer_address(http_request, context.settings.trusted_proxies))
        wait_s = await http_request.app[LIMITS].refusals.take(network, context.clock.monotonic_s())
        if wait_s:
            raise RateLimited(retry_after_s=wait_s) from None
        raise


async def redeem_ticket(http_request: web.Request, ticket: str | None, purpose: str) -> Ticket:
    """Use a ticket up and return what it was bound to; raises Unauthorized.

    It must have been issued for this purpose and this Origin, and counts once, also when it is refused.
    """
    context = http_request.app[CONTEXT]
    if ticket is None or not tokens.is_token(ticket):
        raise Unauthorized("a bearer token or a ticket is needed")
    bound = await tickets.burn(context.app, tokens.digest(ticket))
    counts = (
        bound is not None
        and bound.purpose == purpose
        and bound.expires_at > context.clock.now()
        and bound.origin == http_request.headers.get(hdrs.ORIGIN)
    )
    if bound is None or not counts:
        raise Unauthorized("the ticket does not count")
    return bound


def check_handshake(http_request: web.Request) -> None:
    """Refuse what is not a WebSocket handshake of RFC 6455; aiohttp would take the drafts before it too."""
    # They are kept as long as the connection lives: a few large ones would weigh as much as a hundred idle tablets.
    if sum(len(name) + len(value) for name, value in http_request.raw_headers) > _HANDSHAKE_BYTES_MAX:
        raise TooLarge("the headers of the handshake are too large")
    headers = http_request.headers
    if headers.get(hdrs.UPGRADE, "").lower() != "websocket":
        raise Malformed("a WebSocket handshake is expected here")
    if headers.getall(hdrs.SEC_WEBSOCKET_VERSION, []) != ["13"]:
        raise UnsupportedVersion("WebSocket version 13 is spoken here")


def check_origin(http_request: web.BaseRequest, context: HubContext, *, required: bool = False) -> None:
    """Refuse an Origin that is not in the allowed list; raises Forbidden."""
    origins = http_request.headers.getall(hdrs.ORIGIN, [])
    if not origins and not required:
        return
    if len(origins) != 1 or origins[0] not in context.settings.origins:
        raise Forbidden("this origin is not allowed")


def _admitted(principal: Principal, action: str) -> Principal:
    if not allowed(principal, action):
        raise Forbidden("this socket is not yours")
    return principal


def _check_csrf(http_request: web.Request, context: HubContext) -> None:
    """A cookie comes with every request of a browser, so what changes something must show that our page sent it."""
    if http_request.method in _SAFE_METHODS:
        return
    if http_request.headers.get("X-Hub-CSRF") != "1":
        raise Forbidden("the header X-Hub-CSRF is missing")
    check_origin(http_request, context, required=True)


def _bearer(http_request: web.Request) -> str | None:
    values = http_request.headers.getall(hdrs.AUTHORIZATION, [])
    if not values:
        return None
    scheme, _, token = values[0].partition(" ")
    if len(values) > 1 or scheme.lower() != "bearer" or not tokens.is_token(token):
        raise Unauthorized("the credential does not count")
    return token


async def _by_bearer(context: HubContext, bearer: str) -> Caller:
    session = await _find_session(context, bearer, "access")
    if session is not None:
        return Caller(user_principal(session), session)
    return Caller(await authenticate_device(context, bearer))


async def _find_session(context: HubContext, token: str, kind: str) -> LiveSession | None:
    if not tokens.is_token(token):
        return None
    now = context.clock.now()
    session = await sessions.find_by_token(context.app, tokens.digest(token), kind, now)
    if session is not None and now - session.last_seen_at > _TOUCH_AFTER:
        await sessions.touch(context.app, session.session_id, now)
    return session


async def _session_of(context: HubContext, session_id: UUID | None) -> LiveSession | None:
    if session_id is None:
        return None
    return await sessions.find_by_id(context.app, session_id, context.clock.now())


def _subprotocols(http_request: web.Request) -> tuple[str | None, str | None]:
    """Return the version to answer with and the ticket, each None when the list has none."""
    offered = [
        name.strip()
        for value in http_request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, [])
        for name in value.split(",")
    ]
    accepted = next((name for name in offered if name in CODECS), None)
    found = [name.removeprefix(TICKET_PREFIX) for name in offered if name.startswith(TICKET_PREFIX)]
    return accepted, found[0] if len(found) == 1 else None
