"""Long answers and files: their names, and sending them to whoever reads slowly."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterable
from typing import Final

from aiohttp import hdrs, web

from storage.history import Span

READER_S: Final = 30.0  # for a piece to go out; a reader slower than this is cut off
GZIP_LEVEL: Final = 1  # measured on playback: level 6 takes five times as long for a tenth less
_UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9_-]+", re.ASCII)


def disposition(plate_number: str, what: str, span: Span, ending: str) -> str:
    """Return a Content-Disposition with a plain file name: what it is, of whom and from when to when (UTC)."""
    plate = _UNSAFE_IN_NAME.sub("-", plate_number).strip("-") or "ambulance"
    since, until = (f"{moment:%Y%m%dT%H%M%SZ}" for moment in span)
    return f'attachment; filename="{plate}_{what}_{since}_{until}.{ending}"'


async def send(
    http_request: web.Request, headers: dict[str, str], pieces: AsyncIterable[bytes], *, may_compress: bool = False
) -> web.StreamResponse:
    """Send pieces as they are made, no faster than they are read; at most one of them waits.

    A reader that takes nothing for `READER_S` is cut off, and so is the answer when making a piece fails: whoever
    reads it sees that it is not whole.
    """
    response = web.StreamResponse(headers=headers)
    response.enable_chunked_encoding()
    compressor = None
    if may_compress:
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if _accepts_gzip(http_request):
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
            compressor = zlib.compressobj(GZIP_LEVEL, wbits=31)
    await response.prepare(http_request)
    if http_request.method == hdrs.METH_HEAD:
        return response
    try:
        async for piece in pieces:
            body = piece if compressor is None else await asyncio.to_thread(compressor.compress, piece)
            if body:
                async with asyncio.timeout(READER_S):
                    await response.write(body)
        if compressor is not None:
            await response.write(compressor.flush())
    except BaseException as error:
        if http_request.transport is not None:
            http_request.transport.abort()
        if isinstance(error, ConnectionError):  # aiohttp has two for it
            raise ConnectionResetError("the reader left") from error
        raise
    return response


def _accepts_gzip(http_request: web.Request) -> bool:
    accepted = (part.replace(" ", "").lower() for part in http_request.headers.get(hdrs.ACCEPT_ENCODING, "").split(","))
    return any(part.partition(";")[0] == "gzip" and not re.fullmatch(r"gzip;q=0(\.0*)?", part) for part in accepted)
