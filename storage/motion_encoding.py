"""Frames of joint angles as PostgreSQL's binary COPY stream: frames of one shape are encoded as one structured array.

An array travels as its number of dimensions, whether it holds a null, the type of its elements, its length and lower
bound, and each element behind its own length (PostgreSQL's array_send).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any, Final, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from storage.copy_encoding import POSTGRES_EPOCH_US, SIGNATURE, TRAILER, Row, RowKey

_INT4, _FLOAT4 = 23, 700  # of pg_type
_SCALARS: Final = (
    *((name, ">i8") for name in ("stream_id", "seq", "received_at", "started_at")),
    ("interval_us", ">i4"),
    ("flags", ">i2"),
)
_KEY: Final = struct.Struct(">hiqiqiq")  # the beginning of a row: how many columns, and three behind their lengths


FrameRow = tuple[bytes, int]  # a row of `motion_frames` as it travels, and its samples (instants)


class FrameColumns(NamedTuple):
    """Frames of one shape; times in microseconds since 1970."""

    stream_id: list[int]
    seq: list[int]  # of the first sample
    received_at: list[int]
    started_at: list[int]
    interval_us: list[int]
    offsets_us: NDArray[np.int32] | None  # (frames, samples); None where the interval is constant
    angles: NDArray[np.float32]  # (frames, joints, samples)
    flags: list[int]


class MotionTable:
    """Encodes rows of `motion_frames`."""

    name: str = "motion_frames"
    columns: tuple[str, ...] = (
        *("stream_id", "seq", "received_at", "started_at", "interval_us", "offsets_us", "angles", "flags"),
    )
    kind: str = "motion"

    def rows_of(self, frames: FrameColumns) -> list[FrameRow]:
        """Return frames as rows, in their order."""
        count, samples = len(frames.seq), frames.angles.shape[2]
        offsets = 0 if frames.offsets_us is None else frames.offsets_us.shape[1]
        wire = np.repeat(_template(offsets, frames.angles[0].size), count)
        for name in ("stream_id", "seq", "interval_us", "flags"):
            wire[name] = getattr(frames, name)
        for name in ("received_at", "started_at"):
            wire[name] = np.array(getattr(frames, name)) - POSTGRES_EPOCH_US
        wire["angles"]["elements"]["value"] = frames.angles.reshape(count, -1)
        if frames.offsets_us is not None:
            wire["offsets_us"]["elements"]["value"] = frames.offsets_us
        whole, width = wire.tobytes(), wire.itemsize
        return [(whole[start : start + width], samples) for start in range(0, width * count, width)]

    def samples(self, rows: list[Row]) -> int:
        """Return how many instants frames hold."""
        return sum([samples for _, samples in cast("list[FrameRow]", rows)])

    def size_bytes(self, rows: list[Row]) -> int:
        """Return how large rows are on their way."""
        return sum([len(encoded) for encoded, _ in cast("list[FrameRow]", rows)])

    def key(self, row: Row) -> RowKey:
        """Return what a frame is of."""
        encoded, samples = cast("FrameRow", row)
        _, _, stream_id, _, seq, _, received_at = _KEY.unpack_from(encoded)
        return RowKey(stream_id, seq, received_at + POSTGRES_EPOCH_US, seq + samples - 1)

    def encode(self, rows: list[Row]) -> bytearray:
        """Return the whole COPY stream, the rows in their order."""
        return bytearray(b"".join([SIGNATURE, *[encoded for encoded, _ in cast("list[FrameRow]", rows)], TRAILER]))


@lru_cache(maxsize=256)
def _template(offsets: int, angles: int) -> NDArray[Any]:
    """Return one row with so many elements in its arrays, and everything in it that all such rows have."""
    kinds: dict[str, Any] = dict(_SCALARS) | {"offsets_us": _array(">i4", offsets), "angles": _array(">f4", angles)}
    fields: list[tuple[str, Any]] = [("field_count", ">i2")]
    for name in MotionTable.columns:
        if name in dict(_SCALARS):
            fields.append((f"{name}_length", ">i4"))
        fields.append((name, kinds[name]))
    row = np.zeros(1, np.dtype(fields))
    row["field_count"] = len(MotionTable.columns)
    for name, kind in _SCALARS:
        row[f"{name}_length"] = np.dtype(kind).itemsize
    _head(row["offsets_us"], _INT4, offsets)
    _head(row["angles"], _FLOAT4, angles)
    return row


def _array(kind: str, count: int) -> np.dtype[Any]:
    head = [("length", ">i4"), ("dimensions", ">i4"), ("has_null", ">i4"), ("type", ">i4")]
    if not count:  # an empty array has no dimensions
        return np.dtype(head)
    element = np.dtype([("length", ">i4"), ("value", kind)])
    return np.dtype([*head, ("count", ">i4"), ("lower", ">i4"), ("elements", element, (count,))])


def _head(array: NDArray[Any], kind: int, count: int) -> None:
    array["type"] = kind
    array["length"] = 12
    if count:
        array["length"] = 20 + 8 * count
        array["dimensions"], array["count"], array["lower"] = 1, count, 1
        array["elements"]["length"] = 4


MOTION_FRAMES = MotionTable()
