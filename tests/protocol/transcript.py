"""Runs a worked example: says what the page says, and holds what is heard against it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

# What the hub chooses: the page shows an example, and means the same wherever it shows it again.
CHOSEN = frozenset({"stream", "device", "session", "server_time", "id", "epoch", "credit", "heartbeat_s"})


class Line(NamedTuple):
    """One line of an example."""

    sign: str  # → ← or ·
    text: str


def lines(block: str) -> list[Line]:
    """Return the lines of a block."""
    found = [Line(line[0], line[2:]) for line in block.splitlines()]
    assert all(line.sign in "→←·" for line in found)
    return found


class Meanings:
    """What the values of the page stand for in this run."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Any] = {}  # by field and the page's value

    def to_say(self, text: str) -> dict[str, Any]:
        """Return a message with what the hub chose put in."""
        message: dict[str, Any] = json.loads(text)
        return {key: self._known.get((key, repr(value)), value) for key, value in message.items()}

    def hold(self, text: str, heard: dict[str, Any]) -> None:
        """Compare a message with the page's."""
        self._same("", json.loads(text), heard)

    def _same(self, field: str, shown: Any, heard: Any) -> None:
        if field in CHOSEN:
            assert type(shown) is type(heard), field
            free = field in ("server_time", "credit", "session")
            assert free or self._known.setdefault((field, repr(shown)), heard) == heard, field
        elif isinstance(shown, dict):
            assert isinstance(heard, dict)
            assert list(shown) == list(heard) or set(shown) == set(heard) <= {"units", "fixes"}, (shown, heard)
            for key, value in shown.items():
                self._same(key, value, heard[key])
        elif field == "acks":
            for (stream, seq), pair in zip(shown, heard, strict=True):
                self._same("stream", stream, pair[0])
                assert seq == pair[1]
        elif isinstance(shown, list):
            assert len(shown) == len(heard), (shown, heard)
            for one, other in zip(shown, heard, strict=True):
                self._same("", one, other)
        else:
            assert shown == heard, field
