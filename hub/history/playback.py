"""The whole fleet's past for a time slider: at most one point of each ambulance in each step, however much was stored.

Two ways of reading, measured on a fleet at 1 Hz: every fix costs 1 to 1.7 µs, a look into the index for the last fix of
a step 7 to 10 µs. So short steps read everything, and long ones look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from hub.clock import to_us
from hub.history.stops import SECOND_US
from hub.history.track import HIDDEN_FLAGS
from storage.history import Active, Places, Span, read_active, read_last_of_steps, read_places
from storage.pool import Database

POINTS_MAX: Final = 500_000  # of an answer: 10 MB as JSON, 12 MB in memory
BEFORE: Final = timedelta(minutes=10)  # how old a point may be with which the playback begins
LOOK_FROM_S: Final = 8  # steps that are so long are looked up one by one
LOOKS_PER_READ: Final = 20_000  # 0.2 s
FIXES_PER_READ: Final = 100_000  # 0.1 s, at one fix a second
# Looks pay for each day on which a fix could have been received. Those that came later are read as they are: few.
LATE_AFTER: Final = timedelta(days=1)
PIECE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Reel:
    """The points of one ambulance in order."""

    ambulance_id: int
    offset_s: NDArray[np.float64]  # after the beginning; the first may lie before it
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Playback:
    """What every ambulance did in a span."""

    span: Span
    step_s: int
    reels: list[Reel]

    def pieces(self) -> Iterator[bytes]:
        """Yield the JSON document in pieces of some 64 KiB."""
        since, until = (moment.isoformat().replace("+00:00", "Z") for moment in self.span)
        piece = bytearray(f'{{"from":"{since}","to":"{until}","step_s":{self.step_s},"tracks":['.encode())
        separator = b""
        for reel in self.reels:
            piece += separator
            columns = [reel.ambulance_id, reel.offset_s, reel.latitude, reel.longitude]
            piece += orjson.dumps(columns, option=orjson.OPT_SERIALIZE_NUMPY)
            separator = b","
            if len(piece) >= PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece) + b"]}"


async def read_playback(db: Database, span: Span, *, step_s: int, now: datetime) -> Playback:
    """Return the playback of a span with steps of `step_s`, or as much longer as the answer needs.

    Raises `StorageError`.
    """
    active = await read_active(db, span, earliest=span.since - BEFORE, hidden_flags=HIDDEN_FLAGS)
    seconds = (span.until - span.since).total_seconds()
    steps_max = max(1, POINTS_MAX // max(1, len(active)) - 1)
    step_s = max(step_s, ceil(seconds / steps_max))
    per_read = LOOKS_PER_READ / ceil(seconds / step_s) if step_s >= LOOK_FROM_S else FIXES_PER_READ / seconds
    size = max(1, int(per_read))
    reels: list[Reel] = []
    for first in range(0, len(active), size):
        some = active[first : first + size]
        places = await _read(db, [one.ambulance_id for one in some], span, step_s, now)
        reels += await asyncio.to_thread(reels_of, some, places, to_us(span.since), step_s)
    return Playback(span, step_s, reels)


async def _read(db: Database, ambulance_ids: list[int], span: Span, step_s: int, now: datetime) -> list[Places]:
    """Return what the steps of some ambulances are chosen from."""
    late_from = span.until + LATE_AFTER
    if step_s < LOOK_FROM_S:
        return [await read_places(db, ambulance_ids, span, received_from=span.since, hidden_flags=HIDDEN_FLAGS)]
    found = [
        await read_last_of_steps(
            db,
            ambulance_ids,
            span,
            step=timedelta(seconds=step_s),
            received_until=late_from,
            hidden_flags=HIDDEN_FLAGS,
        )
    ]
    if late_from < now:
        found.append(await read_places(db, ambulance_ids, span, received_from=late_from, hidden_flags=HIDDEN_FLAGS))
    return found


def reels_of(active: list[Active], places: list[Places], since_us: int, step_s: int) -> list[Reel]:
    """Choose the last fix of each ambulance and step, and put what it did before the span in front."""
    ambulance_id = np.concatenate([part.ambulance_id for part in places])
    fix_at = np.concatenate([part.fix_at for part in places])
    order = np.lexsort((fix_at, ambulance_id))
    ambulance_id, fix_at = ambulance_id[order], fix_at[order]
    step = (fix_at - since_us) // (step_s * SECOND_US)
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (np.diff(ambulance_id) != 0) | (np.diff(step) != 0)
    order, ambulance_id = order[last], ambulance_id[last]
    offset_s = np.round((fix_at[last] - since_us) / SECOND_US, 1)
    latitude = np.round(np.concatenate([part.latitude for part in places])[order], 5)
    longitude = np.round(np.concatenate([part.longitude for part in places])[order], 5)
    reels = []
    for one in active:
        mine = slice(*np.searchsorted(ambulance_id, (one.ambulance_id, one.ambulance_id + 1)))
        reels.append(_reel(one, since_us, offset_s[mine], latitude[mine], longitude[mine]))
    return reels


def _reel(
    one: Active,
    since_us: int,
    offset_s: NDArray[np.float64],
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
) -> Reel:
    if one.fix_at is not None and one.latitude is not None and one.longitude is not None:
        offset_s = np.concatenate(([round((to_us(one.fix_at) - since_us) / SECOND_US, 1)], offset_s))
        latitude = np.concatenate(([round(one.latitude, 5)], latitude))
        longitude = np.concatenate(([round(one.longitude, 5)], longitude))
    return Reel(one.ambulance_id, *(np.ascontiguousarray(column) for column in (offset_s, latitude, longitude)))
