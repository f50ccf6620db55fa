"""Prometheus' view of the hub, on a listener of its own."""

from __future__ import annotations

import hmac

from aiohttp import hdrs, web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from handlers import problem
from handlers.network import is_loopback
from hub import ids
from hub.errors import HubError, NotFound, Unauthorized
from hub.metrics import Metrics


def build(metrics: Metrics, token: str | None) -> web.Application:
    """Return the application of the metrics listener.

    With a token, a caller must send it as a bearer; without one, only this machine is answered.
    """

    async def show(http_request: web.Request) -> web.StreamResponse:
        try:
            _check(http_request, token)
        except HubError as refusal:
            return problem.response(refusal, ids.request_id())
        headers = {hdrs.CONTENT_TYPE: CONTENT_TYPE_LATEST}
        return web.Response(body=generate_latest(metrics.registry), headers=headers)

    application = web.Application()
    application.router.add_get("/metrics", show)
    application.router.add_route("*", "/{path:.*}", _unknown)
    return application


async def _unknown(_http_request: web.Request) -> web.StreamResponse:
    return problem.response(NotFound(), ids.request_id())


def _check(http_request: web.Request, token: str | None) -> None:
    if token is None:
        if not is_loopback(http_request):
            raise NotFound
        return
    given = http_request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(given, b"Bearer " + token.encode()):
        raise Unauthorized
