"""When shifts begin and end."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.dispatch.report import check_span, shift
from hub.errors import InvalidValue

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("day", "begins", "ends", "hours"),
    [
        (date(2031, 1, 6), time(7), time(19), 12),
        (date(2031, 1, 6), time(19), time(7), 12),
        (date(2031, 1, 6), time(0), time(0), 24),
        (date(2031, 3, 29), time(19), time(7), 11),
        (date(2031, 10, 25), time(19), time(7), 13),
    ],
    ids=["a day", "a night", "24 hours", "the night when clocks go forward", "and when they go back"],
)
def test_a_shift_is_as_long_as_for_who_works_it(day: date, begins: time, ends: time, hours: int) -> None:
    since, until = shift(day, begins, ends, BERLIN)
    assert until - since == timedelta(hours=hours)
    assert since == datetime.combine(day, begins, BERLIN)


def test_a_range_is_neither_empty_nor_longer_than_a_year() -> None:
    noon = datetime(2031, 3, 3, 12, tzinfo=UTC)
    check_span(noon, noon + timedelta(days=366))
    for until in (noon, noon - timedelta(seconds=1), noon + timedelta(days=367)):
        with pytest.raises(InvalidValue):
            check_span(noon, until)
