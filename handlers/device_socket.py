"""`/ws/device`: from the handshake to the last message of a device."""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from handlers.auth import device_principal
from handlers.problem import as_hub_error
from hub.errors import Forbidden, HubError, Silent, UnsupportedVersion
from hub.ids import connection_id
from hub.ingest.intake import Intake
from hub.ingest.session import DeviceSession
from hub.outcomes import outcome_of
from hub.protocol.codec import CODECS
from hub.protocol.limits import MESSAGE_BYTES_MAX
from hub.transport import AiohttpTransport, refuse

_LOG = structlog.get_logger(__name__)


class DeviceSocket:
    """Serves `/ws/device` for one hub."""

    def __init__(self, intake: Intake, *, send_buffer_bytes: int) -> None:
        self._intake = intake
        self._send_buffer_bytes = send_buffer_bytes

    async def __call__(self, http_request: web.Request) -> web.StreamResponse:
        """Authenticate before the 101, then let a session take every message; every refusal gets its close code."""
        principal, subprotocol = await device_principal(http_request)
        if principal.device_id is None or principal.ambulance_id is None:
            raise Forbidden("the device is bound to no ambulance")
        ws = web.WebSocketResponse(
            protocols=(subprotocol,) if subprotocol else (),
            compress=False,
            autoping=False,
            autoclose=False,
            max_msg_size=MESSAGE_BYTES_MAX + 1,  # aiohttp's bound is exclusive
        )
        await ws.prepare(http_request)
        transport = AiohttpTransport(ws, http_request, send_buffer_bytes=self._send_buffer_bytes)
        if subprotocol is None:
            await refuse(transport, UnsupportedVersion("offer hub.v1 or hub.v1.msgpack"))
            return ws
        session = DeviceSession(
            self._intake,
            transport,
            CODECS[subprotocol],
            session_id=connection_id(),
            device_id=principal.device_id,
            ambulance_id=principal.ambulance_id,
        )
        log = _LOG.bind(connection=session.session_id, device=session.device_id)
        try:
            await self._serve(session, transport)
            log.debug("device left")
        except Exception as error:
            refusal = session.ending or as_hub_error(error)
            outcome = outcome_of(refusal)
            log.info("device refused", code=outcome.code, exc_info=outcome.status == 500)
            await refuse(transport, refusal)
        return ws

    async def _serve(self, session: DeviceSession, transport: AiohttpTransport) -> None:
        messages = transport.messages()
        self._intake.attach(session)
        try:
            try:
                async with asyncio.timeout(self._intake.rules.hello_s):
                    hello = await anext(messages, None)
            except TimeoutError:
                raise Silent("no hello came") from None
            if hello is None:
                return
            try:
                await session.open(hello)
            except HubError as error:
                session.explain(error)
                raise
            await self._intake.deliver_commands(session.device_id)
            async for payload in messages:
                await session.receive(payload)
        finally:
            self._intake.detach(session)
