"""Times that are corrected, and times from paper."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.dispatch.assignment import Assignment
from hub.dispatch.correction import corrected, from_paper, passed_over
from hub.errors import Conflict, InvalidValue

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
NOW = START + timedelta(hours=2)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


SERVED = Assignment(
    "cleared",
    {"offered": at(0), "accepted": at(1), "on_scene": at(9), "transporting": at(20), "cleared": at(50)},
)


def test_a_time_becomes_another_one_is_added_and_one_is_taken_away() -> None:
    state = corrected(SERVED, {"on_scene": at(8), "en_route": at(2), "transporting": None}, NOW)
    assert (state.times["on_scene"], state.times["en_route"]) == (at(8), at(2))
    assert "transporting" not in state.times
    assert passed_over(state) == ["transporting", "at_destination"]
    assert passed_over(SERVED) == ["en_route", "at_destination"]


@pytest.mark.parametrize(
    ("stage", "minutes", "error"),
    [
        ("on_scene", 0.5, InvalidValue),  # before it was accepted
        ("on_scene", 21, InvalidValue),  # after it had left
        ("cleared", 121, InvalidValue),  # in the future
        ("cleared", None, InvalidValue),  # its end
        ("accepted", None, InvalidValue),
        ("cancelled", 10, Conflict),  # it was not
        ("nonsense", 10, Conflict),
    ],
)
def test_what_cannot_have_been_is_refused(stage: str, minutes: float | None, error: type[Exception]) -> None:
    with pytest.raises(error):
        corrected(SERVED, {stage: None if minutes is None else at(minutes)}, NOW)


def test_a_stage_that_was_not_come_to_has_no_time() -> None:
    driving = Assignment("en_route", {"offered": at(0), "accepted": at(1), "en_route": at(2)})
    with pytest.raises(Conflict):
        corrected(driving, {"on_scene": at(3)}, NOW)
    stayed = Assignment(
        "cleared", {"offered": at(0), "accepted": at(1), "on_scene": at(2), "cleared": at(3)}, no_transport=True
    )
    with pytest.raises(Conflict):
        corrected(stayed, {"transporting": at(2.5)}, NOW)


def test_times_from_paper_make_an_assignment_that_is_over() -> None:
    state = from_paper({"offered": at(0), "on_scene": at(9), "cleared": at(30)}, NOW, no_transport=False)
    assert (state.status, passed_over(state)) == (
        "cleared",
        ["accepted", "en_route", "transporting", "at_destination"],
    )
    assert from_paper({"offered": at(0), "cancelled": at(3)}, NOW, no_transport=False).status == "cancelled"


@pytest.mark.parametrize(
    "times",
    [
        {"accepted": 1, "cleared": 3},
        {"offered": 0},
        {"offered": 0, "cleared": 3, "cancelled": 4},
        {"offered": 0, "declined": 3},
        {"offered": 5, "cleared": 3},
        {"offered": 0, "cleared": 999},
    ],
    ids=["no-offer", "no-end", "two-ends", "not-of-paper", "descending", "future"],
)
def test_paper_that_says_too_little_or_too_much_is_refused(times: dict[str, float]) -> None:
    with pytest.raises(InvalidValue):
        from_paper({stage: at(minutes) for stage, minutes in times.items()}, NOW, no_transport=False)


def test_nobody_was_driven_who_was_not_taken_along() -> None:
    times = {"offered": at(0), "transporting": at(3), "cleared": at(9)}
    with pytest.raises(InvalidValue):
        from_paper(times, NOW, no_transport=True)
