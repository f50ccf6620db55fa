"""What a post of a tracker says, whatever its app calls it: fixes, signs of life, and what could not be used. Pure."""

from __future__ import annotations

from math import isfinite
from typing import Final, NamedTuple

from hub.protocol.limits import (
    ACCURACY_MAX,
    ALTITUDE_MAX,
    ALTITUDE_MIN,
    LATITUDE_MAX,
    LONGITUDE_MAX,
    SPEED_MAX,
    TIME_US_MAX,
    TIME_US_MIN,
)

NOWHERE: Final = (0.0, 0.0)  # a receiver without a position: stored with a flag, never shown
_NUMBER_CHARS_MAX: Final = 40
_MILLISECONDS_FROM: Final = 1e11  # as seconds this is the year 5138, as milliseconds 1973


class TrackerFix(NamedTuple):
    """One fix, in our units; None stands for what was not given."""

    recorded_at: int | None  # µs since 1970, by the clock of the device
    latitude: float
    longitude: float
    speed: float | None = None  # m/s
    heading: float | None = None  # degrees clockwise from true north
    accuracy: float | None = None  # m
    altitude: float | None = None  # m
    is_sos: bool = False


class Reading(NamedTuple):
    """What was understood of one post."""

    fixes: tuple[TrackerFix, ...] = ()
    heartbeats: int = 0  # messages without a position, which only say that the device is there
    malformed: int = 0  # fixes that no sense can be made of
    unwanted: int = 0  # messages of a kind that we have no use for


class NotUnderstood(ValueError):
    """A value is not what it should be: this fix is given up, and nothing else."""


def number(value: object) -> float | None:
    """Return a number that a client wrote as one or as text; None for none, and for NaN and infinities."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            found = float(value)
        except OverflowError:
            return None
    elif isinstance(value, str) and value.isascii() and len(value) <= _NUMBER_CHARS_MAX and "_" not in value:
        try:
            found = float(value)
        except ValueError:
            return None
    else:
        return None
    return found if isfinite(found) else None


def place(latitude: object, longitude: object) -> tuple[float, float]:
    """Return a place on Earth; raises `NotUnderstood` for what is none."""
    found = number(latitude), number(longitude)
    if found[0] is None or found[1] is None:
        raise NotUnderstood("a coordinate is no number")
    if not (-LATITUDE_MAX <= found[0] <= LATITUDE_MAX and -LONGITUDE_MAX <= found[1] <= LONGITUDE_MAX):
        raise NotUnderstood("a coordinate is out of range")
    return found[0], found[1]


def moment(seconds_or_ms: float) -> int:
    """Return a number of seconds or milliseconds since 1970 as µs; raises `NotUnderstood` for no time at all."""
    scale = 1_000.0 if abs(seconds_or_ms) >= _MILLISECONDS_FROM else 1_000_000.0
    return checked_moment(seconds_or_ms * scale)


def checked_moment(time_us: float) -> int:
    """Return a time that the hub has a date for, as whole µs; raises `NotUnderstood`, for an infinite one too."""
    if not TIME_US_MIN <= time_us <= TIME_US_MAX:
        raise NotUnderstood("the time is out of range")
    return round(time_us)


def speed(value: object, factor: float) -> float | None:
    """Return a speed in m/s; clients write -1 for none."""
    found = number(value)
    return None if found is None or not 0.0 <= found * factor <= SPEED_MAX else found * factor


def heading(value: object) -> float | None:
    """Return a direction, 0 ≤ it < 360; clients write -1 for none, and 360 for north."""
    found = number(value)
    return None if found is None or not 0.0 <= found <= 360.0 else found % 360.0


def accuracy(value: object) -> float | None:
    """Return an accuracy; 0 and less are none."""
    found = number(value)
    return None if found is None or not 0.0 < found <= ACCURACY_MAX else found


def altitude(value: object) -> float | None:
    """Return an altitude; None for what is not near the Earth."""
    found = number(value)
    return None if found is None or not ALTITUDE_MIN <= found <= ALTITUDE_MAX else found
