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


class SetBack(Clock):
    """A machine whose clock is set back by an hour."""

    moments = iter((2_000_000_000, 2_000_000_000 - 3_600_000_000 + 5, 2_000_000_010))

    def _machine_us(self) -> int:
        return next(self.moments)


def test_what_orders_fixes_never_goes_back() -> None:
    clock = SetBack()
    assert [clock.now_us() for _ in range(3)] == [2_000_000_000, 2_000_000_000, 2_000_000_010]
