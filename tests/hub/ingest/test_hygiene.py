"""Every rule about which fixes the map may show, on made-up tracks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.geo import METRES_PER_DEGREE
from hub.ingest import flags
from hub.ingest.hygiene import Silence, Track, Verdict, judge, silence_of

SECOND = 1_000_000
START = 1_767_225_600 * SECOND  # 2026-01-01
PLACE = (48.0, 11.0)


@dataclass
class Drive:
    """One ambulance whose device clock and network are perfect unless a test says otherwise."""

    track: Track = field(default_factory=Track)

    def fix(  # a test names only what it is about
        self,
        at_s: float,
        north_m: float = 0.0,
        *,
        accuracy: float = nan,
        recorded_s: float | None = None,
        skew_s: float = 0.0,
        place: tuple[float, float] | None = None,
    ) -> Verdict:
        received = START + round(at_s * SECOND)
        sent = received + round(skew_s * SECOND)
        recorded = sent if recorded_s is None else START + round(recorded_s * SECOND)
        latitude, longitude = place or (PLACE[0] + north_m / METRES_PER_DEGREE, PLACE[1])
        return judge(
            self.track,
            latitude=latitude,
            longitude=longitude,
            accuracy=accuracy,
            fix_at=received - max(0, sent - recorded),
            recorded_at=recorded,
            received_at=received,
            sent_at=sent,
        )

    @property
    def north_m(self) -> float:
        """Where the marker is."""
        return (self.track.latitude - PLACE[0]) * METRES_PER_DEGREE


@pytest.mark.parametrize("place", [(nan, 11.0), (48.0, nan), (90.1, 0.0), (-90.1, 0.0), (0.0, 180.1), (inf, 1.0)])
def test_a_place_that_is_not_on_earth_is_never_shown(place: tuple[float, float]) -> None:
    drive = Drive()
    assert drive.fix(0, place=place) == (flags.OUT_OF_RANGE, False)
    assert drive.fix(1) == (0, True)


def test_exactly_zero_zero_is_never_shown_but_the_equator_is() -> None:
    assert Drive().fix(0, place=(0.0, 0.0)) == (flags.NULL_ISLAND, False)
    assert Drive().fix(0, place=(0.0, 9.45)) == (0, True)


@pytest.mark.parametrize("skew_s", [-86_400, 10 * 365 * 86_400, -11, 11])
def test_a_wrong_device_clock_is_flagged_and_still_shown_in_order(skew_s: float) -> None:
    drive = Drive()
    for second in range(5):
        assert drive.fix(second, 20.0 * second, skew_s=skew_s) == (flags.CLOCK_SKEW, True)
    assert drive.north_m == pytest.approx(80.0)


def test_ten_seconds_of_skew_are_not_worth_a_flag() -> None:
    assert Drive().fix(0, skew_s=10) == (0, True)
    assert Drive().fix(0, skew_s=-10) == (0, True)


def test_a_sample_from_the_senders_own_future_is_flagged_and_does_not_freeze_the_marker() -> None:
    drive = Drive()
    assert drive.fix(0, recorded_s=365 * 86_400) == (flags.CLOCK_SKEW, True)
    assert drive.fix(1, 20.0) == (0, True)


def test_the_marker_never_moves_backwards_in_time() -> None:
    drive = Drive()
    drive.fix(10, 200.0)
    assert drive.fix(11, 180.0, recorded_s=9) == (flags.LATE, False)
    assert drive.north_m == pytest.approx(200.0)
    assert drive.fix(12, 220.0) == (0, True)


def test_two_fixes_of_the_same_instant_are_shown_in_the_order_of_the_log() -> None:
    drive = Drive()
    drive.fix(10, 0.0)
    assert drive.fix(10, 5.0).show
    assert drive.north_m == pytest.approx(5.0)


def test_an_inaccurate_fix_waits_until_the_better_one_is_thirty_seconds_old() -> None:
    drive = Drive()
    drive.fix(0, 0.0, accuracy=5.0)
    assert drive.fix(29, 300.0, accuracy=101.0) == (flags.INACCURATE, False)
    assert drive.fix(30, 300.0, accuracy=101.0) == (flags.INACCURATE, True)
    assert drive.fix(31, 50.0, accuracy=5.0) == (0, True), "two sigma of what was shown are no jump"


def test_the_first_fix_is_shown_however_inaccurate_and_a_better_one_replaces_it() -> None:
    drive = Drive()
    assert drive.fix(0, 0.0, accuracy=3_000.0) == (flags.INACCURATE, True)
    assert drive.fix(1, 40.0, accuracy=500.0) == (flags.INACCURATE, True)
    assert drive.fix(2, 20.0, accuracy=100.0) == (0, True)


def test_one_wild_fix_is_held_and_forgotten() -> None:
    drive = Drive()
    for second in range(5):
        drive.fix(second, 20.0 * second)
    assert drive.fix(5, 5_000.0) == (flags.JUMP, False)
    assert drive.fix(6, 120.0) == (0, True)
    assert drive.fix(7, 5_000.0) == (flags.JUMP, False)
    assert drive.fix(8, 160.0) == (0, True)


def test_a_jump_is_believed_when_the_next_two_fixes_agree() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    assert drive.fix(1, 5_000.0) == (flags.JUMP, False)
    assert drive.fix(2, 5_020.0) == (flags.JUMP, False)
    assert drive.fix(3, 5_040.0) == (0, True)
    assert drive.north_m == pytest.approx(5_040.0)


def test_wild_fixes_that_do_not_agree_with_each_other_are_never_believed() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    for second in range(1, 40):
        assert drive.fix(second, 20_000.0 * (second % 2 * 2 - 1)) == (flags.JUMP, False)


def test_speed_is_counted_from_the_last_moving_fix_so_a_tunnel_loses_nothing() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    drive.fix(1, 16.0)
    for second in range(2, 36):
        assert drive.fix(second, 16.0).show
    assert drive.fix(36, 16.0 + 470.0) == (0, True)


def test_a_vehicle_parked_over_night_is_not_moved_far_by_one_wild_fix() -> None:
    drive = Drive()
    for minute in range(600):
        drive.fix(60.0 * minute)
    assert drive.fix(36_001, 300_000.0) == (flags.JUMP, False)
    assert drive.north_m == pytest.approx(0.0)


def test_a_real_gap_counts_in_full() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    assert drive.fix(3_120, 60_000.0) == (0, True)


def test_speed_follows_the_device_clock_where_the_network_delivered_in_a_bunch() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    # Ten seconds of driving arrive together, sent late by a clock that says they were sent at once.
    assert drive.fix(0.1, 690.0, recorded_s=10.0) == (0, True)


def test_a_device_clock_that_steps_back_is_measured_by_the_hubs_clock() -> None:
    drive = Drive()
    drive.fix(100, 0.0)
    assert drive.fix(101, 30.0, skew_s=-5_000) == (flags.CLOCK_SKEW, True)
    assert drive.fix(102, 9_000.0, skew_s=-50_000) == (flags.JUMP | flags.CLOCK_SKEW, False)


def test_the_date_line_is_not_a_jump() -> None:
    drive = Drive()
    assert drive.fix(0, place=(-17.0, 179.9999)).show
    assert drive.fix(1, place=(-17.0, -179.9999)) == (0, True)
    assert drive.fix(2, place=(-17.0, 179.9999)) == (0, True)


def test_a_parked_vehicle_stands_still_however_noisy_its_receiver() -> None:
    noise = random.Random(7)  # noqa: S311 - reproducible noise
    drive = Drive()
    for second in range(5):
        drive.fix(second, 20.0 * second)
    markers = []
    for second in range(5, 600):
        verdict = drive.fix(second, 80.0 + max(-7.0, min(7.0, noise.gauss(0.0, 3.0))))
        assert verdict.show, "its age stays fresh"
        markers.append((verdict.flags, drive.track.latitude))
        assert drive.track.shown_at == START + second * SECOND
    settled = markers[12:]
    assert {bits for bits, _ in settled} == {flags.STATIONARY}
    assert len({latitude for _, latitude in settled}) == 1


def test_the_standing_circle_grows_with_the_stated_accuracy() -> None:
    drive = Drive()
    for second in range(12):
        drive.fix(second, 0.0, accuracy=40.0)
    assert drive.fix(12, 59.0, accuracy=40.0) == (flags.STATIONARY, True)
    assert drive.north_m == pytest.approx(0.0)
    assert drive.fix(13, 61.0, accuracy=40.0) == (0, True)
    assert drive.north_m == pytest.approx(61.0)


def test_a_marker_does_not_step_back_when_its_vehicle_comes_to_rest() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    for second in range(1, 30):
        drive.fix(second, min(14.0, 2.0 * second))
    assert drive.north_m == pytest.approx(14.0)


def test_a_device_clock_that_is_set_forward_makes_no_vehicle_stand() -> None:
    drive = Drive()
    drive.fix(0, 0.0)
    assert drive.fix(1, 5.0, recorded_s=3_601, skew_s=3_600) == (flags.CLOCK_SKEW, True)
    assert drive.north_m == pytest.approx(5.0)


def test_a_vehicle_in_ordinary_traffic_is_never_called_standing() -> None:
    drive = Drive()
    for second in range(300):
        verdict = drive.fix(second, 4.0 * second)
        assert verdict == (0, True)
        assert drive.north_m == pytest.approx(4.0 * second)


@given(
    st.lists(
        st.tuples(
            st.floats(allow_nan=True, allow_infinity=True),
            st.floats(allow_nan=True, allow_infinity=True),
            st.floats(allow_nan=True),
            st.integers(-(2**53), 2**53),
            st.integers(-(2**53), 2**53),
            st.integers(0, 2**53),
        ),
        max_size=40,
    )
)
def test_no_input_breaks_it_and_the_marker_only_goes_forward(
    fixes: list[tuple[float, float, float, int, int, int]],
) -> None:
    track = Track()
    for latitude, longitude, accuracy, recorded_at, sent_at, received_at in fixes:
        before = track.shown_at
        verdict = judge(
            track,
            latitude=latitude,
            longitude=longitude,
            accuracy=accuracy,
            fix_at=received_at - max(0, sent_at - recorded_at),
            recorded_at=recorded_at,
            received_at=received_at,
            sent_at=sent_at,
        )
        assert 0 <= verdict.flags <= flags.ALL
        assert track.shown_at >= before
        if verdict.show:
            assert -90 <= track.latitude <= 90 and -180 <= track.longitude <= 180


def test_every_flag_has_one_bit_and_a_name() -> None:
    assert sum(flags.NAMES) == flags.ALL
    assert flags.names(flags.LATE | flags.ALARM) == ["late", "alarm"]
    assert flags.names(0) == []


@pytest.mark.parametrize(
    ("age_s", "idle", "assigned"),
    [
        (29.9, Silence.FRESH, Silence.FRESH),
        (30, Silence.FRESH, Silence.WARN),
        (60, Silence.STALE, Silence.WARN),
        (90, Silence.STALE, Silence.ALERT),
        (300, Silence.OFFLINE, Silence.ALERT),
    ],
)
def test_silence_worries_sooner_on_an_assignment(age_s: float, idle: Silence, assigned: Silence) -> None:
    assert (silence_of(age_s, assigned=False), silence_of(age_s, assigned=True)) == (idle, assigned)
