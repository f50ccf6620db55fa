"""A database for the tests of the live core, whose answers come when a test lets them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from storage.pool import INGEST, Database, HeldConnection, Record
from storage.sql import Query


class SlowDatabase(Database):
    """Gives a connection back, and so its answers, when a test lets it."""

    slow = False
    answered: asyncio.Event  # set when an answer is held back
    go_on: asyncio.Event

    async def fetch(self, query: Query, **parameters: object) -> list[Record]:
        """Answer through a connection that is held, as below."""
        async with self.hold() as held:
            return await held.fetch(query, **parameters)

    async def fetch_one(self, query: Query, **parameters: object) -> Record | None:
        """Answer through a connection that is held, as below."""
        async with self.hold() as held:
            return await held.fetch_one(query, **parameters)

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[HeldConnection]:
        """Hold a connection, and let it go late."""
        slow, self.slow = self.slow, False
        async with super().hold() as held:
            yield held
        if slow:
            self.answered.set()
            await self.go_on.wait()

    def next_answer_comes_late(self) -> None:
        """Hold back the answer of the next statement until `go_on` is set."""
        self.slow, self.answered, self.go_on = True, asyncio.Event(), asyncio.Event()


@pytest.fixture
async def db(database: str) -> AsyncIterator[SlowDatabase]:
    opened = await SlowDatabase.open(database, role=INGEST, size=4, command_timeout_s=5)
    assert isinstance(opened, SlowDatabase)
    yield opened
    await opened.close()
