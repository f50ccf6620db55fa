"""The live client against a hub that serves what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from arogya.client import AccessRefused, Backoff, LiveClient, sign_in
from hub.protocol.codec import CODECS
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Delta, LiveWelcome, Rows, Snapshot
from hub.protocol.viewer_frames import FROM_VIEWER, Subscribe
from tests.arogya.client.test_fleet import NOON, fix, unit
from tests.arogya.client.tiny_hub import until

TOKEN = "right"


class TinyLive:
    """Keeps the viewers' sockets and their subscriptions; answers each with a snapshot at `offset`."""

    def __init__(self) -> None:
        self.asked: list[Subscribe] = []
        self.sockets: list[web.WebSocketResponse] = []
        self.rows: Rows = {"units": [unit(1)], "fixes": [fix(1)]}
        self.offset = 10
        self.answers = True
        self.refusal: Error | None = None  # what it answers subscriptions with instead
        self.tokens: list[str] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        if self.tokens[-1] != TOKEN:
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse(protocols=tuple(CODECS), compress=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        await self.send(socket, LiveWelcome("s", 10.0, NOON))
        async for message in socket:
            asked = CODECS[socket.ws_protocol or ""].decode(message.data, FROM_VIEWER)
            assert isinstance(asked, Subscribe)
            self.asked.append(asked)
            if self.refusal is not None:
                await self.send(socket, self.refusal)
            elif self.answers:
                await self.send(socket, Snapshot("fleet", "e", self.offset, NOON, self.rows))
        return socket

    async def send(self, socket: web.WebSocketResponse, message: LiveWelcome | Snapshot | Delta | Error) -> None:
        codec = CODECS[socket.ws_protocol or ""]
        payload = codec.encode(message)
        await (socket.send_bytes(payload) if codec.binary else socket.send_str(payload.decode()))

    async def delta(self, base: int, offset: int, rows: Rows) -> None:
        await self.send(self.sockets[-1], Delta("fleet", "e", base, offset, NOON, rows))

    async def sessions(self, request: web.Request) -> web.Response:
        if (await request.json())["password"] != "secret":
            return web.Response(status=401)
        return web.json_response({"access_token": TOKEN}, status=201)


@asynccontextmanager
async def tiny_live() -> AsyncIterator[tuple[TinyLive, str]]:
    live = TinyLive()
    app = web.Application()
    app.router.add_get("/ws/live", live.serve)
    app.router.add_post("/api/v1/sessions", live.sessions)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield live, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        for socket in live.sockets:
            await socket.close()
        await runner.cleanup()


def client(url: str, token: str = TOKEN) -> LiveClient:
    return LiveClient(url, token, backoff=Backoff(first_s=0.01, longest_s=0.05))


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_the_fleet_is_there_first_and_then_its_changes(encoding: str) -> None:
    async with tiny_live() as (hub, url):
        async with LiveClient(url, TOKEN, encoding=encoding) as fleet:  # type: ignore[arg-type]  # both literals
            changes = aiter(fleet)
            first = await anext(changes)
            assert first.resynced
            assert first.changed == {1}
            assert fleet.connected
            assert fleet.staleness(1) == "live"
            await hub.delta(10, 11, {"units": [unit(2)]})
            assert (await anext(changes)).changed == {2}
            assert fleet.ambulances[2].plate_number == "KA-2"


async def test_a_gap_is_asked_for_from_where_the_viewer_is() -> None:
    async with tiny_live() as (hub, url), client(url) as fleet:
        await anext(fleet)
        hub.offset = 13
        await hub.delta(12, 13, {"units": [unit(3)]})
        await until(lambda: len(hub.asked) == 2)
        assert (hub.asked[1].epoch, hub.asked[1].offset) == ("e", 10)
        assert (await anext(fleet)).resynced


async def test_while_an_answer_is_awaited_nothing_is_asked_again() -> None:
    async with tiny_live() as (hub, url), client(url) as fleet:
        await anext(fleet)
        hub.answers = False
        for offset in range(12, 30):
            await hub.delta(offset, offset + 1, {})
        await hub.delta(10, 30, {"units": [unit(4)]})
        assert (await anext(fleet)).changed == {4}
        await hub.delta(31, 32, {})  # the next gap is asked for again, and heard after whatever was asked before
        await until(lambda: hub.asked[-1].offset == 30)
        assert [asked.offset for asked in hub.asked] == [None, 10, 30]


async def test_a_lost_connection_is_found_again_from_where_it_was() -> None:
    async with tiny_live() as (hub, url), client(url) as fleet:
        await anext(fleet)
        await hub.sockets[0].close(code=1012)
        await anext(fleet)
        assert (hub.asked[1].epoch, hub.asked[1].offset) == ("e", 10)


async def test_a_slow_consumer_gets_changes_merged() -> None:
    async with tiny_live() as (hub, url), client(url) as fleet:
        await anext(fleet)
        for offset in range(10, 60):
            await hub.delta(offset, offset + 1, {"units": [unit(offset)]})
        await until(lambda: 59 in fleet.ambulances)
        assert (await anext(fleet)).changed == set(range(10, 60))


async def test_a_refused_token_ends_the_iteration() -> None:
    async with tiny_live() as (_, url), client(url, "wrong") as fleet:
        async with asyncio.timeout(5):
            with pytest.raises(AccessRefused):
                await anext(fleet)


async def test_a_refused_token_is_replaced_where_there_is_a_way_to_get_another() -> None:
    tokens = iter(["wrong", TOKEN])

    async def next_token() -> str:
        return next(tokens)

    async with tiny_live() as (hub, url):
        async with LiveClient(url, next_token, backoff=Backoff(first_s=0.01)) as fleet:
            await anext(fleet)
        assert hub.tokens == ["wrong", TOKEN]


async def test_a_refused_sign_in_ends_the_iteration() -> None:
    async with tiny_live() as (_, url), LiveClient(url, lambda: sign_in(url, "a@example.org", "wrong")) as fleet:
        async with asyncio.timeout(5):
            with pytest.raises(AccessRefused, match=r"a@example\.org"):
                await anext(fleet)


async def test_an_account_that_may_not_watch_the_fleet_is_told_so() -> None:
    async with tiny_live() as (hub, url):
        hub.refusal = Error("not_found", "there is no such channel", "fleet")
        async with client(url) as fleet, asyncio.timeout(5):
            with pytest.raises(AccessRefused, match="may not watch"):
                await anext(fleet)
        assert len(hub.tokens) == 1


async def test_signing_in_gives_a_token_or_says_that_it_is_refused() -> None:
    async with tiny_live() as (_, url):
        assert await sign_in(url, "a@example.org", "secret") == TOKEN
        with pytest.raises(AccessRefused, match=r"a@example\.org"):
            await sign_in(url, "a@example.org", "wrong")
