"""Trackers that people carry already: Traccar Client at `/track/{token}`, OwnTracks at `/owntracks`.

Both send the head of their queue again until they get a 2xx, and nothing else before: so whatever will never be stored
is answered 200 and counted, and only what has to be sent again is refused. A secret that does not count is refused too:
nothing of it is stored, and whoever mends the set-up still has everything.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib

import structlog
from aiohttp import hdrs, web

from handlers.auth import counted
from handlers.call import Call, Nothing, Route
from hub.access import tokens
from hub.errors import NotFound, Overloaded, Unauthorized
from hub.trackers import owntracks, traccar
from hub.trackers.reading import Reading
from hub.trackers.uplink import Trackers
from storage import trackers
from storage.trackers import Tracker

_LOG = structlog.get_logger("hub.trackers")
_READ_BYTES = 16_384
_CREDENTIAL_CHARS_MAX = 200
_TRACCAR, _OWNTRACKS = "traccar", "owntracks"


async def track(call: Call[Nothing, Nothing]) -> web.StreamResponse:
    """GET or POST /track/{token}: what Traccar Client reports; raises NotFound for a token that does not count.

    200 when it is stored, and for whatever never will be: duplicates, what cannot be read, what has no position.
    """
    http_request = call.http_request
    tracker = await _by_link(call)
    if http_request.method == hdrs.METH_HEAD:
        return web.Response()
    body, is_whole = await _body(call)
    kind = http_request.headers.get(hdrs.CONTENT_TYPE, "")
    reading = traccar.read(kind, http_request.query.items(), body) if is_whole else Reading(malformed=1)
    await _take(call, tracker, reading, body)
    return _answer(b"", is_whole=is_whole)


async def track_owntracks(call: Call[Nothing, Nothing]) -> web.StreamResponse:
    """POST /owntracks: what OwnTracks reports, with Basic auth: the device's id and its secret. Raises Unauthorized.

    The answer is an array of messages for the app, mostly none; while the ambulance has a call, to report more often.
    """
    tracker = await _by_password(call)
    body, is_whole = await _body(call)
    reading = owntracks.read(body) if is_whole else Reading(malformed=1)
    await _take(call, tracker, reading, body)
    return _answer(_uplink(call).answer(tracker, call.context.policy), is_whole=is_whole)


async def _take(call: Call[Nothing, Nothing], tracker: Tracker, reading: Reading, body: bytes) -> None:
    """Store what a post says, and count what it held; raises what is answered with "send it again"."""
    uplink, posts = _uplink(call), call.context.metrics.tracker_posts
    unwanted = reading.unwanted
    if reading.fixes and tracker.ambulance_id is None:  # whose they would be, nobody has said
        unwanted += len(reading.fixes)
    elif reading.fixes:
        try:
            taken = await uplink.take(tracker, reading.fixes)
        except Exception:
            posts.labels(tracker.protocol, "unstored").inc(len(reading.fixes))
            raise
        posts.labels(tracker.protocol, "stored").inc(taken.stored)
        posts.labels(tracker.protocol, "duplicate").inc(taken.duplicates)
    await uplink.saw(tracker)
    for result, count in (("heartbeat", reading.heartbeats), ("malformed", reading.malformed), ("unwanted", unwanted)):
        posts.labels(tracker.protocol, result).inc(count)
    if reading.malformed or unwanted:
        digest = hashlib.sha256(body).hexdigest()[:16]
        _LOG.debug("tracker_post_unused", device=tracker.device_id, bytes=len(body), digest=digest)


def _uplink(call: Call[Nothing, Nothing]) -> Trackers:
    if call.context.trackers is None:
        raise Overloaded("this hub takes no posts of trackers")
    return call.context.trackers


async def _by_link(call: Call[Nothing, Nothing]) -> Tracker:
    """Return the tracker whose secret is in the path; a wrong one is a path that does not exist."""
    try:
        async with counted(call.http_request):
            return await _find(call, call.http_request.match_info["token"], _TRACCAR)
    except Unauthorized:
        raise NotFound from None


async def _by_password(call: Call[Nothing, Nothing]) -> Tracker:
    async with counted(call.http_request):
        user, secret = _basic(call.http_request)
        tracker = await _find(call, secret, _OWNTRACKS)
        if user != str(tracker.device_id):
            raise Unauthorized("the credential does not count")
        return tracker


async def _find(call: Call[Nothing, Nothing], secret: str, protocol: str) -> Tracker:
    if tokens.is_token(secret):
        found = await trackers.find_by_secret(call.context.app, tokens.digest(secret), call.context.clock.now())
        if found is not None and found.protocol == protocol:
            return found
    raise Unauthorized("the credential does not count")


def _basic(http_request: web.Request) -> tuple[str, str]:
    """Return the name and the password of a request (RFC 7617); raises Unauthorized."""
    sent = http_request.headers.getall(hdrs.AUTHORIZATION, [])
    scheme, _, packed = sent[0].partition(" ") if len(sent) == 1 else ("", "", "")
    if scheme.lower() != "basic" or len(packed) > _CREDENTIAL_CHARS_MAX:
        raise Unauthorized("the credential does not count")
    try:
        user, _, secret = base64.b64decode(packed, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        raise Unauthorized("the credential does not count") from None
    return user, secret


async def _body(call: Call[Nothing, Nothing]) -> tuple[bytes, bool]:
    """Return the body, and whether it is whole: of one that is too long nothing more is read. Raises TimeoutError."""
    bytes_max, content = call.context.settings.body_bytes_max, call.http_request.content
    body = bytearray()
    async with asyncio.timeout(call.context.settings.body_timeout_s):
        while len(body) <= bytes_max and (piece := await content.read(_READ_BYTES)):
            body += piece
    return bytes(body[:bytes_max]), len(body) <= bytes_max


def _answer(body: bytes, *, is_whole: bool) -> web.Response:
    response = web.Response(body=body or None, content_type="application/json" if body else "text/plain")
    if not is_whole:
        response.force_close()  # what follows on this connection is the rest of what was not read
    return response


_ABOUT = "What Traccar Client reports, in any of its shapes"
ROUTES: tuple[Route, ...] = (
    *(
        Route(
            *(method, "/track/{token}", track, "trackers.C", _ABOUT),
            public=True,
            limited=False,
            raw=True,
            media_type="text/plain",
        )
        for method in ("GET", "POST")
    ),
    Route(
        *("POST", "/owntracks", track_owntracks, "trackers.C", "What OwnTracks reports over HTTP"),
        public=True,
        limited=False,
        raw=True,
    ),
)
