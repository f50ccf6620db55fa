"""What was noticed about a stored fix: bits of `ambulance_positions.flags`, and their names on the wire."""

from __future__ import annotations

from typing import Final

NULL_ISLAND: Final = 1  # latitude and longitude exactly 0: a receiver without a position
CLOCK_SKEW: Final = 2  # the device's clock is more than 10 s away from the hub's, or behind its own samples
LATE: Final = 4  # older than what the map already showed
INACCURATE: Final = 8  # accuracy worse than 100 m
JUMP: Final = 16  # an implied speed over 70 m/s that the following fixes had not confirmed yet
STATIONARY: Final = 32  # within the circle in which the vehicle stands
ALARM: Final = 64  # carries an alarm
OUT_OF_RANGE: Final = 128  # not a place on Earth

ALL: Final = 255  # every bit that has a meaning

NAMES: Final = {
    NULL_ISLAND: "null_island",
    CLOCK_SKEW: "clock_skew",
    LATE: "late",
    INACCURATE: "inaccurate",
    JUMP: "jump",
    STATIONARY: "stationary",
    ALARM: "alarm",
    OUT_OF_RANGE: "out_of_range",
}


def names(flags: int) -> list[str]:
    """Return the names of the bits that are set, lowest bit first."""
    return [name for bit, name in NAMES.items() if flags & bit]
