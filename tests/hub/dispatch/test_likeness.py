"""When two calls look the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.dispatch.likeness import NewCallFacts, OtherCall, compare

NOW = datetime(2031, 3, 3, 12, tzinfo=UTC)
HERE = (18.52, 73.85)
NEW = NewCallFacts(HERE, NOW)
OTHER = OtherCall((19.0, 73.0), NOW - timedelta(minutes=5), False, False, 0.0)
M = 1 / 111_195  # degrees of latitude


@pytest.mark.parametrize(
    ("metres", "minutes", "is_like"),
    [(299, 29, True), (301, 29, False), (299, 31, False)],
    ids=["just near", "too far", "too long ago"],
)
def test_a_place_counts_within_300_m_and_30_min(metres: float, minutes: float, is_like: bool) -> None:
    other = replace(OTHER, place=(HERE[0] + metres * M, HERE[1]), at=NOW - timedelta(minutes=minutes))
    found = compare(NEW, other)
    assert (found is not None) is is_like


def test_a_complaint_alone_counts_where_the_place_is_not_known_or_near() -> None:
    alike = replace(OTHER, complaint_likeness=0.6)
    assert compare(NEW, alike) is None
    assert compare(NEW, replace(alike, place=None)) is not None
    assert compare(NEW, replace(alike, place=(HERE[0] + 1_900 * M, HERE[1]))) is not None
    assert compare(NewCallFacts(None, NOW), alike) is not None
    assert compare(NEW, replace(alike, place=None, at=NOW - timedelta(minutes=31))) is None
    assert compare(NEW, replace(alike, place=None, complaint_likeness=0.39)) is None


def test_number_and_patient_count_alone_and_whenever_it_was() -> None:
    before = replace(OTHER, at=NOW - timedelta(hours=20))
    number = compare(NEW, replace(before, same_number=True))
    both = compare(NEW, replace(before, same_number=True, same_patient=True))
    assert number is not None
    assert both is not None
    assert (number.why, both.why) == (("the same number",), ("the same number", "the same patient"))
    assert both.score > number.score
