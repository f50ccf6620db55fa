"""Opening a WebSocket to the hub, and what it means when that fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from arogya.client.backoff import Ending
from hub.errors import HubError
from hub.protocol.codec import Codec

CONNECT_WITHIN_S = 10.0
CLOSE_WITHIN_S = 2.0

# What the network and the hub may do to a client; anything else is a mistake in this program.
EXPECTED = (aiohttp.ClientError, OSError, TimeoutError, HubError)


@asynccontextmanager
async def dial(
    url: str, token: str, codec: Codec, *, heartbeat_s: float, bytes_max: int
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open an authenticated WebSocket and close it at the end; raises one of `EXPECTED`.

    Every connection has its own session, because closing that is what surely ends a connection whose peer
    neither reads nor closes.
    """
    async with aiohttp.ClientSession() as session:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            socket = await session.ws_connect(
                url,
                protocols=(codec.subprotocol,),
                headers={"Authorization": f"Bearer {token}"},
                heartbeat=heartbeat_s,
                compress=0,
                max_msg_size=bytes_max,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN_S),
            )
        try:
            yield socket
        finally:
            await close(socket, 1000)


async def close(socket: aiohttp.ClientWebSocketResponse, code: int) -> None:
    """Say goodbye, but not longer than `CLOSE_WITHIN_S`: a peer that does not read would hold us for ever."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await socket.close(code=code)
    except TimeoutError:
        return


def ending_of(error: BaseException) -> Ending:
    """Return how an attempt ended that raised one of `EXPECTED`."""
    if isinstance(error, aiohttp.WSServerHandshakeError):
        asked = error.headers.get("Retry-After", "") if error.headers else ""
        return Ending(
            status=error.status, retry_after_s=float(asked) if asked.isdigit() else None, detail=f"HTTP {error.status}"
        )
    return Ending(detail=f"{type(error).__name__}: {error}")
