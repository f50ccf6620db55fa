"""Cursors of lists: a position that only the caller who got it can use, and only in the same list."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from collections.abc import Sequence
from typing import NoReturn

import orjson

from hub.errors import InvalidValue

_MAC_BYTES = 16
Position = Sequence[int | float | str | None]


class Cursors:
    """Seals and opens cursors with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key or secrets.token_bytes(32)  # without a configured key, cursors live as long as the process

    def seal(self, binding: str, position: Position) -> str:
        """Return a position as text, bound to who asked for what."""
        payload = orjson.dumps(position)
        return base64.urlsafe_b64encode(self._mac(binding, payload) + payload).rstrip(b"=").decode()

    def open(self, binding: str, cursor: str, length: int) -> list[int]:
        """Return the `length` numbers of a position; raises InvalidValue for any other cursor."""
        position = self.open_any(binding, cursor, length)
        return [value if isinstance(value, int) else _refuse() for value in position]

    def open_any(self, binding: str, cursor: str, length: int) -> Position:
        """Return the `length` values of a position; raises InvalidValue for any other cursor."""
        try:
            sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            _refuse()
        mac, payload = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(binding, payload)):
            _refuse()
        position: Position = orjson.loads(payload)
        if len(position) != length:
            _refuse()
        return position

    def _mac(self, binding: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, binding.encode() + b"\0" + payload, "sha256")[:_MAC_BYTES]


def _refuse() -> NoReturn:
    raise InvalidValue("the cursor does not belong to this list", field="cursor") from None
