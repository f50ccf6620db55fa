"""Names for the versions of a record."""

from __future__ import annotations

import pytest

from hub.records.etag import encode, etag, matches, same, tagged
from storage.records.catalog import entity

AMBULANCES = entity("ambulances")
RECORD: dict[str, object] = {"id": 7, "plate_number": "MH-1", "status": "available", "current_location": {"age_s": 1}}


def test_what_changes_by_itself_changes_no_version() -> None:
    tag = etag(AMBULANCES, RECORD)
    assert etag(AMBULANCES, {**RECORD, "current_location": {"age_s": 2}}) == tag
    assert etag(AMBULANCES, {**RECORD, "status": "dispatched"}) != tag
    assert etag(AMBULANCES, {**RECORD, "driver_name": None}) != tag


def test_a_tag_is_the_same_however_it_is_made() -> None:
    for fields in ({"id": 7, "status": "available"}, RECORD, {**RECORD, "facility": None}):
        assert tagged(AMBULANCES, fields) == (etag(AMBULANCES, fields), encode(fields))


def test_an_embedded_record_counts_for_reading_and_not_for_writing() -> None:
    plain = etag(AMBULANCES, RECORD)
    one = etag(AMBULANCES, {**RECORD, "facility": {"name": "north"}})
    other = etag(AMBULANCES, {**RECORD, "facility": {"name": "south"}})
    assert len({plain, one, other}) == 3
    assert matches(one, plain) and matches(other, one)
    assert not same(one, plain)


@pytest.mark.parametrize(
    ("header", "expected"),
    [("{tag}", True), ('"x", {tag}', True), ("W/{tag}", True), ("*", True), ('"x"', False), ("", False), ("x", False)],
)
def test_a_condition_lists_versions(header: str, expected: bool) -> None:
    tag = etag(AMBULANCES, RECORD)
    sent = header.replace("{tag}", tag)
    assert same(sent, tag) is expected
    assert matches(sent, tag) is (expected and not sent.startswith("W/"))
