"""Fields that a viewer may not see are null, and tables that it may not see are empty."""

from __future__ import annotations

from hub.live.view import FULL, view_of

ROWS: dict[str, list[list[object]]] = {
    "units": [[7, "KA-01", "Asha", "en_route", "basic", "a-call", "en_route", 2, 99]],
    "fixes": [[7, 48.0, 11.0, 1.0, 2.0, 3.0, 17, 16]],
}
KEYS = {"units": [7, 8], "fixes": [7]}


def test_all_fields_are_the_rows_themselves() -> None:
    assert view_of(None) is FULL
    assert FULL.rows(ROWS) is ROWS
    assert FULL.keys(KEYS) is KEYS
    assert not FULL.restricted


def test_a_patient_sees_where_it_is_and_its_plate_and_not_that_the_crew_called_for_help() -> None:
    view = view_of(frozenset({"current_location", "eta", "plate_number"}))
    assert view.restricted
    assert view.rows(ROWS) == {
        "units": [[7, "KA-01", None, None, None, None, None, None, 99]],
        "fixes": [[7, 48.0, 11.0, 1.0, 2.0, 3.0, 17, None]],
    }
    assert view.keys(KEYS) == KEYS


def test_a_facility_sees_what_it_does_and_not_where_it_is() -> None:
    view = view_of(frozenset({"status", "eta"}))
    assert view.rows(ROWS) == {"units": [[7, None, None, "en_route", None, None, None, None, 99]], "fixes": []}
    assert view.rows({"fixes": ROWS["fixes"]}) == {"fixes": []}
    assert view.keys(KEYS) == {"units": [7, 8]}


def test_the_same_fields_are_the_same_view_so_that_frames_are_shared() -> None:
    assert view_of(frozenset({"eta", "status"})) is view_of(frozenset({"status", "eta"}))
