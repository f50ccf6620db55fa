"""Hubs for the tests of HTTP and of live viewers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.floor import Floor, standing
from tests.handlers.rig import Hub, running
from tests.handlers.world import World, build_world


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    """A running hub on an empty database."""
    async with running(database) as made:
        yield made


@pytest.fixture
async def world(hub: Hub, database: str) -> World:
    """Two facilities with people, ambulances and devices, on the running hub."""
    return await build_world(hub, database)


@pytest.fixture
async def floor(database: str) -> AsyncIterator[Floor]:
    """A hub with live viewers, its people and ambulances 1 to 4."""
    async with standing(database) as floor:
        yield floor
