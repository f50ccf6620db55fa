"""Files of the audit log can be opened with a spreadsheet without danger, and hold every column."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

from hub.audit import formats
from storage.audit_export import COLUMNS

ENTRY: dict[str, Any] = dict.fromkeys(COLUMNS) | {
    "id": 7,
    "at": datetime(2026, 11, 23, 9, 30, 0, 5, tzinfo=UTC),
    "action": "patients.R",
    "reason": '=HYPERLINK("http://bad.example")',
    "detail": {"changed": ["name"]},
}


def test_csv_has_a_heading_and_no_formula() -> None:
    text = formats.head("csv") + formats.lines("csv", [ENTRY])
    (row,) = csv.DictReader(io.StringIO(text))
    assert tuple(row) == COLUMNS
    assert (row["at"], row["patient_id"]) == ("2026-11-23T09:30:00.000005Z", "")
    assert row["reason"] == "'" + ENTRY["reason"]
    assert json.loads(row["detail"]) == ENTRY["detail"]


def test_json_lines_hold_one_object_each() -> None:
    text = formats.head("jsonl") + formats.lines("jsonl", [ENTRY, ENTRY])
    first, second = map(json.loads, text.splitlines())
    assert first == second
    assert (tuple(first), first["at"], first["patient_id"]) == (COLUMNS, "2026-11-23T09:30:00.000005Z", None)
