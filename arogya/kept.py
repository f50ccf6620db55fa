"""An embedded server that is started again when it dies."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from arogya.child import Backoff
from arogya.embedded.postgres import EmbeddedPostgresError
from arogya.embedded.valkey import EmbeddedValkeyError

logger = logging.getLogger(__name__)


class Embedded(Protocol):
    """What PostgreSQL and Valkey have in common."""

    def start(self) -> str:
        """Start it, and return how it is reached."""

    def stop(self) -> None:
        """Stop it."""

    def alive(self) -> bool:
        """Say whether it runs."""

    def process_ids(self) -> set[int]:
        """Return the processes that are waited for by the object itself."""

    def trim_log(self) -> None:
        """Keep its log bounded."""


class KeptServer:
    """One server; `keep` it whenever something may have happened."""

    def __init__(self, name: str, server: Embedded) -> None:
        self.name = name
        self.server = server
        self._backoff = Backoff()
        self._started_at: float | None = None  # monotonic time of the last start, None before the first
        self._due_at: float | None = None  # of the next one, None while it runs

    def start(self) -> str:
        """Start it the first time, and return how it is reached."""
        reached = self.server.start()
        self._started_at = time.monotonic()
        return reached

    def due_at(self) -> float | None:
        """Return the monotonic time at which `keep` has something to do even if nothing happens."""
        return self._due_at

    def keep(self) -> None:
        """Start it again when it has died, once its time has come."""
        if self._started_at is None or self.server.alive():
            return
        now = time.monotonic()
        if self._due_at is None:
            logger.warning("%s ended; starting it again", self.name)
            self._due_at = now + self._backoff.after_life_of(now - self._started_at)
        if now < self._due_at:
            return
        self._started_at = now
        self._due_at = None
        try:
            self.server.start()
        except (EmbeddedPostgresError, EmbeddedValkeyError) as error:
            logger.error("%s", error)  # the next turn plans the next try
