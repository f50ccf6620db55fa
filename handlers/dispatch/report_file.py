"""A line of the shift report's file: a call with the NEMSIS times of its unit; no cell is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from hub.history.formats import safe_cell
from storage.dispatch.report import LineRow

# The column of each time, with its NEMSIS element.
TIMES: Final = (
    ("call_received (eTimes.01)", "requested_at"),
    ("unit_notified (eTimes.03)", "offered_at"),
    ("unit_acknowledged (eTimes.04)", "accepted_at"),
    ("unit_en_route (eTimes.05)", "en_route_at"),
    ("on_scene (eTimes.06)", "on_scene_at"),
    ("left_scene (eTimes.09)", "transporting_at"),
    ("at_destination (eTimes.11)", "at_destination_at"),
    ("back_in_service (eTimes.13)", "cleared_at"),
    ("cancelled (eTimes.14)", "cancelled_at"),
)
_BEFORE: Final = ("id", "priority", "status", "source", "unit", "units")
_AFTER: Final = (
    *("scheduled_for", "response_s", "late", "no_transport", "skipped", "from_paper"),
    *("destination_facility", "destination", "complaint", "cancel_reason"),
)
HEADINGS: Final = [*_BEFORE, *(name for name, _ in TIMES), *_AFTER]


def line_of(row: LineRow, zone: ZoneInfo, target_s: float) -> list[str]:
    """Return the cells of a call, its times in a zone; a stage that was skipped has none."""
    due_at = row.scheduled_for or row.requested_at
    response_s = None if row.on_scene_at is None else max(0.0, (row.on_scene_at - due_at).total_seconds())
    return [
        *(str(row.id), str(row.priority), row.status, row.source, safe_cell(row.plate_number or ""), str(row.units)),
        *(_moment(getattr(row, column), zone) for _, column in TIMES),
        _moment(row.scheduled_for, zone),
        "" if response_s is None else f"{response_s:.0f}",
        "" if response_s is None else _yes(response_s > target_s),
        "" if row.no_transport is None else _yes(row.no_transport),
        " ".join(row.skipped or ()),
        _yes(row.back_entered),
        *(safe_cell(text or "") for text in (row.destination_facility, row.destination, row.complaint)),
        safe_cell(row.cancel_reason or ""),
    ]


def csv_of(lines: Iterable[list[str]]) -> bytes:
    """Return lines as CSV (RFC 4180)."""
    file = io.StringIO()
    csv.writer(file).writerows(lines)
    return file.getvalue().encode()


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    return "" if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")


def _yes(value: bool) -> str:
    return "true" if value else "false"
