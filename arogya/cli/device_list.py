"""A list of devices to add, as CSV: read whole, with all of its mistakes at once."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

KINDS = ("tablet", "physio")
COLUMNS = frozenset({"plate_number", "name", "kind"})
LONGEST = 100  # characters of a plate or a name


def is_name(text: str) -> bool:
    """Say whether a text can be a plate or a name: others would break the screens and terminals that show it."""
    return len(text) <= LONGEST and text.isprintable()


class ListError(Exception):
    """The list can not be used; one line a mistake."""


class Wanted(NamedTuple):
    """One device of the list."""

    line: int  # in the file, from 1
    plate_number: str  # empty for a device that is in no ambulance
    name: str  # empty: called by its kind
    kind: str


def read_list(path: Path) -> list[Wanted]:
    """Read the file; columns `plate_number`, `name` and `kind`, of which a tablet needs the first.

    Raises `ListError` with every mistake and its line.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(csv.DictReader(file), path)
    except OSError as error:
        raise ListError(f"{path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise ListError(f"{path}: not a CSV file in UTF-8 ({error})") from error


def _read(reader: csv.DictReader[str], path: Path) -> list[Wanted]:
    columns = reader.fieldnames or []
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown or "plate_number" not in columns:
        wrong = f"does not know the column {unknown[0]!r}" if unknown else "has no column plate_number"
        raise ListError(f"{path}, line 1: the list {wrong}; columns are plate_number, name, kind")
    wanted: list[Wanted] = []
    mistakes: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for row in reader:
        one = Wanted(
            reader.line_num,
            (row["plate_number"] or "").strip(),
            (row.get("name") or "").strip(),
            (row.get("kind") or "tablet").strip(),
        )
        mistakes += [f"{path}, line {one.line}: {mistake}" for mistake in _mistakes(one, row, seen)]
        wanted.append(one)
    if not wanted:
        mistakes.append(f"{path}: there are no devices in it")
    if mistakes:
        raise ListError("\n".join([*mistakes, "nothing was added"]))
    return wanted


def _mistakes(one: Wanted, row: dict[str, str], seen: dict[tuple[str, str], int]) -> Iterator[str]:
    if None in row:
        yield "more cells than columns"
    if one.kind not in KINDS:
        yield f"kind is {one.kind!r}; it must be {' or '.join(KINDS)}"
    if one.kind == "tablet" and not one.plate_number:
        yield "a tablet needs a plate_number"
    if one.kind == "physio" and one.plate_number:
        yield "a physio device is in no ambulance: leave plate_number empty"
    for name in ("plate_number", "name"):
        text: str = getattr(one, name)
        if not is_name(text):
            yield f"{name} must have at most {LONGEST} printable characters"
    key = (one.plate_number, one.name)
    if one.plate_number and key in seen:
        yield f"the same ambulance and name as line {seen[key]}: give the devices different names"
    seen.setdefault(key, one.line)
