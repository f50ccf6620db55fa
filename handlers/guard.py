"""What stands before every handler: who asks, how often, whether the matrix allows it, and what exactly is asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

import msgspec
from aiohttp import hdrs, web

from handlers.auth import Caller, authenticate, cookie_name, workstation_cookie
from handlers.call import Call, Nothing, Reply, Route
from handlers.context import CONTEXT, LIMITS
from handlers.idempotency import Claim, once
from handlers.network import is_plain_loopback, network_of, peer_address
from handlers.params import BodyRules, read_body, read_query
from hub.access.policy import allowed, sees_all
from hub.access.principal import ANONYMOUS
from hub.errors import Forbidden, NotFound, RateLimited, Unauthorized
from storage import audit

REQUEST_ID: web.RequestKey[str] = web.RequestKey("REQUEST_ID", str)
CALLER: web.RequestKey[Caller] = web.RequestKey("CALLER", Caller)


def endpoint(route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the aiohttp handler of a route."""

    async def serve(http_request: web.Request) -> web.StreamResponse:
        caller = Caller(ANONYMOUS) if route.public else await _identify(http_request, optional=route.open)
        if route.limited:
            await _check_rate(http_request, caller)
        rules = allowed(caller.principal, route.action)
        call = Call(
            http_request.app[CONTEXT],
            http_request,
            http_request[REQUEST_ID],
            caller.principal,
            rules,
            caller.session,
            Nothing(),
            Nothing(),
        )
        try:
            if not (rules or route.judged_inside):
                raise Forbidden
            typed = await _read(route, call)

            if route.method != hdrs.METH_POST:
                return _render(route, http_request, await route.handler(typed))

            async def answer(claim: Claim | None) -> web.StreamResponse:
                return _render(route, http_request, await route.handler(replace(typed, claim=claim)))

            return await once(route, typed, answer)
        except (Forbidden, NotFound) as refusal:
            await _audit_denial(route, call, refusal)
            raise

    return serve


async def _identify(http_request: web.Request, *, optional: bool) -> Caller:
    caller = await authenticate(http_request)
    if caller is None and optional:
        return Caller(ANONYMOUS)
    if caller is None:
        raise Unauthorized
    http_request[CALLER] = caller
    return caller


async def _check_rate(http_request: web.Request, caller: Caller) -> None:
    context = http_request.app[CONTEXT]
    key = caller.principal.key
    if caller.principal is ANONYMOUS:
        key = network_of(peer_address(http_request, context.settings.trusted_proxies))
    wait_s = await http_request.app[LIMITS].api.take(key, context.clock.monotonic_s())
    if wait_s:
        raise RateLimited(retry_after_s=wait_s)


async def _read(route: Route, call: Call[Nothing, Nothing]) -> Call[msgspec.Struct, msgspec.Struct]:
    settings = call.context.settings
    if route.raw:
        return cast("Call[msgspec.Struct, msgspec.Struct]", call)
    query = read_query(call.http_request, route.query)
    body: msgspec.Struct = Nothing()
    if route.body is not Nothing:
        rules = BodyRules(settings.body_bytes_max, settings.body_timeout_s, route.read_only, route.merges)
        body = await read_body(call.http_request, route.body, rules)
    return Call(call.context, call.http_request, call.request_id, call.principal, call.rules, call.session, query, body)


def _render(
    route: Route, http_request: web.Request, answer: msgspec.Struct | Reply | web.StreamResponse | None
) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    reply = answer if isinstance(answer, Reply) else Reply(answer)
    response = web.Response(status=reply.status or route.status)
    if reply.body is not None:
        response.body = msgspec.json.encode(reply.body)
        response.content_type = route.media_type
    if reply.cookie is not None:
        _set_cookie(http_request, response, cookie_name(http_request), reply.cookie, reply.cookie_s)
    if reply.workstation is not None:
        lives_s = http_request.app[CONTEXT].settings.workstation_s
        _set_cookie(http_request, response, workstation_cookie(http_request), reply.workstation, lives_s)
    return response


def _set_cookie(http_request: web.Request, response: web.Response, name: str, value: str, lives_s: float) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lives_s),
        path="/",
        secure=not is_plain_loopback(http_request),
        httponly=True,
        samesite="Strict",
    )


async def _audit_denial(route: Route, call: Call[Nothing, Nothing], refusal: Forbidden | NotFound) -> None:
    """Write down what was refused to somebody known; to those who see everything, a missing row is no refusal."""
    if call.principal is ANONYMOUS or (isinstance(refusal, NotFound) and sees_all(call.rules)):
        return
    entity = route.action.partition(".")[0]
    entry = call.audit_entry(route.action, entity, call.http_request.match_info.get("id"), denied=True)
    await audit.record(call.context.app, entry)
