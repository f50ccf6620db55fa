"""Requests of other sites' pages: those of listed origins may use the API, by the Fetch standard; nobody by default.

An origin is answered by its own name, never by `*`, so that credentials may come along.
"""

from __future__ import annotations

from aiohttp import hdrs, web

_SHOWN = "ETag, Location, Retry-After, X-Request-Id, Idempotent-Replayed, Content-Disposition"
_TAKEN = "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, X-Hub-CSRF"
_REMEMBERED_S = 600  # how long a browser need not ask again


def add_cors(http_request: web.BaseRequest, response: web.StreamResponse, origins: frozenset[str]) -> None:
    """Tell a browser that the page which asks may read this answer, or may send what it asked about."""
    if not origins or not http_request.path.startswith(("/api/", "/openapi.json")):
        return
    headers = response.headers
    headers[hdrs.VARY] = ", ".join(filter(None, (headers.get(hdrs.VARY), hdrs.ORIGIN)))
    said = http_request.headers.getall(hdrs.ORIGIN, [])
    if len(said) != 1 or said[0] not in origins:
        return
    headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = said[0]
    headers[hdrs.ACCESS_CONTROL_ALLOW_CREDENTIALS] = "true"
    asks = http_request.method == hdrs.METH_OPTIONS and hdrs.ACCESS_CONTROL_REQUEST_METHOD in http_request.headers
    if not asks:
        headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = _SHOWN
    elif response.status == 204:
        headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = headers.get(hdrs.ALLOW, "")
        headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = _TAKEN
        headers[hdrs.ACCESS_CONTROL_MAX_AGE] = str(_REMEMBERED_S)
