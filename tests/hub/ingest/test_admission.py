"""One frame becomes rows, dead letters and alarms, sample by sample."""

from __future__ import annotations

from math import isnan

import pytest

from hub.ingest.admission import Place, admit, digest_of, fix_time
from hub.ingest.flags import ALARM, CLOCK_SKEW, NULL_ISLAND
from hub.ingest.hygiene import Track
from hub.protocol.limits import TIME_US_MAX, TIME_US_MIN

SECOND_US = 1_000_000
ARRIVED = 1_800_000_000 * SECOND_US
PLACE = Place(stream_id=7, device_id=3, ambulance_id=5, received_at=ARRIVED, sent_at=ARRIVED)
SEQ, RECEIVED_AT, AMBULANCE_ID, RECORDED_AT, FIX_AT, FLAGS = 1, 2, 3, 4, 5, 12


def fix(**changed: object) -> list[object]:
    """Return a sound fix, taken when it was sent."""
    sample: dict[str, object] = {"at": ARRIVED, "lat": 48.1, "lon": 11.5, "v": 3.0, "h": 9.0, "acc": 5.0, "alt": 520.0}
    return list((sample | changed).values())


def test_a_sound_fix_becomes_a_row_in_the_order_of_the_columns() -> None:
    admitted = admit([fix()], 1, PLACE, Track())
    assert admitted.rows == [(7, 1, ARRIVED, 5, ARRIVED, ARRIVED, 48.1, 11.5, 3.0, 9.0, 5.0, 520.0, 0)]
    assert not admitted.dead
    assert not admitted.alarms
    assert admitted.shown is not None
    assert admitted.shown_at == ARRIVED


def test_null_is_stored_as_nan() -> None:
    row = admit([fix(v=None, h=None, acc=None, alt=None)], 1, PLACE, Track()).rows[0]
    assert all(isinstance(value, float) and isnan(value) for value in row[8:12])


def test_a_whole_number_is_a_number() -> None:
    assert admit([fix(lat=48, v=3)], 1, PLACE, Track()).rows[0][6:9] == (48.0, 11.5, 3.0)


def test_a_heading_that_real_would_round_to_360_is_north() -> None:
    headings = [admit([fix(h=heading)], 1, PLACE, Track()).rows[0][9] for heading in (359.99997, 359.99999, 360.0)]
    assert headings == [359.99997, 0.0, 0.0]


@pytest.mark.parametrize(
    ("sent_at", "recorded_at", "fix_at"),
    [
        (ARRIVED, ARRIVED - 3 * SECOND_US, ARRIVED - 3 * SECOND_US),
        (0, -3 * SECOND_US, ARRIVED - 3 * SECOND_US),  # a clock that stands in 1970
        (ARRIVED + 10**15, ARRIVED + 10**15, ARRIVED),  # one that is years ahead
        (ARRIVED, ARRIVED + SECOND_US, ARRIVED),  # taken after it was sent
        (TIME_US_MAX, 0, TIME_US_MIN),  # one that jumped eight thousand years: no calendar goes back so far
    ],
)
def test_a_sample_is_as_old_as_the_device_says_however_wrong_its_clock(
    sent_at: int, recorded_at: int, fix_at: int
) -> None:
    place = Place(7, 3, 5, ARRIVED, sent_at)
    assert fix_time(place, recorded_at) == fix_at
    row = admit([fix(at=recorded_at)], 1, place, Track()).rows[0]
    assert row[FIX_AT] == fix_at
    assert row[RECORDED_AT] == recorded_at


def test_a_skewed_clock_is_flagged() -> None:
    place = Place(7, 3, 5, ARRIVED, ARRIVED - 11 * SECOND_US)
    assert admit([fix(at=place.sent_at)], 1, place, Track()).rows[0][FLAGS] == CLOCK_SKEW


def test_what_is_stored_and_not_sound_is_not_shown() -> None:
    admitted = admit([fix(lat=0.0, lon=0.0)], 1, PLACE, Track())
    assert admitted.rows[0][FLAGS] == NULL_ISLAND
    assert admitted.shown is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (None, "malformed"),
        ([], "malformed"),
        (fix()[:6], "malformed"),
        ([*fix(), None, None], "malformed"),
        (fix(at=1.5), "invalid_value"),
        (fix(at=True), "invalid_value"),
        (fix(at=2**62), "invalid_value"),
        (fix(lat="48.1"), "malformed"),
        (fix(lat=None), "malformed"),
        (fix(lat=float("nan")), "invalid_value"),
        (fix(lat=90.01), "invalid_value"),
        (fix(lon=-180.01), "invalid_value"),
        (fix(lon=10**400), "invalid_value"),
        (fix(v=-0.1), "invalid_value"),
        (fix(v=float("inf")), "invalid_value"),
        (fix(v=True), "malformed"),
        (fix(h=360.5), "invalid_value"),
        (fix(acc=-1.0), "invalid_value"),
        (fix(alt=-1_001.0), "invalid_value"),
        ([*fix(), "sos"], "malformed"),
        ([*fix(), ["fire", "1"]], "invalid_value"),
        ([*fix(), ["sos", ""]], "invalid_value"),
        ([*fix(), ["sos", "x" * 65]], "invalid_value"),
        ([*fix(), ["sos", "a\nb"]], "invalid_value"),
        (b"\xff", "malformed"),
        ({"latitude": 48.1}, "malformed"),
    ],
)
def test_a_sample_that_can_never_be_stored_is_refused_alone(raw: object, code: str) -> None:
    admitted = admit([fix(), raw, fix()], 10, PLACE, Track())
    assert [row[SEQ] for row in admitted.rows] == [10, 12]
    assert [(letter.stream_id, letter.seq, letter.code) for letter in admitted.dead] == [(7, 11, code)]
    assert 0 < len(admitted.dead[0].body) <= 1_024


def test_a_refused_sample_keeps_only_the_head_of_its_body() -> None:
    assert len(admit(["x" * 100_000], 1, PLACE, Track()).dead[0].body) == 1_024


def test_a_refused_sample_may_be_nested_deeper_than_it_can_be_written() -> None:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    assert admit([deep], 1, PLACE, Track()).dead[0].body == b'"nested too deeply"'


def test_a_heading_of_360_degrees_is_north() -> None:
    assert admit([fix(h=360.0)], 1, PLACE, Track()).rows[0][9] == 0.0


def test_an_alarm_is_flagged_and_stored_with_its_place_and_time() -> None:
    admitted = admit([[*fix(at=ARRIVED - SECOND_US), ["sos", "call-1"]]], 4, PLACE, Track())
    assert admitted.rows[0][FLAGS] == ALARM
    (alarm,) = admitted.alarms
    assert (alarm.device_id, alarm.alarm_id, alarm.kind, alarm.ambulance_id) == (3, "call-1", "sos", 5)
    assert (alarm.stream_id, alarm.seq, alarm.raised_at, alarm.late) == (7, 4, ARRIVED - SECOND_US, False)


def test_an_alarm_on_a_late_fix_says_that_it_is_late() -> None:
    track = Track()
    admit([fix()], 1, PLACE, track)
    late = admit([[*fix(at=ARRIVED - 60 * SECOND_US), ["sos", "call-1"]]], 2, PLACE, track)
    assert late.alarms[0].late


def test_a_sample_that_a_hint_has_shown_is_not_shown_again() -> None:
    place = Place(7, 3, 5, ARRIVED, ARRIVED, shown_seq=2)
    assert admit([fix(), fix()], 1, place, Track()).shown is None
    assert admit([fix(), fix(), fix()], 1, place, Track()).shown is not None


def test_bodies_of_one_sample_are_told_apart_by_time_and_place() -> None:
    assert digest_of(fix()) == digest_of(fix(v=99.0))
    assert digest_of(fix()) != digest_of(fix(lat=48.2))
    assert digest_of([]) == digest_of(None) == digest_of([[], {}, []])
