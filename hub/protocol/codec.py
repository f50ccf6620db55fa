"""The two encodings of protocol version 1: JSON in text messages, msgpack in binary ones, with the same fields."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

import msgpack
import orjson

from hub.errors import Malformed, TooLarge
from hub.protocol.fields import Wire
from hub.protocol.limits import (
    COMMAND_TEXT_CHARS_MAX,
    MESSAGE_BYTES_MAX,
    SUBPROTOCOL_JSON,
    SUBPROTOCOL_MSGPACK,
)

M = TypeVar("M")

_UNREADABLE = "the message is not valid in the encoding that was agreed"
# A JSON string and, behind it, the colon that makes it a key.
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"\s*(:?)')
_BYTES = (bytes, bytearray)
_MAP_KEYS_MAX = 64  # no message, no body of a command and no event has more fields
_ARRAY_MAX = 100_000  # rows of a snapshot; what devices send is bounded by its own counts


class Encodable(Protocol):
    """Any message record."""

    def wire(self) -> Wire:
        """Return the message as plain types."""


class Codec(ABC):
    """One encoding, chosen by WebSocket subprotocol; both directions, no state."""

    subprotocol: str
    binary: bool  # whether its messages are binary WebSocket messages

    @abstractmethod
    def dump(self, wire: object) -> bytes:
        """Encode plain types; raises TypeError for anything else."""

    @abstractmethod
    def load(self, payload: bytes | str) -> object:
        """Decode one message into plain types; raises `Malformed` for everything that is not exactly one."""

    def encode(self, message: Encodable) -> bytes:
        """Encode one message record."""
        return self.dump(message.wire())

    def decode(
        self, payload: bytes | str, kinds: Mapping[str, Callable[[Wire], M]], *, bytes_max: int = MESSAGE_BYTES_MAX
    ) -> M:
        """Read one message of the given kinds, of at most `bytes_max` bytes (JSON: characters).

        Raises `TooLarge`, `Malformed`, `UnknownField` or `InvalidValue`; the input is never part of the sentence.
        """
        if len(payload) > bytes_max:
            raise TooLarge(f"a message has at most {bytes_max} bytes")
        if self.binary != isinstance(payload, _BYTES):
            raise Malformed(f"{self.subprotocol} uses {'binary' if self.binary else 'text'} messages")
        wire = self.load(payload)
        if type(wire) is not dict:
            raise Malformed("a message is an object")
        kind = wire.get("type")
        if type(kind) is not str or kind not in kinds:
            raise Malformed("type is missing or not known here", field="type")
        return kinds[kind](wire)


class JsonCodec(Codec):
    """JSON (RFC 8259) in text messages; duplicate keys are refused."""

    subprotocol = SUBPROTOCOL_JSON
    binary = False

    def dump(self, wire: object) -> bytes:
        """Encode plain types; NaN becomes null."""
        return orjson.dumps(wire)

    def load(self, payload: bytes | str) -> object:
        """Decode one JSON text."""
        try:
            wire: object = orjson.loads(payload)
        except (ValueError, RecursionError):
            raise Malformed(_UNREADABLE) from None
        text = payload if isinstance(payload, str) else payload.decode()
        # orjson keeps the last of two equal keys without a word.
        if sum(1 for match in _JSON_STRING.finditer(text) if match[1]) != _count_keys(wire):
            raise Malformed("a key stands twice, or objects are nested where none may be")
        return wire


class MsgpackCodec(Codec):
    """msgpack in binary messages; extension types, non-text keys and duplicate keys are refused."""

    subprotocol = SUBPROTOCOL_MSGPACK
    binary = True

    def dump(self, wire: object) -> bytes:
        """Encode plain types; floats as float64."""
        packed: bytes = msgpack.packb(wire)
        return packed

    def load(self, payload: bytes | str) -> object:
        """Decode one msgpack object."""
        if len(payload) and 0x80 <= payload[0] <= 0x8F:  # type: ignore[operator]  # bytes, as decode() has seen to
            wire = self._unpack(payload, None)
            # The first byte says how many keys there are: of a message without objects inside, fewer stand twice.
            if type(wire) is dict and wire.get("type") == "data" and len(wire) == payload[0] & 0x0F:  # type: ignore[operator]
                return wire
        return self._unpack(payload, _unique)

    def _unpack(self, payload: bytes | str, pairs: Callable[[list[tuple[object, object]]], object] | None) -> object:
        try:
            wire: object = msgpack.unpackb(
                payload,
                object_pairs_hook=pairs,
                max_str_len=COMMAND_TEXT_CHARS_MAX * 4,
                max_bin_len=len(payload),
                # An element has a byte at least. Lists are made as long as they claim to be before one is read.
                max_array_len=min(_ARRAY_MAX, len(payload)),
                max_map_len=_MAP_KEYS_MAX,
                max_ext_len=0,
            )
        except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
            raise Malformed(_UNREADABLE) from None
        return wire


def _unique(pairs: list[tuple[object, object]]) -> dict[object, object]:
    wire = dict(pairs)
    if len(wire) != len(pairs) or not all(type(key) is str for key in wire):
        raise ValueError
    return wire


def _count_keys(wire: object) -> int:
    """Count the keys where a message may have objects: at its top, one level down, in arrays of objects there, and at
    the end of arrays in an array (the bodies of events).
    """
    if type(wire) is not dict:
        return -1
    count = len(wire)
    for value in wire.values():
        if type(value) is dict:
            count += len(value)
        elif type(value) is list and value:
            if type(value[0]) is dict:
                count += sum(len(item) for item in value if type(item) is dict)
            elif type(value[0]) is list and value[0] and type(value[0][-1]) is dict:
                count += sum(_count_within(item[-1]) for item in value if type(item) is list and item)
    return count


def _count_within(body: object) -> int:
    """Count the keys of an event's body, which is as deep as what it tells of."""
    count, waiting = 0, [body]
    while waiting:
        part = waiting.pop()
        if type(part) is dict:
            count += len(part)
            waiting.extend(part.values())
        elif type(part) is list:
            waiting.extend(part)
    return count


JSON = JsonCodec()
MSGPACK = MsgpackCodec()
CODECS: dict[str, Codec] = {codec.subprotocol: codec for codec in (JSON, MSGPACK)}
