"""What the tests with real processes share: each start costs seconds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.processes import Run


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder that tests hand on, so that its cluster is made once."""
    return tmp_path_factory.mktemp("state") / "state"


@pytest.fixture(scope="session")
def taken() -> Iterator[socket.socket]:
    """A port that another program has."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, taken: socket.socket) -> Iterator[Run]:
    """A demonstration with its fleet, started on a taken port; a test leaves it as well as it found it."""
    state = tmp_path_factory.mktemp("demo") / "state"
    with Run("demo", state, "--port", str(taken.getsockname()[1])) as run:
        yield run.wait_ready()
