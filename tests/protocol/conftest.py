"""A real hub for the page's examples and the vectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from tests.protocol.rig.hub import Served, Tablet, serve


@pytest.fixture(scope="session")
def served(cluster: EmbeddedPostgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A hub process that all tests of this folder share."""
    yield from serve(cluster, template, tmp_path_factory.mktemp("protocol"))


@pytest.fixture
async def tablet(served: Served) -> Tablet:
    """A tablet of its own for each test."""
    return await served.tablet()
