"""Names for short-lived things: requests and connections. Rows get their ids from PostgreSQL."""

from __future__ import annotations

import random
import secrets

_DRAW = random.Random(secrets.token_bytes(32)).getrandbits  # noqa: S311 - names are not secrets


def request_id() -> str:
    """Return 16 random hex digits, always the same length so that two answers can be compared byte by byte."""
    return f"{_DRAW(64):016x}"


def connection_id() -> str:
    """Return 16 random hex digits that name one WebSocket connection in welcomes and logs."""
    return secrets.token_hex(8)
