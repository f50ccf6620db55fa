"""Who can be asked, and why others can not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hub.dispatch.eligibility import REASONS, SENTENCES, columns_of, why_not, without_way
from hub.dispatch.unit import ABLE, CAPABILITIES, Unit, Waiting
from tests.hub.dispatch.scene import POLICY, STAGES, busy, call, unit


def reason(asked: Waiting, of: Unit) -> str:
    return REASONS[int(why_not([asked], columns_of([of], POLICY), POLICY)[0, 0])]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        pytest.param({}, "", id="free"),
        pytest.param({"status": "out_of_service"}, "out_of_service", id="out of service"),
        pytest.param({"status": "offline"}, "offline", id="offline"),
        pytest.param({"capability": "transport"}, "capability", id="can not"),
        pytest.param({"fix_age_s": 300.0}, "", id="an old fix"),
        pytest.param({"fix_age_s": 301.0}, "", id="a base for a fix that is too old"),
        pytest.param({"fix_age_s": 301.0, "base": None}, "no_place", id="an old fix and no base"),
        pytest.param({"place": None, "fix_age_s": None}, "", id="a base alone"),
        pytest.param({"place": None, "base": None}, "no_place", id="nowhere"),
        pytest.param({"is_connected": False}, "", id="no tablet"),
    ],
)
def test_a_unit_can_be_asked_or_not(others: dict[str, Any], expected: str) -> None:
    assert reason(call(1), unit(1, **others)) == expected


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_only_the_most_urgent_takes_units_on_their_way_to_less_urgent_calls(stage: str, priority: int) -> None:
    for theirs in (1, 2, 3, 4):
        may = priority == 1 and theirs >= 3 and stage in ("offered", "accepted", "en_route")
        assert reason(call(1, priority), busy(1, theirs, stage)) == ("" if may else "busy")


def test_who_refused_or_has_the_offer_is_not_asked() -> None:
    assert reason(call(1, refused_by=frozenset({1})), unit(1)) == "declined"
    assert reason(call(1, offered_to=frozenset({1})), busy(1, 2, "offered")) == "offered"
    assert reason(call(1, refused_by=frozenset({2})), unit(1)) == ""


@pytest.mark.parametrize("need", CAPABILITIES)
def test_what_a_call_needs_is_found(need: str) -> None:
    able = {
        capability for capability in CAPABILITIES if reason(call(1, needs=need), unit(1, capability=capability)) == ""
    }
    assert able == ABLE[need]


def test_without_words_a_scheduled_call_needs_transport_alone() -> None:
    assert reason(call(1, 4), unit(1, capability="transport")) == ""
    assert reason(call(1, 3), unit(1, capability="transport")) == "capability"


def test_without_a_way_nobody_is_asked() -> None:
    assert reason(call(1, place=None), unit(1)) == "no_way"
    codes = why_not([call(1)], columns_of([unit(1), unit(2)], POLICY), POLICY)
    assert [REASONS[code] for code in without_way(codes, np.array([[np.nan, 5.0]]))[0]] == ["no_way", ""]


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(REASONS) - {""}
