"""The rig itself: each fault of the proxy does what its name says."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.faults.rig import faults
from tests.faults.rig.proxy import FaultProxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send everything back; at the end of file, one last word."""
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
        writer.write(b"bye")
        await writer.drain()
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """A proxy in front of an echo server."""
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server, FaultProxy(server.sockets[0].getsockname()[1]).run() as proxy:
        yield proxy


Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Say = Callable[[bytes], Awaitable[Peer]]


@pytest.fixture
async def say(proxy: FaultProxy) -> AsyncIterator[Say]:
    """Connect through the proxy and send words; whatever becomes of the connections, they are closed."""
    writers = []

    async def speak(words: bytes) -> Peer:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writers.append(writer)
        writer.write(words)
        return reader, writer

    yield speak
    for writer in writers:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def silent(reader: asyncio.StreamReader) -> bool:
    """Tell whether nothing arrives for a moment."""
    try:
        await asyncio.wait_for(reader.read(1), 0.1)
    except TimeoutError:
        return True
    return False


@pytest.mark.parametrize("fault", [faults.Pass(), faults.Slice(1), faults.Rate(1e6), faults.CutAfter(5)])
async def test_faults_that_only_slow_or_split_deliver_it_all(proxy: FaultProxy, say: Say, fault: faults.Fault) -> None:
    proxy.set(up=fault, down=fault)
    reader, _ = await say(b"hello")
    assert await reader.readexactly(5) == b"hello"


async def test_a_delay_holds_each_chunk_back(proxy: FaultProxy, say: Say) -> None:
    proxy.set(up=faults.Delay(0.1))
    started = time.monotonic()
    reader, _ = await say(b"hello")
    assert await reader.readexactly(5) == b"hello"
    assert time.monotonic() - started >= 0.1


async def test_swallowed_bytes_never_come_back_and_the_link_stays_open(proxy: FaultProxy, say: Say) -> None:
    proxy.set(down=faults.Swallow())
    reader, writer = await say(b"lost")
    assert await silent(reader)
    proxy.set(down=faults.Pass())
    writer.write(b"kept")
    assert await reader.readexactly(4) == b"kept"


async def test_a_stopped_reader_goes_on_where_it_stopped(proxy: FaultProxy, say: Say) -> None:
    reader, writer = await say(b"one")
    assert await reader.readexactly(3) == b"one"
    proxy.set(up=faults.StopReading())
    writer.write(b"two")  # the read that was already waiting takes this one
    writer.write(b"three" * 200_000)
    proxy.set(up=faults.Pass())
    assert (await reader.readexactly(3 + 1_000_000)).endswith(b"three")


@pytest.mark.parametrize("fault", [faults.Rst(), faults.LoseRequest(b"ello"), faults.LoseReply(b"ello")])
async def test_resets_reach_the_client_as_resets(proxy: FaultProxy, say: Say, fault: faults.Fault) -> None:
    proxy.set(up=fault)
    reader, _ = await say(b"hello")
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    assert proxy.cuts == (0 if isinstance(fault, faults.Rst) else 1)


async def test_refused_connections_end_and_old_ones_live(proxy: FaultProxy, say: Say) -> None:
    old_reader, old_writer = await say(b"old")
    assert await old_reader.readexactly(3) == b"old"
    proxy.set(up=faults.Refuse())
    reader, _ = await say(b"new")
    with pytest.raises(ConnectionResetError):
        await reader.read(1)
    old_writer.write(b"still")
    assert await old_reader.readexactly(5) == b"still"


async def test_a_half_close_ends_one_direction_only(proxy: FaultProxy, say: Say) -> None:
    reader, _ = await say(b"hello")
    assert await reader.readexactly(5) == b"hello"
    proxy.set(up=faults.HalfClose())
    assert await reader.readexactly(3) == b"bye"  # the server saw the end of file and could still answer


async def test_a_cut_lets_exactly_so_many_bytes_through(proxy: FaultProxy, say: Say) -> None:
    proxy.set(down=faults.CutAfter(3))
    reader, _ = await say(b"hello")
    with contextlib.suppress(ConnectionResetError):
        assert await reader.read(100) == b"hel"
