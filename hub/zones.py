"""Which names are time zones: those of the IANA database, as Python has it."""

from __future__ import annotations

from zoneinfo import available_timezones

from hub.errors import InvalidValue

NAMES = frozenset(available_timezones())  # a walk through files: at import, not on the event loop


def check_zone(name: object, field: str = "time_zone") -> None:
    """Accept the name of a time zone, or none at all; raises InvalidValue."""
    if name is not None and name not in NAMES:
        raise InvalidValue("this is not the name of a time zone", field=field)
