"""From the samples of one frame to rows: parsed one by one, judged, and refused singly where they can never be stored.

Pure: received_at comes in as an argument, and everything that follows from a frame goes out as one `Admitted`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from hub.clock import happened_us
from hub.errors import BadInput
from hub.ingest.flags import ALARM, LATE
from hub.ingest.hygiene import Track, judge
from hub.outcomes import outcome_of
from hub.protocol.fix import Alarm, Fix, parse_fix
from storage.batch import AlarmRow, DeadLetter
from storage.copy_encoding import Row

_BODY_BYTES_MAX = 1_024  # of a refused sample: enough to see what it was


@dataclass(slots=True)
class Place:
    """Whose samples these are, and when they arrived."""

    stream_id: int
    device_id: int
    ambulance_id: int
    received_at: int  # µs since 1970, stamped once for the frame
    sent_at: int  # the device's clock when it sent the frame
    shown_seq: int = 0  # samples up to here were shown by a live hint already


@dataclass(slots=True)
class Admitted:
    """What becomes of a frame."""

    rows: list[Row] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    alarms: list[AlarmRow] = field(default_factory=list)
    shown: Fix | None = None  # the newest fix that moves the marker
    shown_at: int = 0  # its fix_at


def fix_time(place: Place, recorded_at: int) -> int:
    """Return when a sample was taken, by the hub's clock: never later than its arrival, nor before the year 1900."""
    return happened_us(place.received_at, place.sent_at, recorded_at)


def admit(raw_fixes: list[object], first_seq: int, place: Place, track: Track) -> Admitted:
    """Turn the fresh samples of a frame into rows in the column order of `ambulance_positions`; moves `track`."""
    admitted = Admitted()
    rows, sent_at, received_at = admitted.rows, place.sent_at, place.received_at
    stream_id, ambulance_id = place.stream_id, place.ambulance_id
    for seq, raw in enumerate(raw_fixes, first_seq):
        try:
            fix = parse_fix(raw)
        except BadInput as error:
            admitted.dead.append(_dead_letter(raw, seq, place, error))
            continue
        recorded_at, latitude, longitude, speed, heading, accuracy, altitude, alarm = fix
        fix_at = fix_time(place, recorded_at)
        flags, show = judge(
            track,
            latitude=latitude,
            longitude=longitude,
            accuracy=accuracy,
            fix_at=fix_at,
            recorded_at=recorded_at,
            received_at=received_at,
            sent_at=sent_at,
        )
        if show and seq > place.shown_seq:
            admitted.shown, admitted.shown_at = fix, fix_at
        if alarm:
            flags |= ALARM
            admitted.alarms.append(_alarm_row(alarm, fix, seq, fix_at, place, late=bool(flags & LATE)))
        head = (stream_id, seq, received_at, ambulance_id, recorded_at, fix_at)
        rows.append((*head, latitude, longitude, speed, heading, accuracy, altitude, flags))
    return admitted


def _alarm_row(alarm: Alarm, fix: Fix, seq: int, fix_at: int, place: Place, *, late: bool) -> AlarmRow:
    return AlarmRow(
        place.device_id,
        alarm.id,
        alarm.kind,
        place.ambulance_id,
        place.stream_id,
        seq,
        fix_at,
        place.received_at,
        late,
        fix.latitude,
        fix.longitude,
    )


def digest_of(raw: object) -> int:
    """Return a number that tells two bodies of one sample apart: from its time and place."""
    if type(raw) is not list or len(raw) < 3:
        return 1
    try:
        return hash((raw[0], raw[1], raw[2]))
    except TypeError:
        return 1


def _dead_letter(raw: object, seq: int, place: Place, error: BadInput) -> DeadLetter:
    return DeadLetter(place.stream_id, seq, place.received_at, outcome_of(error).code, error.detail, _describe(raw))


def _describe(raw: object) -> bytes:
    try:
        # Not JSON when it came as msgpack: bytes and the like are kept as their description.
        return orjson.dumps(raw, default=repr)[:_BODY_BYTES_MAX]
    except orjson.JSONEncodeError:  # nested deeper than orjson writes, though not deeper than it reads
        return b'"nested too deeply"'
