"""Embedded servers that are kept."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from arogya.child import DELAYS_S
from arogya.embedded.valkey import EmbeddedValkey, EmbeddedValkeyError
from arogya.kept import KeptServer

DEADLINE_S = 20.0


class Fragile(EmbeddedValkey):
    """A real server, some of whose starts fail."""

    failures = 0  # of the next starts

    def start(self, timeout_s: float = 15.0) -> str:
        """Start, or fail."""
        if self.failures:
            self.failures -= 1
            raise EmbeddedValkeyError("Valkey did not start; its log ends with: no")
        return super().start(timeout_s)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Fragile]:
    """A server, not started."""
    made = Fragile(tmp_path)
    yield made
    made.stop()


def kill(server: EmbeddedValkey) -> None:
    """Kill it, and wait until that is known."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    wait_for(lambda: not server.alive())


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_nothing_is_started_before_its_time(server: Fragile) -> None:
    kept = KeptServer("Valkey", server)
    kept.keep()
    assert not server.alive()
    assert kept.due_at() is None


def test_a_server_that_dies_is_started_again_at_the_same_place(server: Fragile) -> None:
    kept = KeptServer("Valkey", server)
    url = kept.start()
    kept.keep()
    before = server.pid
    kill(server)
    kept.keep()
    assert server.alive()
    assert server.pid != before
    assert server.url == url
    assert kept.due_at() is None


def test_a_server_that_does_not_start_is_tried_again_later(server: Fragile) -> None:
    kept = KeptServer("Valkey", server)
    kept.start()
    kill(server)
    server.failures = 1
    kept.keep()  # fails at once
    assert not server.alive()
    kept.keep()
    due_at = kept.due_at()
    assert due_at is not None
    assert 0 < due_at - time.monotonic() <= DELAYS_S[1]

    def is_back() -> bool:
        kept.keep()
        return server.alive()

    wait_for(is_back)
    assert time.monotonic() >= due_at
