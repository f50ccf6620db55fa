"""A TCP proxy in this process whose two directions can be made to fail while they run."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator

from tests.faults.rig import faults
from tests.faults.rig.faults import Fault

CHUNK_BYTES = 64 * 1024


class Link:
    """One proxied connection: the client's socket, the server's, and what is still to happen to them."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server
        self.reply_lost = False  # the next bytes from the server are thrown away and the link is reset
        self.passed_bytes = {"up": 0, "down": 0}  # since the fault of that direction was set

    def reset(self) -> None:
        """Reset both ends: RST, not FIN."""
        for writer in (self.client, self.server):
            reset(writer)


class FaultProxy:
    """Passes a port on to another one; `up` is client to server, `down` is server to client."""

    def __init__(self, target: int | str, *, seed: int = 0) -> None:
        self.target = target  # a port on loopback or the path of a Unix socket; may be changed while running
        self.port = 0  # where the proxy listens, chosen by the OS
        self.up: Fault = faults.Pass()
        self.down: Fault = faults.Pass()
        self.links: set[Link] = set()
        self.cuts = 0  # how often LoseReply and LoseRequest struck
        self._random = random.Random(seed)  # noqa: S311  (a replayable fault, not a secret)
        self._changed = asyncio.Event()  # set and replaced whenever a fault changes

    @contextlib.asynccontextmanager
    async def run(self, port: int = 0) -> AsyncIterator[FaultProxy]:
        """Listen on loopback until the block ends, then reset what is left."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", port, backlog=4096)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.set(up=faults.Pass(), down=faults.Pass())
            self.reset_links()
            await server.wait_closed()

    def set(self, *, up: Fault | None = None, down: Fault | None = None) -> None:
        """Change the fault of one or both directions, for the links that exist and those that come."""
        self.up, self.down = up or self.up, down or self.down
        for link in self.links:
            link.passed_bytes = {"up": 0, "down": 0}
            link.reply_lost = False
            for fault, receiver in ((up, link.server), (down, link.client)):
                if isinstance(fault, faults.HalfClose) and receiver.can_write_eof():
                    receiver.write_eof()
        self._changed.set()
        self._changed = asyncio.Event()

    def reset_links(self) -> None:
        """Reset every connection that exists now."""
        for link in list(self.links):
            link.reset()

    async def _serve(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        if isinstance(self.up, faults.Refuse) or isinstance(self.down, faults.Refuse):
            return reset(client)
        try:
            server_reader, server = await self._connect()
        except OSError:
            return reset(client)
        link = Link(client, server)
        self.links.add(link)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(link, "up", client_reader, server))
                tasks.create_task(self._pump(link, "down", server_reader, client))
        finally:
            self.links.discard(link)
            link.reset()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if isinstance(self.target, str):
            return await asyncio.open_unix_connection(self.target)
        return await asyncio.open_connection("127.0.0.1", self.target)

    async def _pump(self, link: Link, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Move one direction's bytes until either end is gone."""
        try:
            while True:
                await self._wait_to_read(way)
                chunk = await reader.read(CHUNK_BYTES)
                if not chunk:
                    break
                if not await self._handle(link, way, chunk, writer):
                    return link.reset()
            if writer.can_write_eof():
                writer.write_eof()
        except (OSError, RuntimeError):  # RuntimeError: the transport is closing
            link.reset()

    async def _wait_to_read(self, way: str) -> None:
        while isinstance(self._fault(way), faults.StopReading):
            await self._changed.wait()

    def _fault(self, way: str) -> Fault:
        return self.up if way == "up" else self.down

    async def _handle(self, link: Link, way: str, chunk: bytes, writer: asyncio.StreamWriter) -> bool:
        """Deliver a chunk as the fault says; False resets the link."""
        if way == "down" and link.reply_lost:
            return False
        match self._fault(way):
            case faults.Swallow() | faults.HalfClose():
                return True
            case faults.Rst():
                return False
            case faults.Delay(delay_s):
                await asyncio.sleep(delay_s)
            case faults.Rate(bytes_per_s):
                await asyncio.sleep(len(chunk) / bytes_per_s)
            case faults.Slice(size_bytes):
                return await self._write_slices(chunk, size_bytes, writer)
            case faults.CutAfter(bytes_left):
                return await self._write_until(link, way, bytes_left, chunk, writer)
            case faults.LoseRequest(pattern, chance) if pattern in chunk and self._strikes(chance):
                return False
            case faults.LoseReply(pattern, chance) if pattern in chunk and self._strikes(chance):
                link.reply_lost = True
        writer.write(chunk)
        await writer.drain()
        return True

    def _strikes(self, chance: float) -> bool:
        struck = self._random.random() < chance
        self.cuts += struck
        return struck

    async def _write_slices(self, chunk: bytes, size_bytes: int, writer: asyncio.StreamWriter) -> bool:
        for start in range(0, len(chunk), size_bytes):
            writer.write(chunk[start : start + size_bytes])
            await writer.drain()
            await asyncio.sleep(0)  # lets the kernel send this piece alone
        return True

    async def _write_until(
        self, link: Link, way: str, bytes_left: int, chunk: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        room = bytes_left - link.passed_bytes[way]
        link.passed_bytes[way] += len(chunk)
        writer.write(chunk[: max(room, 0)])
        await writer.drain()
        return len(chunk) <= room


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection with RST: its peer gets an error, not an end of file."""
    reset_transport(writer.transport)


def reset_transport(transport: asyncio.WriteTransport) -> None:
    """The same for a transport."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
