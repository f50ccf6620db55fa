"""A renewed certificate is used from then on, and sockets that are open stay."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
import structlog
import trustme
from aiohttp import WSMsgType, web

from arogya.certificate import Certificate
from handlers.server import serving


@dataclass
class Site:
    """A listener with TLS, and where its certificate lies."""

    certificate: Certificate
    authority: trustme.CA
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/"

    def issue(self) -> int:
        """Put another certificate there, as a renewing program does; returns what tells it from others."""
        issued = self.authority.issue_cert("localhost")
        issued.cert_chain_pems[0].write_to_path(self.folder / "chain.pem")
        issued.private_key_pem.write_to_path(self.folder / "key.pem")
        return hash(ssl.PEM_cert_to_DER_cert(issued.cert_chain_pems[0].bytes().decode()))

    def trusting(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        return context

    async def shown(self) -> int:
        """Return the certificate that a new connection is shown."""
        _, writer = await asyncio.open_connection("localhost", self.port, ssl=self.trusting())
        shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return hash(shown)


async def echo(http_request: web.Request) -> web.StreamResponse:
    """Send back what comes."""
    socket_ = web.WebSocketResponse()
    await socket_.prepare(http_request)
    async for message in socket_:
        await socket_.send_str(message.data)
    return socket_


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """Serve an echo over TLS."""
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    issued.cert_chain_pems[0].write_to_path(folder / "chain.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    certificate = await asyncio.to_thread(Certificate, str(folder / "chain.pem"), str(folder / "key.pem"))
    application = web.Application()
    application.router.add_get("/", echo)
    listener = socket.create_server(("127.0.0.1", 0))
    async with serving(application, listener, tls=certificate.context):
        yield Site(certificate, authority, folder, listener.getsockname()[1])


async def test_new_connections_are_shown_the_new_certificate_and_open_sockets_stay(tmp_path: Path) -> None:
    async with site(tmp_path) as running, aiohttp.ClientSession() as http:
        before = await running.shown()
        async with http.ws_connect(running.url, ssl=running.trusting()) as live:
            await live.send_str("before")
            assert (await live.receive()).data == "before"
            renewed = await asyncio.to_thread(running.issue)
            assert await running.certificate.renew() is True
            assert await running.shown() == renewed != before
            await live.send_str("after")
            assert (await live.receive()).data == "after"
            assert await running.certificate.renew() is False, "nothing has changed since"


async def test_the_files_are_looked_at_again_and_again(tmp_path: Path) -> None:
    async with site(tmp_path) as running, asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(running.certificate.watch(every_s=0.02))
        renewed = await asyncio.to_thread(running.issue)
        async with asyncio.timeout(5):
            while await running.shown() != renewed:
                pass
        watching.cancel()


@pytest.mark.parametrize("spoil", ["no certificate", "another key", "nothing"])
async def test_a_pair_that_does_not_fit_is_left_until_it_does(tmp_path: Path, spoil: str) -> None:
    async with site(tmp_path) as running, aiohttp.ClientSession() as http:
        before = await running.shown()
        if spoil == "no certificate":
            (tmp_path / "chain.pem").write_text("half a file")
        elif spoil == "another key":
            running.authority.issue_cert("localhost").private_key_pem.write_to_path(tmp_path / "key.pem")
        else:
            (tmp_path / "key.pem").unlink()
        with structlog.testing.capture_logs() as said:
            assert await running.certificate.renew() is False
            assert await running.certificate.renew() is False
        assert [entry["log_level"] for entry in said] == ["error"]
        assert await running.shown() == before
        async with http.ws_connect(running.url, ssl=running.trusting()) as live:
            await live.send_str("as before")
            assert (await live.receive()).type is WSMsgType.TEXT
        renewed = await asyncio.to_thread(running.issue)
        assert await running.certificate.renew() is True
        assert await running.shown() == renewed
