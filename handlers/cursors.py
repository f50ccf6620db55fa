"""Cursors of lists: a position that only the caller who got it can use, and only in the same list."""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets

import orjson

from hub.errors import InvalidValue

_MAC_BYTES = 16


class Cursors:
    """Seals and opens cursors with one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key or secrets.token_bytes(32)  # without a configured key, cursors live as long as the process

    def seal(self, binding: str, position: list[int]) -> str:
        """Return a position as text, bound to who asked for what."""
        payload = orjson.dumps(position)
        return base64.urlsafe_b64encode(self._mac(binding, payload) + payload).rstrip(b"=").decode()

    def open(self, binding: str, cursor: str, length: int) -> list[int]:
        """Return the `length` numbers of a position; raises InvalidValue for any other cursor."""
        try:
            sealed = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            raise _foreign() from None
        mac, payload = sealed[:_MAC_BYTES], sealed[_MAC_BYTES:]
        if not hmac.compare_digest(mac, self._mac(binding, payload)):
            raise _foreign()
        position: list[int] = orjson.loads(payload)
        if len(position) != length:
            raise _foreign()
        return position

    def _mac(self, binding: str, payload: bytes) -> bytes:
        return hmac.digest(self._key, binding.encode() + b"\0" + payload, "sha256")[:_MAC_BYTES]


def _foreign() -> InvalidValue:
    return InvalidValue("the cursor does not belong to this list", field="cursor")
