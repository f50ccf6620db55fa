"""Typed access to the fields of a decoded message: the right type or a `Malformed` that names the field."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from hub.errors import InvalidValue, Malformed, UnknownField
from hub.protocol.limits import SEQ_MAX, TEXT_CHARS_MAX, TIME_US_MAX, TIME_US_MIN

Wire = dict[str, object]

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_keys(wire: Wire, required: AbstractSet[str], optional: AbstractSet[str] = frozenset()) -> None:
    """Raise `Malformed` for a missing field and `UnknownField` for one that the contract does not have."""
    keys = wire.keys()
    if keys == required:
        return
    if missing := required - keys:
        raise Malformed(f"missing field: {min(missing)}", field=min(missing))
    if keys - required - optional:
        raise UnknownField("the message has a field that this version does not know")


def whole(wire: Wire, name: str, *, low: int = 0, high: int = SEQ_MAX) -> int:
    """Return an integer field (never a bool or a float) in [low, high]."""
    value = wire[name]
    if type(value) is not int:
        raise Malformed(f"{name} must be an integer", field=name)
    if not low <= value <= high:
        raise InvalidValue(f"{name} must be from {low} to {high}", field=name)
    return value


def instant(wire: Wire, name: str) -> int:
    """Return a time in microseconds since 1970-01-01T00:00:00Z."""
    return whole(wire, name, low=TIME_US_MIN, high=TIME_US_MAX)


def text(wire: Wire, name: str, *, longest: int = TEXT_CHARS_MAX) -> str:
    """Return a string field of 1 to `longest` characters without control characters."""
    value = wire[name]
    if type(value) is not str:
        raise Malformed(f"{name} must be a string", field=name)
    if not 1 <= len(value) <= longest or _CONTROL.search(value):
        raise InvalidValue(f"{name} must have 1 to {longest} printable characters", field=name)
    return value


def one_of(wire: Wire, name: str, allowed: AbstractSet[str]) -> str:
    """Return a string field out of a closed list."""
    value = text(wire, name)
    if value not in allowed:
        raise InvalidValue(f"{name} must be one of: {', '.join(sorted(allowed))}", field=name)
    return value


def number(wire: Wire, name: str, *, low: float, high: float) -> float:
    """Return a finite number in [low, high]."""
    value = wire[name]
    if type(value) is not float and type(value) is not int:
        raise Malformed(f"{name} must be a number", field=name)
    if not low <= value <= high:
        raise InvalidValue(f"{name} must be from {low:g} to {high:g}", field=name)
    return float(value)


def array(wire: Wire, name: str, *, longest: int) -> list[object]:
    """Return a list field of 1 to `longest` elements."""
    value = wire[name]
    if type(value) is not list:
        raise Malformed(f"{name} must be an array", field=name)
    if not 1 <= len(value) <= longest:
        raise InvalidValue(f"{name} must have 1 to {longest} elements", field=name)
    return value


def mapping(value: object, name: str) -> Wire:
    """Return a nested object, whose keys the codec has already checked to be strings."""
    if type(value) is not dict:
        raise Malformed(f"{name} must be an object", field=name)
    return value
