"""The HTTP application: the route table, the sockets and the pages behind one boundary."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version

from aiohttp import hdrs, web

from handlers.auth import check_handshake
from handlers.call import Route
from handlers.context import CONTEXT, CURSORS, LIMITS, HubContext, Limits, SocketHandler
from handlers.cursors import Cursors
from handlers.guard import endpoint
from handlers.middleware import REPEATS, add_headers, boundary
from handlers.openapi import served
from handlers.repeats import Repeats
from handlers.routes import DEVICE_SOCKET, LIVE_SOCKET, ROUTES
from handlers.tally import TALLY, Tally

_VERSION = version("arogya-hub")  # a file is read for it: at import, not on the event loop

__all__ = ["HubContext", "build"]


def build(context: HubContext) -> web.Application:
    """Return the application of the public listener; `handlers.server` runs it."""
    application = web.Application(middlewares=[boundary], client_max_size=context.settings.body_bytes_max)
    application[CONTEXT] = context
    application[LIMITS] = Limits(context.settings, context.bus)
    application[REPEATS] = Repeats()
    application[TALLY] = Tally(context.metrics)
    application[CURSORS] = Cursors(context.settings.cursor_key)
    application.on_response_prepare.append(add_headers)
    _add_routes(application, (*ROUTES, *served.routes(ROUTES, version=_VERSION, settings=context.settings)))
    for socket, handler in ((DEVICE_SOCKET, context.device_socket), (LIVE_SOCKET, context.live_socket)):
        if handler is not None:
            application.router.add_get(socket.path, _socket(handler), allow_head=False)
    if context.add_pages is not None:
        context.add_pages(application)
    return application


def _add_routes(application: web.Application, routes: Iterable[Route]) -> None:
    by_path: dict[str, list[Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, []).append(route)
    for path, alike in by_path.items():
        resource = application.router.add_resource(path)
        methods = {method: route for route in alike for method in _methods(route)}
        for method, route in methods.items():
            resource.add_route(method, endpoint(route))
        if "{" not in path:  # another method is not one of /{id}, although that would take the last word for an id
            resource.add_route(hdrs.METH_ANY, _refuser(frozenset(methods)))


def _methods(route: Route) -> tuple[str, ...]:
    return (hdrs.METH_GET, hdrs.METH_HEAD) if route.method == hdrs.METH_GET else (route.method,)


def _refuser(allowed: frozenset[str]) -> SocketHandler:
    async def refuse(http_request: web.Request) -> web.StreamResponse:
        raise web.HTTPMethodNotAllowed(http_request.method, allowed)

    return refuse


def _socket(handler: SocketHandler) -> SocketHandler:
    async def serve(http_request: web.Request) -> web.StreamResponse:
        check_handshake(http_request)
        return await handler(http_request)

    return serve
