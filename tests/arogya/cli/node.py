"""A node that does nothing but be there, and what it is told."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress

from hub.bus.bus import PROTOCOL, Peer
from hub.bus.relay import RedisBus

SECRET = "a secret that all of these nodes share"


class Node:
    """One life after another of a node on a Redis; `run` it in a task."""

    def __init__(self, name: str, url: str, *, secret: str = SECRET, obeys: bool = True) -> None:
        self.name = name
        self.told: list[tuple[str, str]] = []  # kind and key
        self._url = url
        self._secret = secret
        self._obeys = obeys
        self._lives = 0
        self._life: asyncio.Task[None] | None = None
        self._comes_back = False

    async def run(self) -> None:
        """Live until drained; a renewal is the end of a life, and the begin of another."""
        while True:
            self._lives += 1
            self._comes_back = False
            bus = RedisBus(self.name, self._url, self._secret)
            bus.listen(self, self._describe)
            async with asyncio.TaskGroup() as tasks:
                self._life = tasks.create_task(bus.run())
                with suppress(asyncio.CancelledError):
                    await self._life
            if not self._comes_back:
                return

    def stop(self) -> None:
        """End it."""
        self._comes_back = False
        if self._life is not None:
            self._life.cancel()

    def control(self, sender: str, kind: str, key: str) -> None:
        """Do as told, when it is one that obeys."""
        self.told.append((kind, key))
        if key in (self.name, "*") and self._obeys and self._life is not None:
            self._comes_back = kind == "renew"
            self._life.cancel()

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        """Hear nothing."""

    def stale(self, partition: int) -> None:
        """Miss nothing."""

    def peers_changed(self) -> None:
        """Know nobody."""

    def _describe(self) -> Peer:
        started_at = time.time_ns() // 1000 + self._lives
        return Peer(
            self.name, "", PROTOCOL, "0.1.0", "west", os.getpid(), "http://w", started_at, 3, 2, "serving", 0.0, 0
        )
