"""From rows of generated statements to records, and from values back to what the driver takes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, cast
from uuid import UUID

from storage.pool import Record
from storage.records.changes import stored_name
from storage.records.entity import Entity
from storage.records.kinds import PLACE, Place
from storage.records.statements import Shape

Fields = dict[str, object]


class Found(NamedTuple):
    """A record as its reader sees it."""

    fields: Fields  # only what is visible, embedded records among it
    patient: UUID | None  # whose clinical data it is, where it is any


class Layout(NamedTuple):
    """What is the same for every row of a shape."""

    names: tuple[str, ...]
    places: tuple[str, ...]  # the columns that hold a place
    flags: tuple[tuple[str, frozenset[str]], ...]  # of the groups, where they differ
    embeds: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]  # name, column that leads to it, (field, alias)
    patient: bool


@lru_cache(maxsize=4_096)
def layout(entity: Entity, shape: Shape) -> Layout:
    """Return how the rows of a shape are read."""
    groups = shape.groups if len(shape.groups) > 1 else ()
    return Layout(
        tuple(column.name for column in shape.columns),
        tuple(column.name for column in shape.columns if column.kind is PLACE),
        tuple((f"_g{place}", group.fields) for place, group in enumerate(groups)),
        tuple(
            (embed.name, embed.through, tuple((field, f"_e{n}_{k}") for k, (field, _) in enumerate(embed.columns)))
            for n, embed in enumerate(shape.embeds)
        ),
        entity.patient is not None,
    )


def found(row: Record, how: Layout) -> Found:
    """Return a row as the record that its reader sees."""
    fields: Fields = dict(zip(how.names, row, strict=False))  # the rest of a row is told by name
    for name in how.places:
        fields[name] = place_of(fields[name])
    if how.flags:
        shown = visible(row, how)
        fields = {name: value for name, value in fields.items() if name in shown}
    for name, through, columns in how.embeds:
        if through in fields:
            first = row[columns[0][1]]
            fields[name] = None if first is None else {field: row[alias] for field, alias in columns}
    return Found(fields, row["_patient"] if how.patient else None)


def visible(row: Record, how: Layout) -> frozenset[str]:
    """Return the fields that are visible of a row with flags."""
    return frozenset[str]().union(*(fields for flag, fields in how.flags if row[flag]))


def place_of(point: object) -> object:
    """Return a point of the driver, x first, as it looks in a record."""
    if point is None:
        return None
    x, y = cast("tuple[float, float]", point)
    return {"latitude": y, "longitude": x}


def parameter(value: object) -> object:
    """Return a value as the driver takes it."""
    return (value.longitude, value.latitude) if isinstance(value, Place) else value


def document(entity: Entity, values: Mapping[str, object]) -> Fields:
    """Return values as the JSON document of a stored row, each in a form that PostgreSQL reads."""
    return {stored_name(entity.column(name)): _readable(value) for name, value in values.items()}


def _readable(value: object) -> object:
    if isinstance(value, Place):
        return f"({value.longitude},{value.latitude})"
    return str(value) if isinstance(value, Decimal | UUID) else value
