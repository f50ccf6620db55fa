"""The routes that show what the hub says of its interface: for programs, and for people."""

from __future__ import annotations

from collections.abc import Iterable

import orjson
from aiohttp import web

from handlers.call import Call, Handler, Nothing, Route
from handlers.context import HttpSettings
from handlers.fixed import Fixed
from handlers.openapi import words
from handlers.openapi.document import document
from handlers.openapi.page import page, policy

DOCUMENT_PATH, PAGE_PATH = "/openapi.json", "/api"


def routes(described: Iterable[Route], *, version: str, settings: HttpSettings) -> tuple[Route, ...]:
    """Return the routes that describe a route table, and themselves."""
    made: dict[str, Fixed] = {}

    def show(path: str) -> Handler:
        async def answer(call: Call[Nothing, Nothing]) -> web.StreamResponse:
            return made[path].answer(call.http_request)

        return answer

    own = (
        Route(
            *("GET", DOCUMENT_PATH, show(DOCUMENT_PATH), "openapi.R", "This description, for programs"),
            public=True,
            about="OpenAPI 3.1; it stays the same while the hub runs.",
        ),
        Route(
            *("GET", PAGE_PATH, show(PAGE_PATH), "openapi.R", "This description, for people"),
            public=True,
            media_type="text/html",
            about="One page, which needs no script.",
        ),
    )
    whole = document((*described, *own), version=version, settings=settings)
    html = page(whole, words.introduction(settings))
    made[DOCUMENT_PATH] = Fixed(orjson.dumps(whole), "application/json")
    made[PAGE_PATH] = Fixed(html.encode(), "text/html; charset=utf-8", {"Content-Security-Policy": policy()})
    return own
