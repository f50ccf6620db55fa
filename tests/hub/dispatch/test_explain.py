"""Choices in words, as records, and made again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hub.dispatch.choose import choose
from hub.dispatch.coverage import NOTHING, Coverage
from hub.dispatch.decision import Choice
from hub.dispatch.explain import again, decision, minutes, overruled, words
from hub.dispatch.unit import Unit, Waiting
from tests.hub.dispatch.scene import POLICY, busy, call, etas, unit, units_and_calls

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@given(scene=units_and_calls(), may_divert=st.booleans(), suggest=st.booleans())
def test_a_decision_can_be_made_again_from_what_was_stored(
    scene: tuple[list[Waiting], list[Unit], NDArray[np.float64]], may_divert: bool, suggest: bool
) -> None:
    waiting, units, times = scene
    reach = {each.id: np.eye(15, dtype=bool)[each.id] for each in units}
    coverage = Coverage(np.linspace(0, 2, 15), reach, 0.4)
    policy = replace(POLICY, shortlist=3)  # so that there are units that are left out
    for choice in choose(waiting, units, times, policy, coverage, may_divert=may_divert):
        kind = "suggest" if suggest else None
        made = decision(choice, at=AT, travel="line", duration_ms=1.5, kind=kind)  # type: ignore[arg-type]
        kept = replace(made, inputs=orjson.loads(orjson.dumps(made.inputs)))
        assert again(kept) == kept
        assert 0 < len(made.words) <= 4_000
        assert orjson.loads(orjson.dumps(made.candidates)) == made.candidates


def test_a_person_s_choice_stays_theirs() -> None:
    made = decision(one(unit(1), unit(2)), at=AT, travel="roads", duration_ms=1.0, kind="suggest")
    changed = overruled(made, 2, decided_by=UUID(int=5), reason="knows the house")
    assert (changed.kind, changed.ambulance_id) == ("overrule", 2)
    assert again(changed) == changed


def one(*units: Unit, asked: Waiting | None = None, seconds: tuple[float, ...] = (100, 200, 300)) -> Choice:
    """Return the choice for one call, with these ETAs in order."""
    [choice] = choose([asked or call(1)], list(units), etas(list(seconds[: len(units)])), POLICY, NOTHING)
    return choice


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        pytest.param(
            one(unit(1), unit(2)), "MH-1 is there in 2 min (by straight line): no other is nearer.", id="nearest"
        ),
        pytest.param(
            one(busy(1, 2), unit(2)),
            "MH-2 is there in 3 min (by straight line). MH-1 is nearer (2 min), but it has another call.",
            id="nearest has a call",
        ),
        pytest.param(
            one(unit(1, capability="neonatal"), unit(2)),
            "MH-2 is there in 3 min (by straight line). MH-1 is nearer (2 min), but it can do more than is needed "
            "here, and may be missed elsewhere.",
            id="nearest is spared",
        ),
        pytest.param(
            one(unit(1, fix_age_s=None)),
            "MH-1 is there in 2 min (by straight line): no other is nearer. It has sent no fresh position: its base "
            "stands for it.",
            id="base",
        ),
        pytest.param(
            one(unit(1), seconds=(1_000,)),
            "MH-1 is there in 17 min (by straight line): no other is nearer. It will come after the target.",
            id="late",
        ),
        pytest.param(
            one(unit(1), busy(2, 3), asked=call(1, 1), seconds=(470, 40)),
            "MH-1 is there in 8 min (by straight line). MH-2 would be there in 40 s, taken from a less urgent call: a "
            "dispatcher may decide that.",
            id="diversion",
        ),
        pytest.param(
            one(busy(1, 3, "at_destination", free_in_s=120.0)),
            "It waits for MH-1, which should be free in 2 min and 2 min away.",
            id="waits for one",
        ),
        pytest.param(
            one(unit(1, status="out_of_service")),
            "No unit can take it now. Of MH-1, 2 min away: it is out of service.",
            id="nobody",
        ),
        pytest.param(
            one(unit(1), asked=call(1, 3), seconds=(1.5e6,)),
            "MH-1, the nearest, is 417 h away. That is very far: is the place of the call right?",
            id="wrong place",
        ),
        pytest.param(
            one(unit(1), asked=call(1, 1), seconds=(1.5e6,)),
            "MH-1 is there in 417 h (by straight line): no other is nearer. That is very far: is the place of the call "
            "right?",
            id="wrong place of an urgent call",
        ),
        pytest.param(
            one(unit(1), asked=call(1, place=None), seconds=(np.nan,)),
            "Where the call is, nobody has said: no unit can be chosen before it has a place.",
            id="no place",
        ),
        pytest.param(one(), "No unit can take it: there is none.", id="no units"),
    ],
)
def test_a_choice_in_words(choice: Choice, expected: str) -> None:
    assert words(choice) == expected


def test_cover_is_a_reason() -> None:
    alone = Coverage(np.array([4.0]), {1: np.array([True]), 2: np.array([False])}, 0.1)
    [choice] = choose([call(1, 3)], [unit(1), unit(2)], etas([200, 230]), POLICY, alone)
    assert "its area would be left with too little cover" in words(choice)


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "an unknown time"), (45.2, "45 s"), (90, "2 min"), (400, "7 min"), (7_200, "2 h")]
)
def test_times_are_said_as_people_do(seconds: float | None, said: str) -> None:
    assert minutes(seconds) == said
