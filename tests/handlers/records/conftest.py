"""One desk for the tests of the tables."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.handlers.records.rig import Desk
from tests.handlers.rig import Hub
from tests.handlers.world import World


@pytest.fixture
async def desk(hub: Hub, world: World, database: str) -> AsyncIterator[Desk]:
    """A running hub with the small world."""
    connection = await asyncpg.connect(database)
    try:
        yield Desk(hub, world, connection)
    finally:
        await connection.close()
