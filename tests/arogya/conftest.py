"""One real demonstration, without its fleet, for the tests of what talks to a hub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.system.processes import Run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A demonstration on a free port."""
    with Run("demo", tmp_path_factory.mktemp("demo") / "state", "--port", "0", "--no-fleet") as run:
        yield run.wait_ready()
