"""Idempotency-Key: a request that is sent again is answered again, and done once."""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec
from aiohttp import hdrs, web

from handlers.call import Call, Nothing, Route
from hub.access.principal import ANONYMOUS
from hub.errors import Conflict, IdempotencyMismatch, InvalidValue
from storage import idempotency
from storage.idempotency import KeyOf
from storage.pool import Transaction

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_HEADERS = (str(hdrs.CONTENT_TYPE), str(hdrs.LOCATION), str(hdrs.ETAG))


class _Answer(msgspec.Struct, array_like=True):
    """An answer as it is kept."""

    headers: dict[str, str]
    body: bytes


class Claim:
    """The key of the request at hand."""

    def __init__(self, key: KeyOf, *, replayable: bool) -> None:
        self.is_kept = False  # whether an answer is stored already
        self.key = key
        self._replayable = replayable  # False: that it was done is stored, and not what was answered

    async def keep(self, transaction: Transaction, response: web.Response) -> None:
        """Store the answer in the transaction of what it tells of; raises Conflict when another request has the key."""
        if not await idempotency.keep(transaction, self.key, response.status, self.stored(response)):
            raise Conflict("another request with this key was quicker")
        self.is_kept = True

    def stored(self, response: web.StreamResponse) -> bytes | None:
        """Return what is stored of an answer."""
        if not self._replayable or not isinstance(response, web.Response):
            return None
        headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
        body = response.body if isinstance(response.body, bytes) else b""
        return msgspec.msgpack.encode(_Answer(headers, body))


async def once(
    route: Route, call: Call[Any, Any], answer: Callable[[Claim | None], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Answer a request, or repeat what was answered to the same one; raises IdempotencyMismatch and Conflict.

    A key is one caller's, for a day. What was refused changed nothing, and may be sent again with its key.
    """
    sent = call.http_request.headers.getall(HEADER, [])
    if not sent or route.method != "POST" or call.principal is ANONYMOUS:
        return await answer(None)
    if len(sent) > 1 or not _KEY.fullmatch(sent[0]):
        raise InvalidValue("a key has 1 to 255 visible ASCII characters", field=HEADER)
    db, key = call.context.app, await _key_of(route, call, sent[0])
    if not await idempotency.claim(db, key):
        return await _repeat(call, key)
    claim = Claim(key, replayable=route.replayable)
    try:
        response = await answer(claim)
    except BaseException:
        await idempotency.release(db, key)
        raise
    if not claim.is_kept:
        await idempotency.keep(db, key, response.status, claim.stored(response))
    return response


async def _key_of(route: Route, call: Call[Any, Any], key: str) -> KeyOf:
    body = b"" if route.body is Nothing else await call.http_request.read()  # has been read by the guard, and is kept
    operation = f"{route.method} {call.http_request.raw_path}"
    # Keyed: a body may hold a password, which its hash alone would let be guessed.
    digest = hmac.digest(call.context.settings.cursor_key or b"-", body, "sha256")
    return KeyOf(call.principal.key, key, operation, digest, call.context.clock.now())


async def _repeat(call: Call[Any, Any], key: KeyOf) -> web.Response:
    kept = await idempotency.find(call.context.app, key)
    if kept is not None and (kept.operation, kept.body_hash) != (key.operation, key.body_hash):
        raise IdempotencyMismatch("this key came with another request", field=HEADER)
    if kept is None or kept.status is None:
        raise Conflict("the first request with this key is still at work")
    if kept.response is None:
        raise Conflict("this was done; its answer held a secret, and is not told twice")
    answer = msgspec.msgpack.decode(kept.response, type=_Answer)
    return web.Response(status=kept.status, body=answer.body or None, headers={**answer.headers, REPLAYED: "true"})
