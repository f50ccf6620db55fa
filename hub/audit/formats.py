"""Entries of the audit log as text: CSV that a spreadsheet may open, and JSON lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from hub.history.formats import safe_cell
from storage.audit_export import COLUMNS
from storage.pool import Record


def head(form: str) -> str:
    """Return what comes before the entries."""
    return _line(COLUMNS) if form == "csv" else ""


def lines(form: str, entries: Iterable[Record | Mapping[str, Any]]) -> str:
    """Return a line an entry, in `csv` or `jsonl`; times are UTC."""
    if form == "csv":
        return "".join(_line(_cell(entry[name]) for name in COLUMNS) for entry in entries)
    return "".join(
        orjson.dumps({name: entry[name] for name in COLUMNS}, option=orjson.OPT_UTC_Z).decode() + "\n"
        for entry in entries
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return safe_cell(str(value))


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()
