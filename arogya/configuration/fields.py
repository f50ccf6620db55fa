"""One setting: its default, its meaning, its bounds, and how a written value becomes a typed one."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")

TRUE = ("true", "yes", "on", "1")
FALSE = ("false", "no", "off", "0")
WORDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list of texts"}


class Mistake(NamedTuple):
    """One thing wrong with the configuration."""

    key: str  # section.key, or the name of an environment variable
    problem: str  # what is wrong with the value, never the value of a secret
    remedy: str  # what would be right


class Field(NamedTuple):
    """One declared setting of a section."""

    name: str
    kind: type  # bool, int, float, str or tuple (of texts)
    optional: bool  # may be left out altogether (None)
    default: Any
    doc: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    secret: bool
    check: Callable[[Any], str | None] | None  # returns what would be right, None when the value is


def setting(  # noqa: PLR0913 - one declaration says everything about a setting
    default: T,
    doc: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    secret: bool = False,
    check: Callable[[Any], str | None] | None = None,
) -> T:
    """Declare a setting in a section's dataclass."""
    facts = {"doc": doc, "minimum": minimum, "maximum": maximum, "choices": choices, "secret": secret, "check": check}
    return dataclasses.field(default=default, metadata=facts)


def fields_of(section: type) -> Iterator[Field]:
    """Yield the declared settings of a section in their order."""
    hints = typing.get_type_hints(section)
    for declared in dataclasses.fields(section):
        kind, optional = _unwrap(hints[declared.name])
        yield Field(declared.name, kind, optional, declared.default, **declared.metadata)


def from_text(field: Field, text: str) -> Any:
    """Turn an environment variable's text into a value of the field's kind; raises ValueError."""
    if field.optional and text == "":
        return None
    if field.kind is bool:
        if text.lower() not in TRUE + FALSE:
            raise ValueError
        return text.lower() in TRUE
    if field.kind is tuple:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return field.kind(text)


def from_toml(field: Field, value: Any) -> Any:
    """Turn a value of a TOML file into one of the field's kind; raises ValueError."""
    if field.kind is tuple and isinstance(value, list) and all(isinstance(part, str) for part in value):
        return tuple(value)
    if field.kind is float and type(value) is int:
        return float(value)
    if value is None and field.optional:
        return None
    if type(value) is not field.kind:
        raise ValueError
    return value


def judge(key: str, field: Field, raw: Any, convert: Callable[[Field, Any], Any]) -> tuple[Any, Mistake | None]:
    """Return the typed value, or what is wrong with the written one."""
    shown = "the value (not shown)" if field.secret else repr(raw)
    try:
        value = convert(field, raw)
    except (ValueError, TypeError):
        return None, Mistake(key, f"{shown} is not {WORDS[field.kind]}", f"write {bounds(field)}")
    if value is None:
        return None, None
    right = _out_of_bounds(field, value) or (field.check(value) if field.check else None)
    return value, Mistake(key, f"{shown} is not allowed", right) if right else None


def bounds(field: Field) -> str:
    """Describe the values that a field takes, in words."""
    if field.choices:
        return " or ".join(field.choices)
    words = WORDS[field.kind]
    if field.minimum is not None and field.maximum is not None:
        return f"{words} from {field.minimum:g} to {field.maximum:g}"
    if field.minimum is not None:
        return f"{words}, at least {field.minimum:g}"
    return words


def _out_of_bounds(field: Field, value: Any) -> str | None:
    if field.choices and value not in field.choices:
        return f"write {bounds(field)}"
    if field.kind not in (int, float):
        return None
    # The comparison is written so that a NaN fails it.
    low_enough = field.maximum is None or value <= field.maximum
    high_enough = field.minimum is None or value >= field.minimum
    return None if low_enough and high_enough and value == value else f"write {bounds(field)}"


def _unwrap(hint: Any) -> tuple[type, bool]:
    """Split `X | None` into X and whether None is allowed; `tuple[str, ...]` is a tuple."""
    parts = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kind = next(part for part in parts if part is not type(None))
    return typing.get_origin(kind) or kind, len(parts) > 1
