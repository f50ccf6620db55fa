"""What patients are told of their calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from hub.dispatch.telling import Told, of_approach, of_end, of_step

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
REQUEST, ASSIGNMENT = UUID(int=1), UUID(int=2)
UNIT = Told(REQUEST, ASSIGNMENT, "MH-12-AH-1001")


def due_in(seconds: float) -> Told:
    return UNIT._replace(eta_at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 minute."), (-30, "1 minute."), (60, "1 minute."), (61, "2 minutes."), (600, "10 minutes.")],
)
def test_an_accepted_call_is_told_with_the_plate_and_the_minutes(seconds: float, words: str) -> None:
    told = of_step(due_in(seconds), "offered", "accepted", request_status="assigned", now=NOW)
    assert told is not None
    assert told.message == f"Ambulance MH-12-AH-1001 is coming, in about {words}"
    assert told.dedupe_key == f"ambulance_request:{REQUEST}:assigned:{ASSIGNMENT}"


def test_without_an_eta_no_minutes_are_made_up() -> None:
    told = of_step(UNIT, "offered", "accepted", request_status="assigned", now=NOW)
    assert told is not None
    assert told.message == "Ambulance MH-12-AH-1001 is coming."


@pytest.mark.parametrize("after", ["declined", "expired", "cancelled", "diverted"])
def test_an_offer_that_comes_to_nothing_is_not_told(after: str) -> None:
    assert of_step(UNIT, "offered", after, request_status="queued", now=NOW) is None


@pytest.mark.parametrize("after", ["en_route", "transporting", "at_destination", "cleared"])
def test_a_stage_that_the_patient_sees_is_not_told(after: str) -> None:
    assert of_step(UNIT, "accepted", after, request_status="assigned", now=NOW) is None


def test_a_unit_that_is_lost_is_told_while_the_call_waits_for_another() -> None:
    for after in ("cancelled", "diverted"):
        told = of_step(UNIT, "en_route", after, request_status="queued", now=NOW)
        assert told is not None
        assert "another one" in told.message
        assert of_step(UNIT, "en_route", after, request_status="assigned", now=NOW) is None  # a second unit has it
        assert of_step(UNIT, "en_route", after, request_status="cancelled", now=NOW) is None  # told by the end
        assert of_step(UNIT, "on_scene", after, request_status="queued", now=NOW) is None  # they were together


def test_a_unit_arrives_once_however_that_is_noticed() -> None:
    near = of_approach(due_in(120), "en_route", is_at_scene=False, now=NOW)
    noticed = of_approach(UNIT, "en_route", is_at_scene=True, now=NOW)
    said = of_step(UNIT, "en_route", "on_scene", request_status="on_scene", now=NOW)
    assert near is not None
    assert noticed is not None
    assert said is not None
    assert near.dedupe_key == noticed.dedupe_key == said.dedupe_key


def test_a_unit_that_is_far_or_has_no_eta_or_is_there_is_not_arriving() -> None:
    assert of_approach(due_in(121), "en_route", is_at_scene=False, now=NOW) is None
    assert of_approach(UNIT, "en_route", is_at_scene=False, now=NOW) is None
    assert of_approach(due_in(60), "transporting", is_at_scene=False, now=NOW) is None
    assert of_approach(due_in(60), "offered", is_at_scene=False, now=NOW) is None


def test_the_next_unit_is_told_of_again() -> None:
    first = of_step(UNIT, "offered", "accepted", request_status="assigned", now=NOW)
    again = of_step(UNIT._replace(assignment_id=UUID(int=3)), "offered", "accepted", request_status="assigned", now=NOW)
    assert first is not None
    assert again is not None
    assert first.dedupe_key != again.dedupe_key


def test_each_end_of_a_call_is_told() -> None:
    ends = [of_end(REQUEST, status) for status in ("completed", "cancelled", "duplicate")]
    assert len({told.dedupe_key for told in ends if told}) == 3
    assert of_end(REQUEST, "queued") is None
