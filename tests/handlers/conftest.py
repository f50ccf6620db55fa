"""Hubs for the tests of HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

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
