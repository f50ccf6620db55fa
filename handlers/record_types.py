"""The types of a declared table's records, bodies and queries: validation and OpenAPI come from them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from handlers.call import Nothing
from storage.records.entity import Column, Embed, Entity
from storage.records.kinds import BIGINT, DOCUMENT, INTEGER, MOMENT, NUMBER, PLACE, SIGHTING, TEXT, TEXTS, TIME

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Cursor = Annotated[str, Meta(min_length=1, max_length=1_000)]
Limit = Annotated[int, Meta(ge=1, description="How many records a page has at most.")]
Search = Annotated[
    str, Meta(min_length=1, max_length=200, description="Words that must all occur, in upper or lower case alike.")
]
WORDS_MAX = 6
_INT_MAX = 2**31 - 1
_BIGINT_MAX = 2**63 - 1
SPANS = ("_from", "_until")


class Location(msgspec.Struct, forbid_unknown_fields=True):
    """A point in WGS84 degrees."""

    latitude: Latitude
    longitude: Longitude


class LocationPatch(msgspec.Struct, forbid_unknown_fields=True):
    """A point in WGS84 degrees; a part that is left out stays as it is."""

    latitude: Latitude | UnsetType = UNSET
    longitude: Longitude | UnsetType = UNSET


class LastSeen(msgspec.Struct):
    """Where an ambulance was last seen; degrees, m/s, m; `age_s` counts from the answer."""

    latitude: float
    longitude: float
    speed: float | None
    heading: float | None
    accuracy: float | None
    fix_at: datetime
    age_s: float


@cache
def item(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of a record: every field may be absent but the id, as readers see different ones."""
    fields: list[tuple[str, Any, Any]] = [("id", _shown_kind(entity.columns[0]), ...)]
    fields += [(one.name, _optional(_shown_kind(one), nullable=one.nullable), UNSET) for one in entity.columns[1:]]
    fields += [(one.name, _optional(_embedded(entity, one), nullable=True), UNSET) for one in entity.embeds]
    return _struct(entity, "", fields, f"{_capital(entity)}, with the fields that the caller may read.")


@cache
def page(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of a list."""
    fields: list[tuple[str, Any, Any]] = [
        ("items", list[item(entity)], ...),  # type: ignore[misc]
        ("next_cursor", str | None, ...),
        ("total", int | UnsetType, UNSET),
    ]
    return _struct(entity, "List", fields, "A page of the records that the caller may read.")


@cache
def creation(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of the body that makes a record; what the credential may fill is never required here."""
    filled = {*entity.owners.values(), entity.facility}
    fields: list[tuple[str, Any, Any]] = []
    for column in entity.columns:
        if column.create == "must" and column.name not in filled:
            fields.append((column.name, _kind(column), ...))
        elif column.create != "no":
            fields.append((column.name, _optional(_kind(column), nullable=column.nullable), UNSET))
    return _struct(entity, "Creation", fields, f"What makes {entity.singular or 'a record'}.", strict=True)


@cache
def change(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of the JSON Merge Patch of a record."""
    fields = [
        (column.name, _optional(_kind(column, patched=True), nullable=column.nullable), UNSET)
        for column in entity.columns
        if column.change
    ]
    return _struct(entity, "Change", fields, f"What changes {entity.singular or 'a record'}.", strict=True)


@cache
def list_query(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of the parameters of a list."""
    fields: list[tuple[str, Any, Any]] = [
        *_selection(entity),
        ("limit", Limit, 50),
        ("cursor", Cursor | None, None),
        ("total", bool, False),
    ]
    return _struct(entity, "Query", fields, "What a list is asked for.", strict=True)


@cache
def export_query(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of the parameters of a file."""
    return _struct(entity, "Export", _selection(entity), "What a file is asked for.", strict=True)


@cache
def one_query(entity: Entity) -> type[msgspec.Struct]:
    """Return the type of the parameters of one record."""
    return _struct(entity, "OneQuery", _embed(entity), "", strict=True) if entity.embeds else Nothing


def read_only(entity: Entity, verb: Literal["C", "U"]) -> frozenset[str]:
    """Return the fields of a record that no body of this verb has."""
    settable = {one.name for one in entity.columns if (one.create != "no" if verb == "C" else one.change)}
    return frozenset(column.name for column in entity.columns) - settable


def _selection(entity: Entity) -> list[tuple[str, Any, Any]]:
    fields: list[tuple[str, Any, Any]] = []
    for one in entity.filters:
        kind = _kind(entity.column(one.column), described=False)
        fields.append((one.column, kind, ...) if one.required else (one.column, kind | None, None))
        if one.span:
            fields += [(one.column + ending, kind | None, None) for ending in SPANS]
    if entity.search:
        fields.append(("search", Search | None, None))
    names = [one.column for one in entity.sorts] or ["id"]
    orders: Any = Literal.__getitem__(tuple(sign + name for name in names for sign in ("", "-")))
    fields.append(("sort", orders | None, None))
    return fields + _embed(entity)


def _embed(entity: Entity) -> list[tuple[str, Any, Any]]:
    if not entity.embeds:
        return []
    one = f"({'|'.join(embed.name for embed in entity.embeds)})"
    about = f"Records to put inside, with commas between: {', '.join(embed.name for embed in entity.embeds)}."
    kind = Annotated[str, Meta(pattern=f"^{one}(,{one})*$", description=about)]
    return [("embed", kind | None, None)]


def _embedded(entity: Entity, embed: Embed) -> Any:
    fields: list[tuple[str, Any, Any]] = [(name, Any, ...) for name, _ in embed.columns]
    return _struct(entity, f"_{embed.name}", fields, "A record inside another one.")


def _struct(
    entity: Entity, ending: str, fields: list[tuple[str, Any, Any]], about: str, *, strict: bool = False
) -> type[msgspec.Struct]:
    """Return a Struct type; `...` as a default means that the field is required."""
    given = [(name, kind) if default is ... else (name, kind, default) for name, kind, default in fields]
    name = "".join(part.capitalize() for part in f"{entity.name}{ending}".split("_")) if "_" in ending else None
    return msgspec.defstruct(
        name or "".join(part.capitalize() for part in entity.name.split("_")) + ending,
        given,
        kw_only=True,
        forbid_unknown_fields=strict,
        namespace={"__doc__": about},
        module=__name__,
    )


def _optional(kind: Any, *, nullable: bool) -> Any:
    return kind | UnsetType | None if nullable else kind | UnsetType


def _shown_kind(column: Column) -> Any:
    """Return the type of a column's values in an answer: limits may have been others when a value was stored."""
    kind: Any = Location if column.kind is PLACE else Literal.__getitem__(column.choices) if column.choices else None
    if kind is None or column.kind is TEXTS:
        kind = list[str] if column.kind is TEXTS else _plain(column)
    return Annotated[kind, Meta(description=column.about, **_examples(column))]


def _examples(column: Column) -> dict[str, Any]:
    return {} if column.example is None else {"examples": [column.example]}


def _kind(column: Column, *, patched: bool = False, described: bool = True) -> Any:
    """Return the type of a column's values in a body or a query, with its limits."""
    limits: dict[str, Any] = {"description": column.about, **_examples(column)} if described else {}
    if column.kind is PLACE:
        return Annotated[LocationPatch if patched else Location, Meta(**limits)]
    if column.choices:
        chosen: Any = Literal.__getitem__(column.choices)
        return Annotated[list[chosen] if column.kind is TEXTS else chosen, Meta(**limits)]
    return Annotated[_plain(column), Meta(**limits, **_limits(column))]


def _plain(column: Column) -> Any:
    if column.kind is TEXTS:
        return list[str]
    if column.kind is SIGHTING:
        return LastSeen
    return dict[str, Any] if column.kind is DOCUMENT else column.kind.python


def _limits(column: Column) -> dict[str, Any]:
    if column.kind is TEXT:
        limits = {"min_length": column.minimum, "max_length": column.maximum, "pattern": column.pattern}
        if column.pattern is not None:
            limits |= formed(column.pattern)
        return {name: limit for name, limit in limits.items() if limit is not None}
    if column.kind in (INTEGER, BIGINT):
        most = _INT_MAX if column.kind is INTEGER else _BIGINT_MAX
        return {
            "ge": int(column.minimum or -most if column.minimum is None else column.minimum),
            "le": int(most if column.maximum is None else column.maximum),
        }
    if column.kind is NUMBER:
        limits = {"ge": column.minimum, "le": column.maximum}
        return {name: limit for name, limit in limits.items() if limit is not None}
    return {MOMENT: {"tz": True}, TIME: {"tz": False}}.get(column.kind, {})


def formed(pattern: str) -> dict[str, Any]:
    """Return the limits of a text that is nothing but this.

    To Python `$` is also before a last newline; to those who read the OpenAPI document it is the end.
    """
    told = f"^(?:{pattern})$"
    return {"pattern": rf"{told}(?!\n)", "extra_json_schema": {"pattern": told}}


def _capital(entity: Entity) -> str:
    words = entity.singular or "a record"
    return words[0].upper() + words[1:]
