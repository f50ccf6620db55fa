"""The state machine of an assignment: each step once, and whatever order steps come in, by hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.dispatch.assignment import (
    AMBULANCE_STATUS,
    ENDS,
    LIVE,
    STAGES,
    TAKEN,
    Assignment,
    IllegalStep,
    Step,
    fill,
    is_late,
    is_repeat,
    take,
)
from hub.dispatch.request import CLOSED, OPEN, RequestClosed, progress, require_open
from hub.errors import InvalidValue

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
OTHER = UUID(int=7)
OFFERED = Assignment("offered", {"offered": START})
STEPS = st.builds(
    Step,
    to=st.sampled_from([*STAGES, *sorted(ENDS)]),
    at=st.integers(-600, 3_600).map(lambda seconds: START + timedelta(seconds=seconds)),
    reason=st.just("so it is"),
    diverted_to=st.just(OTHER),
    no_transport=st.booleans(),
)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def after(*stages: str) -> Assignment:
    state = OFFERED
    for minute, stage in enumerate(stages, 1):
        state = take(state, Step(stage, at(minute), "so it is", OTHER)).assignment
    return state


@given(st.lists(STEPS, max_size=25))
def test_whatever_is_said_the_times_never_descend_and_none_is_ever_another(steps: list[Step]) -> None:
    state = OFFERED
    for step in steps:
        before = state
        try:
            moved = fill(state, step) if is_late(state, step) else take(state, step)
        except IllegalStep as refused:
            assert refused.current == before.status
            continue
        state = moved.assignment
        assert all(state.times[stage] == time for stage, time in before.times.items())
        assert state.times[step.to] == moved.at
        assert not set(moved.skipped) & state.times.keys()
        if before.status in ENDS:
            assert state.status == before.status, "no end is left"
        stages = [state.times[stage] for stage in STAGES if stage in state.times]
        assert all(earlier <= later for earlier, later in pairwise(stages))
        assert max(state.times.values()) == state.times[state.status]
        assert (state.status in LIVE) == (state.status in AMBULANCE_STATUS)
        assert progress("queued", [state.status]) == _expected(state.status)


def _expected(status: str) -> str:
    if status == "cleared":
        return "completed"
    if status not in TAKEN:
        return "queued"
    return "assigned" if status in ("accepted", "en_route") else status


@given(st.sampled_from([*OPEN, *sorted(CLOSED)]), st.lists(st.sampled_from([*sorted(LIVE), *sorted(ENDS)])))
def test_a_request_follows_from_its_assignments(status: str, assignments: list[str]) -> None:
    found = progress(status, assignments)
    if status in CLOSED:
        assert found == status
        with pytest.raises(RequestClosed):
            require_open(status)
    elif TAKEN.isdisjoint(assignments):
        assert found == ("completed" if "cleared" in assignments else "queued" if assignments else status)
    else:
        assert found not in CLOSED
        assert STAGES.index(max((one for one in assignments if one in TAKEN), key=STAGES.index)) >= 1


def test_each_stage_follows_the_one_before() -> None:
    state = after(*STAGES[1:])
    assert list(state.times) == list(STAGES)
    assert not after("accepted", "en_route").no_transport


def test_a_stage_that_is_passed_over_is_named_and_has_no_time() -> None:
    moved = take(after("accepted"), Step("transporting", at(9)))
    assert moved.skipped == ("en_route", "on_scene")
    assert not {"en_route", "on_scene"} & moved.assignment.times.keys()


def test_a_time_before_the_newest_is_raised_to_it() -> None:
    moved = take(after("accepted"), Step("en_route", START))
    assert moved.at == at(1)


@pytest.mark.parametrize(
    ("stages", "to"),
    [
        ((), "en_route"),
        ((), "cleared"),
        (("accepted",), "accepted"),
        (("accepted",), "declined"),
        (("accepted",), "expired"),
        (("accepted",), "cleared"),
        (("accepted", "en_route"), "cleared"),
        (("accepted", "on_scene"), "on_scene"),
        (("accepted", "on_scene"), "nonsense"),
        (("declined",), "accepted"),
        (("cancelled",), "accepted"),
        (("accepted", "diverted"), "on_scene"),
        (("accepted", "on_scene", "cleared"), "cancelled"),
    ],
    ids=lambda value: "-".join(value) or "offered" if isinstance(value, tuple) else value,
)
def test_an_illegal_step_says_where_it_is(stages: tuple[str, ...], to: str) -> None:
    state = after(*stages)
    with pytest.raises(IllegalStep, match=f"the assignment is {state.status.replace('_', ' ')}"):
        take(state, Step(to, at(30), "so it is", OTHER))


def test_nobody_is_taken_along_from_the_scene_alone() -> None:
    moved = take(after("accepted", "on_scene"), Step("cleared", at(9), no_transport=True))
    assert (moved.assignment.no_transport, moved.skipped) == (True, ())
    with pytest.raises(IllegalStep):
        take(after("accepted", "transporting"), Step("cleared", at(9), no_transport=True))


def test_some_steps_need_a_reason() -> None:
    for to in ("declined", "cancelled", "diverted"):
        with pytest.raises(InvalidValue):
            take(OFFERED, Step(to, at(1)))
    with pytest.raises(InvalidValue):
        take(OFFERED, Step("diverted", at(1), "a worse one"))


def test_a_stage_told_late_gets_the_time_that_fits_and_nothing_else_changes() -> None:
    state = after("accepted", "on_scene", "cleared")  # at minutes 1, 2, 3
    late = Step("en_route", at(1.5))
    assert is_late(state, late)
    moved = fill(state, late)
    assert (moved.assignment.status, moved.at, moved.skipped) == ("cleared", at(1.5), ())
    for wrong in (at(0.5), at(2.5)):
        with pytest.raises(IllegalStep):
            fill(state, Step("en_route", wrong))
    cancelled = after("accepted", "cancelled")
    assert fill(cancelled, late).assignment.status == "cancelled"  # it had left before it was called back
    with pytest.raises(IllegalStep):
        fill(cancelled, Step("en_route", at(5)))


@pytest.mark.parametrize("to", ["accepted", "declined", "cleared", "cancelled", "offered"])
def test_who_took_it_and_how_it_ended_is_not_told_late(to: str) -> None:
    assert not is_late(after("expired"), Step(to, at(0.5)))
    with pytest.raises(IllegalStep):
        fill(after("expired"), Step(to, at(0.5)))


def test_who_took_nobody_along_did_not_drive_anybody() -> None:
    state = take(after("accepted", "on_scene"), Step("cleared", at(9), no_transport=True)).assignment
    assert not is_late(state, Step("transporting", at(5)))


def test_what_has_been_is_a_repeat() -> None:
    state = after("accepted", "on_scene")
    assert is_repeat(state, Step("accepted", at(9)))
    assert is_repeat(state, Step("on_scene", at(9)))
    assert not is_repeat(state, Step("en_route", at(9)))
