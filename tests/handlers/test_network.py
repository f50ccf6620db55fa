"""Where a request came from, seen through proxies."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

from aiohttp import web

from handlers.network import is_loopback, network_of, peer_address
from handlers.server import serving
from tests.handlers.rig import LIMITS


async def _seen(trusted: tuple[str, ...], *forwarded: str) -> str:
    """The address that a real server sees of a client on this machine."""
    seen: list[str] = []

    async def look(http_request: web.Request) -> web.StreamResponse:
        assert is_loopback(http_request)
        seen.append(str(peer_address(http_request, trusted)))
        return web.Response()

    application = web.Application()
    application.router.add_get("/", look)
    sock = socket.create_server(("127.0.0.1", 0))
    async with serving(application, sock, LIMITS):
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        lines = "".join(f"X-Forwarded-For: {value}\r\n" for value in forwarded)
        writer.write(f"GET / HTTP/1.1\r\nHost: h\r\n{lines}Connection: close\r\n\r\n".encode())
        await reader.read()
        writer.close()
    return seen[0]


async def test_the_peer_itself_counts_unless_it_is_a_trusted_proxy() -> None:
    assert await _seen(()) == "127.0.0.1"
    assert await _seen((), "203.0.113.9") == "127.0.0.1"
    assert await _seen(("10.0.0.0/8",), "203.0.113.9") == "127.0.0.1"


async def test_the_list_is_read_from_the_end_that_our_proxies_wrote() -> None:
    trusted = ("127.0.0.1/32", "10.0.0.0/8")
    assert await _seen(trusted, "1.1.1.1, 203.0.113.9") == "203.0.113.9"
    assert await _seen(trusted, "1.1.1.1, 203.0.113.9, 10.1.2.3") == "203.0.113.9"
    assert await _seen(trusted, "1.1.1.1", "203.0.113.9", "10.1.2.3") == "203.0.113.9"
    assert await _seen(trusted, "2001:db8::1") == "2001:db8::1"


async def test_what_is_no_address_ends_the_list() -> None:
    trusted = ("127.0.0.1/32", "10.0.0.0/8")
    assert await _seen(trusted, "evil") == "127.0.0.1"
    assert await _seen(trusted, "203.0.113.9, evil, 10.0.0.1") == "10.0.0.1"
    assert await _seen(trusted, "") == "127.0.0.1"


def test_an_ipv6_customer_is_one_network() -> None:
    assert network_of(ip_address("2001:db8::1")) == network_of(ip_address("2001:db8::ffff:1")) == "2001:db8::/64"
    assert network_of(ip_address("192.0.2.1")) == "192.0.2.1"
