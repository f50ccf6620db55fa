"""Where the hub's endpoints are, from whatever address a person was given."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

_WEBSOCKET = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PLAIN = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
ENDPOINTS = ("/ws/device", "/ws/live")


def websocket_url(url: str, path: str) -> str:
    """Return the WebSocket address of `path` on the hub at `url` (its page, or any of its endpoints).

    A hub behind a prefix keeps it: `https://example.org/hub` gives `wss://example.org/hub/ws/device`.
    Raises ValueError for anything that is not an http(s) or ws(s) address.
    """
    return _join(url, path, _WEBSOCKET)


def http_url(url: str, path: str) -> str:
    """Return the HTTP address of `path` on the hub at `url`; raises ValueError like `websocket_url`."""
    return _join(url, path, _PLAIN)


def _join(url: str, path: str, schemes: dict[str, str]) -> str:
    parts = urlsplit(url)
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f"{url!r} is not an address like https://hub.example.org")
    prefix = parts.path.rstrip("/")
    for endpoint in ENDPOINTS:
        prefix = prefix.removesuffix(endpoint)
    return urlunsplit((schemes[parts.scheme], parts.netloc, prefix + path, "", ""))
