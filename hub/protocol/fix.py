"""A fix: one GPS sample, as the wire carries it."""

from __future__ import annotations

from math import isnan, nan
from typing import NamedTuple

from hub.errors import InvalidValue, Malformed
from hub.protocol.limits import (
    ACCURACY_MAX,
    ALARM_ID_CHARS_MAX,
    ALTITUDE_MAX,
    ALTITUDE_MIN,
    HEADING_MAX,
    LATITUDE_MAX,
    LONGITUDE_MAX,
    SPEED_MAX,
    TIME_US_MAX,
    TIME_US_MIN,
)

ALARM_KINDS = frozenset({"sos"})
# Halfway between the two largest float32 up to 360: from here on PostgreSQL's real would round to 360, which is north.
_HEADING_STORED_AS_360 = 360.0 - 2.0**-16


class Alarm(NamedTuple):
    """A call for help that rides on a fix; its id makes it fire once, however often the fix is sent."""

    kind: str
    id: str


class Fix(NamedTuple):
    """One GPS sample. NaN stands for what the receiver did not give; times are microseconds since 1970 UTC."""

    recorded_at: int
    latitude: float  # degrees, WGS 84
    longitude: float  # degrees, WGS 84
    speed: float = nan  # m/s over ground
    heading: float = nan  # degrees clockwise from true north, [0, 360)
    accuracy: float = nan  # metres, radius of one standard deviation
    altitude: float = nan  # metres
    alarm: Alarm | None = None

    def wire(self) -> list[object]:
        """Return the array of the protocol page: seven elements, eight with an alarm."""
        head: list[object] = [self.recorded_at, self.latitude, self.longitude]
        tail = [None if isnan(value) else value for value in self[3:7]]
        return head + tail + ([list(self.alarm)] if self.alarm else [])


def parse_fix(raw: object) -> Fix:
    """Read one element of `fixes`; raises `Malformed` or `InvalidValue`, which refuses this sample alone."""
    if type(raw) is not list or not 7 <= len(raw) <= 8:
        raise Malformed("a fix is an array of 7 or 8 elements")
    recorded_at = raw[0]
    latitude, longitude, speed, heading, accuracy, altitude = _numbers(raw)
    if type(recorded_at) is not int or not TIME_US_MIN <= recorded_at <= TIME_US_MAX:
        raise InvalidValue("recorded_at must be integer microseconds since 1970, years 1900 to 9999")
    # Written so that NaN fails for the position and passes for the rest.
    if not (-LATITUDE_MAX <= latitude <= LATITUDE_MAX and -LONGITUDE_MAX <= longitude <= LONGITUDE_MAX):
        raise InvalidValue("latitude or longitude is out of range")
    if speed < 0.0 or speed > SPEED_MAX or accuracy < 0.0 or accuracy > ACCURACY_MAX:
        raise InvalidValue("speed or accuracy is out of range")
    if heading < 0.0 or heading > HEADING_MAX or altitude < ALTITUDE_MIN or altitude > ALTITUDE_MAX:
        raise InvalidValue("heading or altitude is out of range")
    if heading >= _HEADING_STORED_AS_360:
        heading = 0.0
    alarm = parse_alarm(raw[7]) if len(raw) == 8 else None
    return Fix(recorded_at, latitude, longitude, speed, heading, accuracy, altitude, alarm)


def parse_alarm(raw: object) -> Alarm | None:
    """Read the eighth element of a fix: null, or an array of kind and id."""
    if raw is None:
        return None
    if type(raw) is not list or len(raw) != 2:
        raise Malformed("an alarm is an array of kind and id")
    kind, alarm_id = raw
    if type(kind) is not str or kind not in ALARM_KINDS:
        raise InvalidValue("an alarm's kind must be: sos")
    if type(alarm_id) is not str or not 1 <= len(alarm_id) <= ALARM_ID_CHARS_MAX or not alarm_id.isprintable():
        raise InvalidValue(f"an alarm's id must have 1 to {ALARM_ID_CHARS_MAX} printable characters")
    return Alarm(kind, alarm_id)


def _numbers(raw: list[object]) -> tuple[float, float, float, float, float, float]:
    latitude, longitude, speed, heading, accuracy, altitude = raw[1:7]
    # Most receivers give every value, as a float: then there is nothing to convert.
    if (
        type(latitude) is float
        and type(longitude) is float
        and type(speed) is float
        and type(heading) is float
        and type(accuracy) is float
        and type(altitude) is float
    ):
        return latitude, longitude, speed, heading, accuracy, altitude
    return (
        _number(latitude),
        _number(longitude),
        _optional(speed),
        _optional(heading),
        _optional(accuracy),
        _optional(altitude),
    )


def _number(value: object) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise InvalidValue("a number is out of range") from None
    raise Malformed("a fix holds numbers, and null where the receiver gave none")


def _optional(value: object) -> float:
    return nan if value is None else _number(value)
