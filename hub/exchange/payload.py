"""What one hub says to the others about a partition of the fleet: rows of fixes, calls for help and devices. Pure.

`{"f": [[ambulance_id, latitude, longitude, speed, heading, accuracy, fix_at, device_id], …],
  "a": [[ambulance_id, device_id, alarm_id, raised_at], …],
  "d": [[device_id, since], …], "w": […], "p": […]}` in msgpack: degrees, m/s, metres, NaN for what is not known, µs
since 1970; `since` is 0 for a device that went; a `device_id` of 0, or none, is not known. "w" and "p" are about physio
sessions: see hub/exchange/physio_payload.py. Kinds and trailing columns that a hub does not know are those of a newer
one: passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgpack

from hub.live.board import LiveFix
from storage.alarms import Call

FIXES, CALLS, DEVICES = "f", "a", "d"
WATCHING, PHYSIO = "w", "p"
_HEADER = msgpack.Packer(autoreset=False)


class NotUnderstood(ValueError):
    """The bytes are not what a hub says."""


class CallRow(NamedTuple):
    """A call for help that is not known to be stored."""

    ambulance_id: int
    call: Call
    raised_at: int  # µs since 1970


class FixRow(NamedTuple):
    """Where an ambulance is, and which of its devices says so."""

    ambulance_id: int
    fix: LiveFix
    device_id: int  # 0: not known


class Delta(NamedTuple):
    """What one message says."""

    fixes: list[FixRow]
    calls: list[CallRow]
    devices: list[tuple[int, int]]  # device, and since when it is connected (µs since 1970); 0: it is not
    watching: Sequence[object] = ()  # physio sessions that the sender's viewers watch, as they were packed
    physio: Sequence[object] = ()  # what happened in those that it measures


def pack_fix(ambulance_id: int, fix: LiveFix, device_id: int) -> bytes:
    """Return a row of fixes; whether the ambulance calls for help is said by a row of its own."""
    return _pack((ambulance_id, *fix[:6], device_id))


def pack_call(row: CallRow) -> bytes:
    """Return a row of calls."""
    return _pack((row.ambulance_id, *row.call, row.raised_at))


def pack_device(device_id: int, since: int) -> bytes:
    """Return a row of devices."""
    return _pack((device_id, since))


def pack(fixes: Sequence[bytes], calls: Sequence[bytes], devices: Sequence[bytes]) -> bytes:
    """Join rows into one message."""
    tables = [(name, rows) for name, rows in ((FIXES, fixes), (CALLS, calls), (DEVICES, devices)) if rows]
    _HEADER.reset()
    _HEADER.pack_map_header(len(tables))
    parts = [_HEADER.bytes()]
    for name, rows in tables:
        _HEADER.reset()
        _HEADER.pack(name)
        _HEADER.pack_array_header(len(rows))
        parts.append(_HEADER.bytes())
        parts.extend(rows)
    return b"".join(parts)


def unpack(payload: bytes) -> Delta:
    """Take a message apart; raises `NotUnderstood`."""
    try:
        said = msgpack.unpackb(payload)
        return Delta(
            [_fix(row) for row in said.get(FIXES, ())],
            [_call(row) for row in said.get(CALLS, ())],
            [_device(row) for row in said.get(DEVICES, ())],
            said.get(WATCHING, ()),
            said.get(PHYSIO, ()),
        )
    except BAD as error:
        raise NotUnderstood from error


def unpack_fixes(rows: Iterable[bytes]) -> list[FixRow]:
    """Take rows of fixes apart; raises `NotUnderstood`."""
    try:
        return [_fix(msgpack.unpackb(row)) for row in rows]
    except BAD as error:
        raise NotUnderstood from error


def unpack_calls(rows: Iterable[bytes]) -> list[CallRow]:
    """Take rows of calls apart; raises `NotUnderstood`."""
    try:
        return [_call(msgpack.unpackb(row)) for row in rows]
    except BAD as error:
        raise NotUnderstood from error


def unpack_devices(rows: Iterable[bytes]) -> list[tuple[int, int]]:
    """Take rows of devices apart; raises `NotUnderstood`."""
    try:
        return [_device(msgpack.unpackb(row)) for row in rows]
    except BAD as error:
        raise NotUnderstood from error


BAD = (  # what unpacking anything may raise
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    msgpack.UnpackException,
)


def _pack(row: tuple[object, ...]) -> bytes:
    packed: bytes = msgpack.packb(row)
    return packed


def _fix(row: Sequence[float]) -> FixRow:
    key, latitude, longitude, speed, heading, accuracy, fix_at = row[:7]
    fix = LiveFix(float(latitude), float(longitude), float(speed), float(heading), float(accuracy), int(fix_at))
    return FixRow(int(key), fix, int(row[7]) if len(row) > 7 else 0)


def _call(row: Sequence[object]) -> CallRow:
    ambulance_id, device_id, alarm_id, raised_at = row[:4]
    return CallRow(_whole(ambulance_id), (_whole(device_id), str(alarm_id)), _whole(raised_at))


def _device(row: Sequence[object]) -> tuple[int, int]:
    device_id, since = row[:2]
    return _whole(device_id), _whole(since)


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("not an integer")
    return value
