"""`/ws/live`: authenticate before the 101, let the viewer in, pass on what it says."""

from __future__ import annotations

import structlog
from aiohttp import hdrs, web

from handlers.auth import viewer_principal
from handlers.context import SocketHandler
from hub.errors import HubError, UnsupportedVersion
from hub.live.hub import LiveHub
from hub.protocol.codec import CODECS
from hub.protocol.limits import TICKET_PREFIX, VIEWER_MESSAGE_BYTES_MAX
from hub.transport import SEND_BUFFER_BYTES, AiohttpTransport, WebSocket, refuse

_LOG = structlog.get_logger(__name__)


def live_socket(live: LiveHub, *, send_buffer_bytes: int = SEND_BUFFER_BYTES) -> SocketHandler:
    """Return the handler of `/ws/live` for a hub."""

    async def serve(http_request: web.Request) -> web.StreamResponse:
        principal, subprotocol = await viewer_principal(http_request)
        ws = WebSocket(answered_subprotocols(http_request, subprotocol), message_bytes=VIEWER_MESSAGE_BYTES_MAX)
        await ws.prepare(http_request)
        transport = AiohttpTransport(ws, http_request, send_buffer_bytes=send_buffer_bytes)
        if subprotocol is None:
            await refuse(transport, UnsupportedVersion())
            return ws
        try:
            with live.attached(principal, transport, CODECS[subprotocol]) as session:
                async for payload in transport.messages():
                    await live.receive(session, payload)
        except Exception as error:  # noqa: BLE001 - the boundary of a session: everything becomes one outcome
            await _refuse(transport, error)
        finally:
            transport.abort()  # a peer that said goodbye and does not read would be kept for its last bytes
        return ws

    return serve


async def _refuse(transport: AiohttpTransport, error: Exception) -> None:
    if not isinstance(error, HubError):
        _LOG.error("viewer_failure", kind=type(error).__name__, exc_info=True)
    await refuse(transport, error)


def answered_subprotocols(http_request: web.Request, subprotocol: str | None) -> tuple[str, ...]:
    """Return what to agree on. Without a common version, what was asked for first: browsers drop a handshake that
    answers none of theirs before they can see close code 4506, and aiohttp would log the list, ticket included.
    """
    if subprotocol is not None:
        return (subprotocol,)
    offered = ",".join(http_request.headers.getall(hdrs.SEC_WEBSOCKET_PROTOCOL, ())).split(",")
    names = [name.strip() for name in offered]
    return tuple(name for name in names if name and not name.startswith(TICKET_PREFIX))[:1]
