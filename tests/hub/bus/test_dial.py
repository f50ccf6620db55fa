"""The way to a server that resets connections at any moment of their beginning: it is away, and that is all."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
import time

import uvloop

from hub.bus import dial

DIALS = 600


def test_a_server_that_resets_at_any_moment_is_away() -> None:
    """On uvloop, as in a hub: its transports raise RuntimeError where asyncio's say nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        threading.Thread(target=_reset_all, args=(listener,), daemon=True).start()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            assert runner.run(_dial(port)) == DIALS
        listener.shutdown(socket.SHUT_RDWR)


async def _dial(port: int) -> int:
    away = 0
    for _ in range(DIALS):
        try:
            await dial.reach(f"redis://127.0.0.1:{port}")
        except dial.Away:
            away += 1
    return away


def _reset_all(listener: socket.socket) -> None:
    chance = random.Random(1)  # noqa: S311  (replayable)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        time.sleep(chance.uniform(0, 0.0015))
        connection.close()
