"""`/ws/device`: from the handshake to the last message of a device."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from handlers.auth import device_principal
from handlers.context import SocketHandler
from handlers.live_socket import answered_subprotocols
from handlers.problem import as_hub_error
from handlers.repeats import Repeats
from hub.access.policy import allowed
from hub.access.principal import Principal
from hub.errors import Forbidden, Silent, UnsupportedVersion
from hub.ids import connection_id
from hub.ingest.intake import Intake
from hub.ingest.session import DeviceSession
from hub.outcomes import outcome_of
from hub.protocol.codec import CODECS
from hub.transport import SEND_BUFFER_BYTES, AiohttpTransport, WebSocket, refuse

_LOG = structlog.get_logger(__name__)
# Devices whose credential or hello is worked on at the same moment; the others wait. However many come back at once,
# a round of the event loop stays short, and those who are inside get their acks. Nobody holds a place while the hub
# waits for him.
_OPENING_MAX = 64


def device_socket(intake: Intake, *, send_buffer_bytes: int = SEND_BUFFER_BYTES) -> SocketHandler:
    """Return the handler of `/ws/device` for a hub."""
    opening = asyncio.Semaphore(_OPENING_MAX)
    repeats = Repeats()

    async def serve(http_request: web.Request) -> web.StreamResponse:
        async with opening:
            principal, subprotocol = await device_principal(http_request)
        if principal.device_id is None or not _may_send(principal):
            raise Forbidden("the device is bound to no ambulance")
        ws = WebSocket(answered_subprotocols(http_request, subprotocol), message_bytes=intake.rules.message_bytes)
        await ws.prepare(http_request)
        transport = AiohttpTransport(ws, http_request, send_buffer_bytes=send_buffer_bytes)
        if subprotocol is None:
            await refuse(transport, UnsupportedVersion())
            return ws
        session = DeviceSession(
            intake,
            transport,
            CODECS[subprotocol],
            session_id=connection_id(),
            principal=principal,
        )
        try:
            await _serve(intake, session, transport, opening)
        except Exception as error:  # noqa: BLE001 - the boundary of a session: everything becomes one outcome
            _note(session, error, repeats, intake.clock.monotonic_s())
            await _refuse(session, transport, error)
        finally:
            transport.abort()  # a peer that said goodbye and does not read would be kept for its last bytes
        return ws

    return serve


def _may_send(principal: Principal) -> bool:
    """Tell whether a device sends anything; each stream of a sensor is judged when it opens."""
    if principal.ambulance_id is not None:
        return bool(allowed(principal, "uplink.fixes"))
    return bool(allowed(principal, "uplink.motion"))


async def _serve(
    intake: Intake, session: DeviceSession, transport: AiohttpTransport, opening: asyncio.Semaphore
) -> None:
    messages = transport.messages()
    intake.attach(session)
    try:
        hello = await _first(messages, intake.rules.hello_s)
        if hello is None:
            return
        async with opening:
            await session.open(hello)
            await intake.deliver_commands(session.device_id)
        del hello  # this coroutine lives as long as the connection
        transport.take_at_once(session.take)
        async for payload in messages:
            await session.receive(payload)
    finally:
        session.leave()
        intake.detach(session)


async def _first(messages: AsyncIterator[bytes | str], hello_s: float) -> bytes | str | None:
    try:
        async with asyncio.timeout(hello_s):
            return await anext(messages, None)
    except TimeoutError:
        raise Silent("no hello came") from None


def _note(session: DeviceSession, error: Exception, repeats: Repeats, now_s: float) -> None:
    """Say once why devices are refused, however many are."""
    if session.ending is not None:
        return  # closed already, for a reason of the hub's own
    outcome = outcome_of(as_hub_error(error))
    unsaid = repeats.since(outcome.code, now_s)
    if unsaid is not None:
        fault = outcome_of(Exception)
        _LOG.info(
            "device_refused",
            device=session.device_id,
            code=outcome.code,
            unsaid=unsaid or None,
            exc_info=outcome is fault,
        )


async def _refuse(session: DeviceSession, transport: AiohttpTransport, error: Exception) -> None:
    if session.ending is not None:
        return
    session.ending = refusal = as_hub_error(error)
    session.explain(refusal)
    await refuse(transport, refusal)
