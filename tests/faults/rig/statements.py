"""What the hub asked PostgreSQL, counted by PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import asyncpg

SNAPSHOT = """
SELECT query, sum(calls)::bigint AS calls FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) GROUP BY query
"""


@dataclass(frozen=True)
class Asked:
    """Statements between two moments, by their text."""

    calls: dict[str, int]
    seconds: float

    def beyond(self, ordinary: Asked) -> dict[str, int]:
        """Return what was asked beyond the ordinary rate of each statement."""
        factor = self.seconds / ordinary.seconds
        found = {query: calls - round(ordinary.calls.get(query, 0) * factor) for query, calls in self.calls.items()}
        return {query: calls for query, calls in found.items() if calls > 0}


class Statements:
    """Watches one database; its server loads pg_stat_statements."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection
        self._calls: dict[str, int] = {}
        self._at_s = 0.0

    async def begin(self) -> None:
        """Start to count."""
        await self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self._calls, self._at_s = await self._snapshot(), time.monotonic()

    async def since(self) -> Asked:
        """Return what was asked since `begin` or the last call."""
        calls, now_s = await self._snapshot(), time.monotonic()
        asked = {query: count - self._calls.get(query, 0) for query, count in calls.items()}
        seconds, self._calls, self._at_s = now_s - self._at_s, calls, now_s
        return Asked({query: count for query, count in asked.items() if count > 0}, seconds)

    async def ordinary(self, over_s: float) -> Asked:
        """Return what is asked in so many seconds while nothing happens."""
        await self.begin()
        await asyncio.sleep(over_s)
        return await self.since()

    async def _snapshot(self) -> dict[str, int]:
        return {row["query"]: row["calls"] for row in await self._connection.fetch(SNAPSHOT)}
