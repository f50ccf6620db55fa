"""One message between nodes: a header that never changes its shape, a body, and a MAC over both. Pure.

bytes   0-15   MAC: keyed BLAKE2s over all that follows
byte    16     protocol version of the sender
byte    17     kind
byte    18     channel: a message of one channel says nothing on another
byte    19     length of the node's name in bytes
bytes  20-27   epoch
bytes  28-35   seq, little-endian
then           the node's name in UTF-8, and the body
"""

from __future__ import annotations

import struct
from enum import IntEnum
from hashlib import blake2s
from hmac import compare_digest
from typing import NamedTuple, NoReturn

import msgpack

from hub.bus.bus import CONTROL, PROTOCOL, Peer

MAC_BYTES = 16
NAME_MAX_BYTES = 255
BODY_MAX_BYTES = 4 * 1024 * 1024
UNDERSTOOD = range(PROTOCOL - 1, PROTOCOL + 2)
PERSON = b"node-bus"  # keeps this key apart from others made of the same secret
_HEADER = struct.Struct("<BBBB8sQ")
_START = MAC_BYTES + _HEADER.size  # of the name
EPOCH_AT = slice(MAC_BYTES + 4, MAC_BYTES + 12)
KIND_AT = MAC_BYTES + 1
_PEER_TYPES = (str, str, int, str, str, int, str, int, int, int, str, float, int)


class Kind(IntEnum):
    """What a message is; numbers that are not here are of a newer version and ignored."""

    BEAT = 1  # seq is that of the last message; on the control channel the body says who is there
    DELTA = 2
    CONTROL = 3
    GOODBYE = 4  # on the control channel


class Message(NamedTuple):
    """What one node says on one channel."""

    kind: int
    channel: int  # a partition, or CONTROL
    node: str
    epoch: bytes  # 8 bytes
    seq: int  # counts within (node, epoch, channel) from 1
    body: bytes


class NotUnderstood(Exception):
    """A message that is not taken; `reason` is mac, version, malformed, or old for a control message."""

    def __init__(self, reason: str, *, node: str = "", protocol: int = PROTOCOL) -> None:
        super().__init__(f"not understood: {reason}")
        self.reason = reason
        self.node = node  # who said it, when the MAC was right
        self.protocol = protocol


class Seal:
    """Encodes and decodes with the secret that the nodes share (`nodes.secret`; the key is derived from it here)."""

    def __init__(self, secret: str | bytes) -> None:
        key = blake2s(secret.encode() if isinstance(secret, str) else secret, person=PERSON).digest()
        self._keyed = blake2s(key=key, digest_size=MAC_BYTES)  # copied: keying anew costs a block

    def mac(self, text: bytes) -> bytes:
        """Return 16 bytes that only who knows the secret can make."""
        keyed = self._keyed.copy()
        keyed.update(text)
        return keyed.digest()

    def encode(self, message: Message, *, protocol: int = PROTOCOL) -> bytes:
        """Return the bytes of a message."""
        kind, channel, node, epoch, seq, body = message
        name = node.encode()
        text = _HEADER.pack(protocol, kind, channel, len(name), epoch, seq) + name + body
        return self.mac(text) + text

    def decode(self, data: bytes) -> Message:
        """Return the message; raises `NotUnderstood`, and nothing else, whatever the bytes are."""
        if not _START <= len(data) <= _START + NAME_MAX_BYTES + BODY_MAX_BYTES:
            raise NotUnderstood("malformed")
        if not compare_digest(self.mac(data[MAC_BYTES:]), data[:MAC_BYTES]):
            raise NotUnderstood("mac")
        protocol, kind, channel, length, epoch, seq = _HEADER.unpack_from(data, MAC_BYTES)
        end = _START + length
        try:
            node = data[_START:end].decode()
        except UnicodeDecodeError:
            raise NotUnderstood("malformed") from None
        if protocol not in UNDERSTOOD:
            raise NotUnderstood("version", node=node, protocol=protocol)
        if end > len(data) or not node or channel > CONTROL:
            raise NotUnderstood("malformed")
        return Message(kind, channel, node, epoch, seq, data[end:])


def pack_control(kind: str, key: str, said_at: int) -> bytes:
    """Return the body of a control message, said at `said_at` (µs since 1970) by the clock of who says it."""
    packed: bytes = msgpack.packb([kind, key, said_at])
    return packed


def unpack_control(body: bytes) -> tuple[str, str, int]:
    """Return kind, key and when it was said (µs since 1970); raises `NotUnderstood`."""
    kind, key, said_at = _columns(body, 3)
    if not isinstance(kind, str) or not isinstance(key, str) or type(said_at) is not int:
        raise NotUnderstood("malformed")
    return kind, key, said_at


def pack_peer(peer: Peer) -> bytes:
    """Return the body of a beat on the control channel."""
    packed: bytes = msgpack.packb(peer)
    return packed


def unpack_peer(body: bytes) -> Peer:
    """Return what a node says about itself; columns that a newer version added are ignored. Raises `NotUnderstood`."""
    columns = _columns(body, len(_PEER_TYPES))
    if not all(type(column) is kind for column, kind in zip(columns, _PEER_TYPES, strict=True)):
        raise NotUnderstood("malformed")
    return Peer._make(columns)


def _columns(body: bytes, count: int) -> list[object]:
    try:
        columns = msgpack.unpackb(body, strict_map_key=True, max_ext_len=0, max_map_len=64, max_array_len=64)
    except (ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException):
        _malformed()
    if type(columns) is not list or len(columns) < count:
        _malformed()
    return columns[:count]


def _malformed() -> NoReturn:
    raise NotUnderstood("malformed")
