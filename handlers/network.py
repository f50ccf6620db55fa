"""Where an HTTP request came from: the peer, or what a trusted proxy says of it."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from aiohttp import hdrs, web

Address = IPv4Address | IPv6Address
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_NOWHERE = IPv4Address("0.0.0.0")  # noqa: S104 - stands for a peer that is gone, nothing is bound


def peer_address(http_request: web.BaseRequest, trusted_proxies: tuple[str, ...] = ()) -> Address:
    """Return the caller's address; X-Forwarded-For counts only from a trusted proxy, read from its right end."""
    address = _address(http_request.remote or "") or _NOWHERE
    if not trusted_proxies or not _is_in(address, trusted_proxies):
        return address
    hops = ",".join(http_request.headers.getall(hdrs.X_FORWARDED_FOR, [])).split(",")
    for hop in reversed(hops):
        found = _address(hop.strip())
        if found is None:
            break
        address = found
        if not _is_in(found, trusted_proxies):
            break
    return address


def network_of(address: Address) -> str:
    """Return the name that limits count by: an IPv4 address, or an IPv6 /64, which is one customer's line."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((address, 64), strict=False))


def is_loopback(http_request: web.BaseRequest) -> bool:
    """Say whether the peer is this machine."""
    address = _address(http_request.remote or "")
    return address is not None and address.is_loopback


def is_https(http_request: web.BaseRequest, trusted_proxies: tuple[str, ...] = ()) -> bool:
    """Say whether the caller came by TLS: to us, or as a trusted proxy says, to it."""
    if http_request.transport is not None and http_request.transport.get_extra_info("sslcontext") is not None:
        return True
    if not trusted_proxies:
        return False
    peer = _address(http_request.remote or "")
    if peer is None or not _is_in(peer, trusted_proxies):
        return False
    return http_request.headers.get(hdrs.X_FORWARDED_PROTO, "").rpartition(",")[2].strip().lower() == "https"


def is_plain_loopback(http_request: web.BaseRequest) -> bool:
    """Say whether a browser on this machine asks over plain http, with no proxy between.

    A TLS proxy on this machine has a loopback peer too, but passes a public Host on, or says X-Forwarded-*.
    """
    headers = http_request.headers
    name = headers.get(hdrs.HOST, "").rsplit(":", 1)[0] if not headers.get(hdrs.HOST, "").endswith("]") else "[::1]"
    forwarded = hdrs.X_FORWARDED_FOR in headers or hdrs.X_FORWARDED_PROTO in headers or hdrs.FORWARDED in headers
    return http_request.scheme == "http" and is_loopback(http_request) and name in _LOOPBACK_NAMES and not forwarded


@lru_cache(maxsize=4_096)
def _address(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: tuple[str, ...]) -> bool:
    return any(address in ip_network(network) for network in networks)
