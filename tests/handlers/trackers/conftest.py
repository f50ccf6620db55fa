"""A hub that takes the posts of trackers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.handlers.trackers.rig import Station, station


@pytest.fixture
async def here(database: str) -> AsyncIterator[Station]:
    """A running hub on an empty database."""
    async with station(database) as made:
        yield made
