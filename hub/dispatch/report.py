"""What a shift report tells: which intervals, between which NEMSIS times, and when a shift begins and ends. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from hub.errors import InvalidValue

# NEMSIS 3.5 data dictionary, section eTimes. The call is `.01` or, of a scheduled transport, the time it is for.
INTERVALS: Final = MappingProxyType(
    {
        "response": "from the call (eTimes.01) to the first unit at the scene (.06)",
        "chute": "from the unit notified (.03) to en route (.05)",
        "travel": "from en route (.05) to the scene (.06)",
        "scene": "from the scene (.06) to leaving it (.09)",
        "transport": "from leaving the scene (.09) to the destination (.11)",
        "call_to_arrival": "from the call (.01) to the destination (.11)",
    }
)
LONGEST: Final = timedelta(days=366)


def shift(day: date, begins: time, ends: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return when a shift began and ended: local times of a day, the end on the day after where it is not later.

    On the nights when clocks are changed a shift is an hour longer or shorter, as it is for who works it.
    """
    since = datetime.combine(day, begins, zone)
    until = datetime.combine(day if ends > begins else day + timedelta(days=1), ends, zone)
    return since.astimezone(UTC), until.astimezone(UTC)


def check_span(since: datetime, until: datetime) -> None:
    """Raise `InvalidValue` for a range that is empty or longer than a year."""
    if since >= until:
        raise InvalidValue("the range ends before it begins", field="since")
    if until - since > LONGEST:
        raise InvalidValue("a report covers a year at most", field="since")
