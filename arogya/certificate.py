"""The TLS certificate: read anew when its files change, for connections from then on; open ones stay."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from arogya.config import Settings

_LOG = structlog.get_logger(__name__)
LOOKED_EVERY_S = 5.0

Marks = tuple[tuple[int, int, int], ...]  # what changes with a file: inode, size, ns of the last change


class Certificate:
    """A chain and its key, in the context that the listener uses."""

    def __init__(self, chain: str, key: str | None) -> None:
        self._chain = chain
        self._key = key
        self._marks = self._look()  # of the files that were tried last
        self.context = self._read()  # stays the same object: the listener has it

    async def watch(self, every_s: float = LOOKED_EVERY_S) -> None:
        """Look after the files for ever."""
        while True:
            await asyncio.sleep(every_s)
            await self.renew()

    async def renew(self) -> bool:
        """Take what the files hold, if they have changed; a pair that does not fit is left and said, once."""
        try:
            marks = await asyncio.to_thread(self._look)
            if marks == self._marks:
                return False
            self._marks = marks
            await asyncio.to_thread(self._read)  # elsewhere first: a chain without its key would spoil the live one
            self.context.load_cert_chain(self._chain, self._key)
        except (OSError, ssl.SSLError) as error:
            _LOG.error("the certificate cannot be renewed; the one before stays", reason=type(error).__name__)
            return False
        _LOG.info("certificate renewed")
        return True

    def _look(self) -> Marks:
        return tuple(_mark(Path(name)) for name in (self._chain, self._key) if name is not None)

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._chain, self._key)
        return context


def _mark(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:  # not there for the moment
        return 0, 0, 0
    return found.st_ino, found.st_size, found.st_mtime_ns


@asynccontextmanager
async def tls(settings: Settings) -> AsyncIterator[ssl.SSLContext | None]:
    """Yield the context of the public listener, None for plain http; its files are looked after meanwhile."""
    server = settings.server
    if server.tls_certificate is None:
        yield None
        return
    certificate = await asyncio.to_thread(Certificate, server.tls_certificate, server.tls_key)
    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(certificate.watch())
        try:
            yield certificate.context
        finally:
            watching.cancel()
