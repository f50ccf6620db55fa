"""The boundary of HTTP: a request id, one log line, and every error as a problem document."""

from __future__ import annotations

import asyncio
import re
import time

import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpVersion10, HttpVersion11
from aiohttp.typedefs import Handler

from handlers import problem
from handlers.context import CONTEXT, HttpSettings
from handlers.cors import add_cors
from handlers.guard import CALLER, REQUEST_ID
from handlers.network import is_https
from handlers.repeats import Repeats
from handlers.tally import TALLY
from hub import ids
from hub.errors import HubError, Malformed, NotFound
from hub.outcomes import outcome_of

_LOG = structlog.get_logger("hub.http")
# No route of ours needs an escape, an empty segment or a name in the request line: such a path is unknown here, however
# a router or a proxy would read it.
_PLAIN_PATH = re.compile(r"/([A-Za-z0-9._~@:+-]+(/[A-Za-z0-9._~@:+-]+)*/?)?", re.ASCII)
_METHODS = frozenset(hdrs.METH_ALL)
_READS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_TRACKERS = frozenset({"/track/{token}", "/owntracks"})
_DEFAULTS = HttpSettings()
_HTTPS_FROM_NOW_ON = "max-age=31536000"  # for a year: RFC 6797
REPEATS: web.AppKey[Repeats] = web.AppKey("REPEATS", Repeats)
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}


@web.middleware
async def boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer one HTTP request, whatever happens in it; aiohttp prescribes the arguments' names."""
    request[REQUEST_ID] = request_id = ids.request_id()
    started_ns = time.monotonic_ns()
    code = ""
    try:
        _check_line(request)
        response = await handler(request)
    except web.HTTPMethodNotAllowed as refusal:
        response, code = _other_method(request, refusal, request_id)
    except (HubError, web.HTTPException, TimeoutError) as refusal:
        response, code = _refusal(request, refusal, request_id)
    except asyncio.CancelledError:
        _log(request, 499, "gone", started_ns)
        raise
    except ConnectionResetError:  # the peer left before it was answered: nobody reads this
        response, code = web.Response(status=499), "gone"
    except Exception as error:  # noqa: BLE001 - the boundary: an unknown error becomes a 500 without a word of it
        response, code = _refusal(request, error, request_id)
    _log(request, response.status, code, started_ns)
    return response


async def add_headers(http_request: web.Request, response: web.StreamResponse) -> None:
    """Give an answer the headers that keep browsers strict; a page may have set its own before.

    Not the opening of a WebSocket, which no page is made of: a crowd that comes back waits for each byte of it.
    """
    if response.status == 101:
        return
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["Server"] = "arogya"
    if REQUEST_ID in http_request:
        response.headers["X-Request-Id"] = http_request[REQUEST_ID]
    context = http_request.app.get(CONTEXT)  # other listeners have none
    settings = _DEFAULTS if context is None else context.settings
    if is_https(http_request, settings.trusted_proxies):
        response.headers[hdrs.STRICT_TRANSPORT_SECURITY] = _HTTPS_FROM_NOW_ON
    add_cors(http_request, response, settings.cors_origins)


def _check_line(http_request: web.Request) -> None:
    """Refuse request lines that aiohttp lets through: other versions, absolute and escaped targets."""
    if http_request.version not in (HttpVersion10, HttpVersion11):
        raise Malformed("this version of HTTP is not spoken here")
    target = http_request.raw_path.partition("?")[0]
    asks_server = target == "*" and http_request.method == hdrs.METH_OPTIONS
    if not asks_server and not _PLAIN_PATH.fullmatch(target):
        raise NotFound


def _other_method(
    http_request: web.Request, refusal: web.HTTPMethodNotAllowed, request_id: str
) -> tuple[web.Response, str]:
    if http_request.method == hdrs.METH_OPTIONS:
        return web.Response(status=204, headers={hdrs.ALLOW: problem.allow(refusal)}), ""
    return _refusal(http_request, refusal, request_id)


def _refusal(http_request: web.Request, error: Exception, request_id: str) -> tuple[web.Response, str]:
    response = problem.response(error, request_id)
    code = outcome_of(problem.as_hub_error(error)).code
    if code == "internal":
        _LOG.error("http_failure", request_id=request_id, kind=type(error).__name__, exc_info=error)
    if http_request.writer.output_size > 0:
        # Half an answer or a WebSocket's frames are out already: a second answer would be read as part of them.
        raise ConnectionError("an answer has begun") from error
    if response.status in (400, 408, 413):
        response.force_close()  # what follows on this connection may be the rest of what was refused
    return response, code


def _log(http_request: web.Request, status: int, code: str, started_ns: int) -> None:
    route = route_name(http_request)
    elapsed_s = (time.monotonic_ns() - started_ns) / 1e9
    tally = http_request.app[TALLY]
    method = http_request.method if http_request.method in _METHODS else "other"
    tally.answered(method, route, status)
    if status == 101:  # a WebSocket's life is no time to answer, and no line is needed for each tablet of a crowd
        return
    tally.took(route, elapsed_s)
    caller = http_request.get(CALLER)
    unsaid = None
    if code and caller is None:  # a stranger, of whom there may be thousands
        unsaid = http_request.app[REPEATS].since((route, code), http_request.app[CONTEXT].clock.monotonic_s())
        if unsaid is None:
            return
    # Of what was only read and went well, the counters and the audit log tell.
    # What trackers post every second has counters of its own.
    say = _LOG.debug if not code and (method in _READS or route in _TRACKERS) else _LOG.info
    say(
        "http_request",
        request_id=http_request[REQUEST_ID],
        method=method,
        route=route,
        status=status,
        code=code or None,
        caller=None if caller is None else caller.principal.key,
        elapsed_ms=round(elapsed_s * 1000, 2),
        **({"unsaid": unsaid} if unsaid else {}),  # how many like it came and were not logged
    )


def route_name(http_request: web.Request) -> str:
    """Return the route's pattern, never the path that was asked for: a path may hold what must not be logged."""
    resource = http_request.match_info.route.resource
    return "unknown" if resource is None else resource.canonical
