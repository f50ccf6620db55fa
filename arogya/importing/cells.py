"""From the text of a cell to a value, by what the table's declaration says of the column."""

from __future__ import annotations

import re
from datetime import date

from hub.zones import NAMES
from storage.records.catalog import entity
from storage.records.entity import Column
from storage.records.kinds import DATE, INTEGER, TEXT

_INTEGER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+")
EMAIL_CHARACTERS_MAX = 254


class CellError(ValueError):
    """A cell has no value of its column; the sentence says what it must be."""


def value_of(table: str, column: str, text: str) -> object:
    """Return the value of a cell that is not empty; raises `CellError`."""
    declared = entity(table).column(column)
    if column == "email":
        return email(text)
    if column == "time_zone":
        return time_zone(text)
    if declared.kind is DATE:
        return _date(text)
    if declared.kind is INTEGER:
        return _whole(declared, text)
    if declared.kind is TEXT:
        return _text(declared, text)
    raise TypeError(f"{table}.{column} is no column for a list")


def email(text: str) -> str:
    """Return an address; raises `CellError`."""
    if not _EMAIL.fullmatch(text) or len(text) > EMAIL_CHARACTERS_MAX or not text.isprintable():
        raise CellError("is not an e-mail address")
    return text


def time_zone(text: str) -> str:
    """Return an IANA zone; raises `CellError`."""
    if text not in NAMES:
        raise CellError("is not an IANA time zone, like Asia/Kolkata")
    return text


def degrees(text: str, most: float) -> float:
    """Return degrees in [-most, most]; raises `CellError`."""
    if not _DECIMAL.fullmatch(text) or abs(float(text)) > most:
        raise CellError(f"must be degrees from -{most:g} to {most:g}, like 18.5204")
    return float(text)


def choice(text: str, choices: tuple[str, ...]) -> str:
    """Return one of the choices; raises `CellError`."""
    if text not in choices:
        raise CellError(f"must be {_or(choices)}")
    return text


def _text(column: Column, text: str) -> str:
    if column.choices:
        return choice(text, column.choices)
    if not text.isprintable():
        raise CellError("has characters that cannot be printed")
    if column.maximum is not None and len(text) > column.maximum:
        raise CellError(f"has {len(text)} characters, at most {column.maximum:g} are kept")
    if column.minimum is not None and len(text) < column.minimum:
        raise CellError(f"needs {column.minimum:g} characters or more")
    if column.pattern is not None and not re.fullmatch(column.pattern, text):
        raise CellError("does not have the shape that is expected here")
    return text


def _whole(column: Column, text: str) -> int:
    low, high = column.minimum, column.maximum
    number = int(text) if _INTEGER.fullmatch(text) else None
    if number is None or (low is not None and number < low) or (high is not None and number > high):
        raise CellError(
            f"must be a whole number from {low:g} to {high:g}"
            if low is not None and high is not None
            else "must be a whole number"
        )
    return number


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else None
    except ValueError:
        day = None
    if day is None:
        raise CellError("must be a day that exists, written like 1984-05-17")
    return day


def _or(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else choices[0]
