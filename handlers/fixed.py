"""A document that stays the same while the hub runs: packed once, and known by its hash."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping

from aiohttp import hdrs, web


class Fixed:
    """Answers with one body, packed for those who can take it so, or with 304 to those who have it."""

    def __init__(self, body: bytes, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        self._plain = body
        self._packed = gzip.compress(body, 9, mtime=0)
        self._tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        self._headers = {
            hdrs.CONTENT_TYPE: content_type,
            hdrs.CACHE_CONTROL: "no-cache",
            hdrs.VARY: hdrs.ACCEPT_ENCODING,
            hdrs.ETAG: self._tag,
            **(headers or {}),
        }

    def answer(self, http_request: web.Request) -> web.Response:
        """Return the answer to one request."""
        if http_request.headers.get(hdrs.IF_NONE_MATCH, "").removeprefix("W/") == self._tag:
            return web.Response(status=304, headers=self._headers)
        if "gzip" not in http_request.headers.get(hdrs.ACCEPT_ENCODING, "").lower():
            return web.Response(body=self._plain, headers=self._headers)
        return web.Response(body=self._packed, headers={**self._headers, hdrs.CONTENT_ENCODING: "gzip"})
