"""Hears what changes in PostgreSQL (the NOTIFY triggers of schema.sql), on a connection of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from storage.errors import StorageError, translated
from storage.pool import connect

CHANNEL = "arogya"
PING_S = 5.0  # a connection that died silently is noticed after this and the timeout
TIMEOUT_S = 5.0
RETRY_S, RETRY_MAX_S = 0.1, 2.0


class Listener:
    """Calls `on_change(kind, id)` for each change, for as long as `run` runs; reconnects by itself.

    What changes while there is no connection is not heard: `on_reconnect` is called each time it listens (anew), the
    first time too, and whoever keeps something in memory reads it again then.
    """

    def __init__(
        self,
        dsn: str,
        on_change: Callable[[str, str], None],
        on_reconnect: Callable[[], None],
        *,
        role: str | None = None,
    ) -> None:
        self._dsn = dsn
        self._role = role  # any role may listen; None = the user of the dsn
        self._on_change = on_change  # must not raise or block
        self._on_reconnect = on_reconnect  # must not raise or block
        self.listening = asyncio.Event()  # set while changes are heard

    async def run(self) -> None:
        """Listen until cancelled."""
        pause_s = RETRY_S
        while True:
            try:
                await self._listen()
            except StorageError:
                pause_s = RETRY_S if self.listening.is_set() else min(2 * pause_s, RETRY_MAX_S)
            finally:
                self.listening.clear()
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - spreads hubs that lost one server

    async def _listen(self) -> None:
        """Listen on one connection until it fails, which raises `StorageError`."""
        connection = await connect(self._dsn, role=self._role, command_timeout_s=TIMEOUT_S)
        ended = asyncio.Event()
        connection.add_termination_listener(lambda _: ended.set())
        try:
            with translated():
                await connection.add_listener(CHANNEL, self._hear)
            self.listening.set()
            self._on_reconnect()
            while not ended.is_set():
                try:
                    async with asyncio.timeout(PING_S):
                        await ended.wait()
                except TimeoutError:
                    with translated():
                        await connection.execute("SELECT")
        finally:
            connection.terminate()
        raise StorageError("the connection ended")

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        kind, _, key = str(payload).partition(":")
        self._on_change(kind, key)
