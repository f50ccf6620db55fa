"""Times between datetimes and microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from hub.clock import Clock, from_us, to_us


@given(st.datetimes(timezones=st.just(UTC)))
def test_microseconds_are_exact_there_and_back(moment: datetime) -> None:
    assert from_us(to_us(moment)) == moment


def test_zones_do_not_matter() -> None:
    east = timezone(timedelta(hours=5, minutes=30))
    assert to_us(datetime(1970, 1, 1, 5, 30, 0, 1, tzinfo=east)) == 1


def test_the_clocks_agree() -> None:
    clock = Clock()
    assert abs(clock.now_us() - to_us(clock.now())) < 1_000_000
    assert clock.monotonic_s() <= clock.monotonic_s()
