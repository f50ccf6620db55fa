"""What a body may set, by the rules of its sender."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from hub.access.principal import Principal
from hub.access.reach import reaches
from hub.errors import Conflict, FieldForbidden, Forbidden, InvalidValue
from hub.records import writing
from storage.errors import Conflict as StoredConflict
from storage.errors import Poison
from storage.records.catalog import entity
from storage.records.kinds import Place

APPOINTMENTS, FACILITIES = entity("appointments"), entity("facilities")
ME, HERE = UUID(int=1), UUID(int=2)
PATIENT = Principal(frozenset({"PT"}), user_id=ME)
DESK = Principal(frozenset({"RC"}), user_id=ME, facility_id=HERE)
ADMIN = Principal(frozenset({"AD"}), user_id=ME)
BOOKING: dict[str, object] = {"doctor_id": UUID(int=3), "facility_id": UUID(int=4), "scheduled_at": "soon"}
STORED: dict[str, object] = {"status": "scheduled", "scheduled_at": "soon", "duration_min": 30, "notes": None}


def _create(principal: Principal, given: dict[str, object]) -> dict[str, object]:
    return writing.creation(APPOINTMENTS, principal, reaches(principal, APPOINTMENTS, "C"), given)


def _change(principal: Principal, given: dict[str, object], closed: frozenset[str] = frozenset()) -> dict[str, object]:
    return writing.change(APPOINTMENTS, STORED, reaches(principal, APPOINTMENTS, "U"), closed, given)


def test_the_credential_says_whose_a_new_row_is() -> None:
    assert _create(PATIENT, BOOKING) == {**BOOKING, "patient_id": ME}
    at_desk = {"patient_id": UUID(int=5), "doctor_id": UUID(int=3), "scheduled_at": "soon"}
    assert _create(DESK, at_desk) == {**at_desk, "facility_id": HERE}


def test_what_the_credential_says_is_not_for_the_body() -> None:
    with pytest.raises(FieldForbidden) as refused:
        _create(PATIENT, {**BOOKING, "patient_id": ME})
    assert refused.value.field == "patient_id"
    with pytest.raises(FieldForbidden):
        _create(DESK, {**BOOKING, "patient_id": UUID(int=5)})


def test_what_nobody_else_says_must_be_said() -> None:
    with pytest.raises(InvalidValue) as refused:
        _create(PATIENT, {"doctor_id": UUID(int=3), "scheduled_at": "soon"})
    assert refused.value.field == "facility_id"


def test_only_what_differs_is_changed() -> None:
    assert _change(DESK, {"duration_min": 30, "scheduled_at": "later"}) == {"scheduled_at": "later"}
    assert _change(DESK, {}) == {}


@pytest.mark.parametrize(
    ("given", "closed", "error", "field"),
    [
        ({"notes": "x"}, (), FieldForbidden, "notes"),
        ({"status": "requested"}, (), Conflict, "status"),
        ({"duration_min": 45}, ("duration_min",), Conflict, "duration_min"),
    ],
)
def test_a_change_that_is_not_the_desks_is_refused(
    given: dict[str, object], closed: tuple[str, ...], error: Any, field: str
) -> None:
    with pytest.raises(error) as refused:
        _change(DESK, given, frozenset(closed))
    assert refused.value.field == field


def test_a_refused_move_names_where_the_row_stands() -> None:
    with pytest.raises(Conflict, match="an appointment that is scheduled cannot become completed this way"):
        _change(PATIENT, {"status": "completed"})


def test_a_row_out_of_reach_cannot_be_changed() -> None:
    with pytest.raises(Forbidden):
        writing.change(APPOINTMENTS, STORED, (), frozenset(), {"duration_min": 45})


def test_a_place_is_merged_part_by_part() -> None:
    writers = reaches(ADMIN, FACILITIES, "U")
    stored: dict[str, object] = {"location": {"latitude": 1.0, "longitude": 2.0}}

    def change(given: object, held: dict[str, object] = stored) -> dict[str, object]:
        return writing.change(FACILITIES, held, writers, frozenset(), {"location": given})

    assert change({"latitude": 5.0}) == {"location": Place(5.0, 2.0)}
    assert change({"latitude": 1.0}) == {}
    assert change(None) == {"location": None}
    with pytest.raises(InvalidValue):
        change({"latitude": 5.0}, {"location": None})


def test_the_database_refuses_in_the_words_of_the_declaration() -> None:
    with pytest.raises(Conflict, match="the doctor has another appointment at this time"):
        writing.refuse(APPOINTMENTS, StoredConflict("appointments_doctor_free", "23P01"))
    with pytest.raises(Conflict):
        writing.refuse(APPOINTMENTS, StoredConflict("appointments_other_key", "23505"))
    with pytest.raises(InvalidValue) as nowhere:
        writing.refuse(APPOINTMENTS, StoredConflict("appointments_patient_id_fkey", "23503"))
    assert nowhere.value.field == "patient_id"
    with pytest.raises(InvalidValue) as impossible:
        writing.refuse(APPOINTMENTS, Poison("appointments", None, "appointments_duration_min_check", "23514"))
    assert impossible.value.field == "duration_min"
