"""The transport against real aiohttp clients and a raw socket that never reads."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web

from hub import errors
from hub.transport import AiohttpTransport, Delivery, WebSocket, refuse
from hub.websocket_frames import PING_FRAME, binary_frame, frame, text_frame

Behaviour = Callable[[AiohttpTransport], Awaitable[None]]
Serve = Callable[[Behaviour], Awaitable[int]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start servers whose one socket does a given behaviour right after the handshake."""
    runners: list[web.AppRunner] = []

    async def start(behaviour: Behaviour) -> int:
        async def handler(http_request: web.Request) -> web.WebSocketResponse:
            ws = WebSocket(message_bytes=int(http_request.query.get("bytes", "999")))
            await ws.prepare(http_request)
            await behaviour(AiohttpTransport(ws, http_request))
            return ws

        app = web.Application()
        app.router.add_get("/", handler)
        runners.append(web.AppRunner(app, shutdown_timeout=1.0))
        await runners[-1].setup()
        await web.TCPSite(runners[-1], "127.0.0.1", 0).start()
        return int(runners[-1].addresses[0][1])

    yield start
    for runner in runners:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def _connect(
    port: int, *, autoping: bool = True, message_bytes: int = 999
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    url = f"ws://127.0.0.1:{port}/?bytes={message_bytes}"
    async with aiohttp.ClientSession() as http, http.ws_connect(url, autoping=autoping) as client:
        yield client


async def _read_out(transport: AiohttpTransport) -> None:
    async for _ in transport.messages():
        pass


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
async def test_a_prebuilt_frame_of_any_length_is_read_by_a_real_client(serve: Serve, size: int) -> None:
    payload = b"x" * size

    async def behaviour(transport: AiohttpTransport) -> None:
        transport.send(binary_frame(payload) + text_frame(payload))
        await _read_out(transport)

    port = await serve(behaviour)
    async with _connect(port) as client:
        assert await client.receive_bytes() == payload
        assert await client.receive_str() == payload.decode()


def test_the_shortest_length_form_is_used() -> None:
    assert frame(1, b"a" * 125)[:2] == b"\x81\x7d"
    assert frame(2, b"a" * 126)[:4] == b"\x82\x7e\x00\x7e"
    assert frame(2, b"a" * 65_536)[:10] == b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
    assert PING_FRAME == b"\x89\x00"


async def test_closing_tells_the_peer_code_and_reason_and_waits_for_its_answer(serve: Serve) -> None:
    async def behaviour(transport: AiohttpTransport) -> None:
        await refuse(transport, errors.Superseded())
        assert transport.closed
        transport.send(text_frame(b"swallowed"))

    port = await serve(behaviour)
    async with _connect(port) as client:
        message = await client.receive()
        assert (message.type, message.data, message.extra) == (aiohttp.WSMsgType.CLOSE, 4503, "superseded")


async def test_closing_from_another_task_lets_the_reader_see_the_end(serve: Serve) -> None:
    finished = asyncio.Event()

    async def behaviour(transport: AiohttpTransport) -> None:
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(_read_out(transport))
            await asyncio.sleep(0)  # the reader is waiting now
            await transport.close(1012, "restarting")
            assert not reader.cancelled()
            await reader
        finished.set()

    port = await serve(behaviour)
    async with _connect(port) as client:
        await client.send_str("unread when the close frame leaves")
        message = await client.receive()
        assert (message.data, message.extra) == (1012, "restarting")
        async with asyncio.timeout(1):
            await finished.wait()


@pytest.mark.parametrize("reading", [True, False], ids=["while it reads", "while it does not"])
@pytest.mark.parametrize("first", ["hub", "peer"])
async def test_the_hub_sends_one_close_frame_and_no_more(serve: Serve, first: str, *, reading: bool) -> None:
    async def behaviour(transport: AiohttpTransport) -> None:
        async with asyncio.TaskGroup() as tasks:
            if reading or first == "peer":
                tasks.create_task(_read_out(transport))
                await asyncio.sleep(0)  # the reader is waiting now
            if first == "hub":
                await transport.close(1012, "restarting")

    reader, writer = await asyncio.open_connection("127.0.0.1", await serve(behaviour))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    goodbye = frame(8, (1012).to_bytes(2) + b"restarting") if first == "hub" else frame(8, (1000).to_bytes(2))
    if first == "hub":
        assert await reader.readexactly(len(goodbye)) == goodbye
    writer.write(b"\x88\x82\0\0\0\0" + goodbye[2:4])  # masked, with a mask that changes nothing
    async with asyncio.timeout(2):
        left = await reader.read(100)
    assert left == (b"" if first == "hub" else goodbye)
    writer.close()


async def test_messages_come_as_sent_pings_are_answered_and_every_sign_of_life_counts(serve: Serve) -> None:
    received: list[bytes | str] = []
    heard: list[float] = []

    async def behaviour(transport: AiohttpTransport) -> None:
        heard.append(transport.heard_s)
        async for payload in transport.messages():
            received.append(payload)
            heard.append(transport.heard_s)
            transport.send(text_frame(b"got it"))

    port = await serve(behaviour)
    async with _connect(port, autoping=False) as client:
        await client.send_bytes(b"a")
        await client.receive_str()
        await client.send_str("b")
        await client.receive_str()
        await client.ping(b"there?")
        pong = await client.receive()
        assert (pong.type, pong.data) == (aiohttp.WSMsgType.PONG, b"there?")
        await client.send_str("x" * 2_000)
        assert (await client.receive()).data == aiohttp.WSCloseCode.MESSAGE_TOO_BIG
    assert received == [b"a", "b"]
    assert heard == sorted(heard) and heard[0] < heard[2]


async def test_a_peer_that_never_reads_is_measured_and_cut_under_the_cap(serve: Serve) -> None:
    outcome: asyncio.Future[tuple[int, Delivery, float]] = asyncio.get_running_loop().create_future()

    async def behaviour(transport: AiohttpTransport) -> None:
        for _ in range(64):
            transport.send(binary_frame(b"x" * 65_536))
        await asyncio.sleep(0)
        measured = transport.buffered_bytes(), transport.delivery()
        started = time.monotonic()
        await transport.close(4001, "slow")
        outcome.set_result((*measured, time.monotonic() - started))

    port = await serve(behaviour)
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(peer, ("127.0.0.1", port))
    await loop.sock_sendall(
        peer,
        b"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    )
    async with asyncio.timeout(10):
        buffered, delivery, took_s = await outcome
    assert buffered > 3_000_000, "the kernel hides less than a megabyte of the four"
    assert delivery.waiting and delivery.taken_bytes < 1_000_000
    assert took_s < 3.0
    with peer, pytest.raises(ConnectionResetError):
        async with asyncio.timeout(5):
            while await loop.sock_recv(peer, 65_536):
                pass


async def test_what_the_peer_has_taken_is_known(serve: Serve) -> None:
    seen: list[Delivery] = []

    async def behaviour(transport: AiohttpTransport) -> None:
        seen.append(transport.delivery())
        transport.send(binary_frame(b"x" * 10_000))
        async for _ in transport.messages():
            seen.append(transport.delivery())
            transport.send(text_frame(b"seen"))

    port = await serve(behaviour)
    async with _connect(port) as client:
        await client.receive_bytes()
        await client.send_str("read")
        await client.receive_str()
    assert not seen[1].waiting and seen[1].taken_bytes >= seen[0].taken_bytes + 10_000


async def test_what_is_taken_at_once_passes_the_reader_by_and_the_rest_keeps_its_order(serve: Serve) -> None:
    taken: list[bytes | str] = []
    read: list[bytes | str] = []
    order: list[bytes | str] = []

    def take(payload: bytes | str) -> bool:
        if payload in ("wait", "end"):
            return False
        taken.append(payload)
        order.append(payload)
        return True

    async def behaviour(transport: AiohttpTransport) -> None:
        transport.take_at_once(take)
        async for payload in transport.messages():
            read.append(payload)
            order.append(payload)
            if payload == "wait":
                transport.send(text_frame(b"waiting"))
                await asyncio.sleep(0.1)  # what comes meanwhile may not overtake
        transport.abort()

    port = await serve(behaviour)
    async with _connect(port) as client:
        await client.send_str("first")
        await client.send_str("wait")
        assert await client.receive_str() == "waiting"
        for number in range(3):
            await client.send_bytes(b"%d" % number)
        await client.send_str("end")
    assert order == ["first", "wait", b"0", b"1", b"2", "end"]
    assert taken[0] == "first"
    assert {"wait", "end"} < {*read}


async def test_nothing_overtakes_messages_so_large_that_reading_was_paused(serve: Serve) -> None:
    order: list[bytes | str] = []

    def take(payload: bytes | str) -> bool:
        order.append(payload[:1])
        return True

    async def behaviour(transport: AiohttpTransport) -> None:
        messages = transport.messages()
        await anext(messages)
        await asyncio.sleep(0.1)  # as while streams are opened: what comes meanwhile waits
        transport.take_at_once(take)
        async for payload in messages:
            order.append(payload[:1])

    port = await serve(behaviour)
    async with _connect(port, message_bytes=200_000) as client:
        await client.send_str("hello")
        for letter in b"abcdef":
            await client.send_bytes(bytes([letter]) * (100_000 if letter < ord("c") else 1))
    assert order == [b"a", b"b", b"c", b"d", b"e", b"f"]


async def test_what_the_taker_raises_reaches_the_reader(serve: Serve) -> None:
    raised: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def take(payload: bytes | str) -> bool:
        raise errors.CreditExceeded("too much")

    async def behaviour(transport: AiohttpTransport) -> None:
        transport.take_at_once(take)
        try:
            async for _ in transport.messages():
                raise AssertionError("nothing may be read")
        except errors.CreditExceeded as error:
            raised.set_result(error.detail)
            await refuse(transport, error)

    port = await serve(behaviour)
    async with _connect(port) as client:
        await client.send_str("one")
        await client.send_str("two")
        assert (await client.receive()).type is aiohttp.WSMsgType.CLOSE
    assert await raised == "too much"
