"""A real SMTP server on a socket of this machine, which keeps what it is sent (RFC 5321, as far as it is needed)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class PostOffice:
    """What arrived."""

    def __init__(self) -> None:
        self.port = 0
        self.refuses = False  # every recipient
        self.letters: list[tuple[str, EmailMessage]] = []  # recipient and message
        self._arrived = asyncio.Condition()

    async def letter(self, number: int = 1) -> tuple[str, EmailMessage]:
        """Wait until so many letters have arrived, and return the last of them."""
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(lambda: len(self.letters) >= number)
        return self.letters[number - 1]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client."""
        recipient = ""
        writer.write(b"220 post.test\r\n")
        while line := await reader.readline():
            verb = line.split(b":")[0].strip().upper()
            answer = b"250 ok"
            if verb == b"RCPT TO":
                recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                answer = b"550 nobody here" if self.refuses else b"250 ok"
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                raw = await reader.readuntil(b"\r\n.\r\n")
                message = message_from_bytes(raw.removesuffix(b".\r\n"), policy=policy.default)
                async with self._arrived:
                    self.letters.append((recipient, message))
                    self._arrived.notify_all()
            elif verb == b"QUIT":
                answer = b"221 bye"
            writer.write(answer + b"\r\n")
            await writer.drain()
            if verb == b"QUIT":
                break
        writer.close()


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """Run the server while the block lasts."""
    office = PostOffice()
    server = await asyncio.start_server(office.serve, "127.0.0.1", 0)
    office.port = server.sockets[0].getsockname()[1]
    async with server:
        yield office
