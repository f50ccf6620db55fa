"""The sockets that outlive a hub process: bound once by the supervisor, passed to every hub it starts."""

from __future__ import annotations

import errno
import socket
import time

PORTS_TRIED = 100
PORT_MAX = 65535


class PortTaken(Exception):
    """Nothing could be bound."""


def bind(
    host: str, port: int, *, backlog: int, search: bool = False, patience_s: float = 0.0, remedy: str = "--port"
) -> socket.socket:
    """Return a listening socket; raises `PortTaken`, which names `remedy` as what chooses another port.

    `search` goes on to the next free port; `patience_s` waits that long for one port, because a hub whose
    supervisor was killed holds it until it has closed its connections.
    """
    if port > PORT_MAX:  # the system would take the rest of it, which is any free one
        raise PortTaken(f"there is no port {port}; choose another with {remedy}")
    deadline = time.monotonic() + patience_s
    while True:
        for candidate in range(port, min(port + PORTS_TRIED, PORT_MAX + 1)) if search and port else (port,):
            try:
                return _listen(host, candidate, backlog)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise PortTaken(f"cannot listen on {host} port {candidate}: {error.strerror or error}") from error
        if time.monotonic() >= deadline:
            raise PortTaken(f"port {port} of {host} is in use by another program; choose another with {remedy}")
        time.sleep(0.1)


def url_of(listener: socket.socket, *, tls: bool) -> str:
    """Return the address that a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - read, not bound
    return f"{'https' if tls else 'http'}://{shown}:{port}"


def _listen(host: str, port: int, backlog: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(backlog)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener
