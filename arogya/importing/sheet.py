"""A CSV file as lines of named cells; whatever is wrong with the file as a whole is said in one sentence."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

DELIMITERS = ",;\t"  # a German or French Excel writes semicolons
CELL_CHARACTERS_MAX = 20_000
ROWS_MAX = 1_000_000


class SheetError(Exception):
    """The file cannot be read as what it is said to be."""


class Line(NamedTuple):
    """One line of the file, its cells by the names of the columns; an empty cell is not in it."""

    number: int  # in the file, from 1; a quoted cell may span several, then the last
    cells: dict[str, str]
    excess: bool  # there are more cells than columns


def read(path: Path, known: Sequence[str], needed: Sequence[str]) -> list[Line]:
    """Return the lines below the head, without blank ones; raises `SheetError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            delimiter = max(DELIMITERS, key=head.count)
            file.seek(0)
            return list(_lines(path, csv.reader(file, delimiter=delimiter, strict=True), known, needed))
    except OSError as error:
        raise SheetError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SheetError(f"{path}: not UTF-8; in a spreadsheet, save it as “CSV UTF-8”") from error
    except csv.Error as error:
        raise SheetError(f"{path}: not a CSV file ({error})") from error


def _lines(path: Path, reader: Iterator[list[str]], known: Sequence[str], needed: Sequence[str]) -> Iterator[Line]:
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    columns = [name.strip() for name in next(reader, [])]
    _check_head(path, columns, known, needed)
    for count, row in enumerate(reader):
        if count >= ROWS_MAX:
            raise SheetError(f"{path}: more than {ROWS_MAX:,} lines; split the file")
        cells = {name: text.strip() for name, text in zip(columns, row, strict=False) if text.strip()}
        excess = any(text.strip() for text in row[len(columns) :])
        if cells or excess:
            yield Line(reader.line_num, cells, excess)  # type: ignore[attr-defined]  # of the csv module's reader


def _check_head(path: Path, columns: list[str], known: Sequence[str], needed: Sequence[str]) -> None:
    listed = ", ".join(known)
    if not columns:
        raise SheetError(f"{path}: the file is empty; its first line names the columns: {listed}")
    for name in columns:
        if name not in known:
            raise SheetError(f"{path}, line 1: there is no column {name!r}; the columns are {listed}")
        if columns.count(name) > 1:
            raise SheetError(f"{path}, line 1: the column {name!r} is there twice")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise SheetError(f"{path}, line 1: the column {missing[0]!r} is missing; the columns are {listed}")
