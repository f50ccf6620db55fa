"""The SQL that reads declared tables: generated once for each way of asking, then cached with its arguments.

Only names and SQL of declarations, and numbers, are written into a statement; what a caller sends is a parameter. Names
that begin with `_` are not a record's: `_g0` whether group 0 of the visible fields holds, `_e0_1` column 1 of embed 0,
`_patient`, `_position`, `_total`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from storage.records.entity import Column, Embed, Entity
from storage.records.kinds import TEXT
from storage.records.reach import Group, Reach, groups
from storage.sql import Query, number

_CALLER = {
    "user_id": "uuid",
    "facility_id": "uuid",
    "device_id": "bigint",
    "ambulance_id": "bigint",
    "now": "timestamptz",
    "care_days": "int",
}
# The driver has to know a parameter's type wherever a declaration mentions it.
_UNTYPED = re.compile(rf"(?<!:):({'|'.join(_CALLER)})\b(?!::)")
Position = Literal["start", "value", "null"]


class Listing(NamedTuple):
    """Everything about a list that decides its statement; the values are parameters."""

    sort: str = "id"
    descends: bool = False
    filters: tuple[str, ...] = ()  # names of query parameters: status, scheduled_at_from
    words: int = 0  # of `search`
    position: Position = "start"  # where the page before ended, with or without a value to sort by
    embeds: tuple[str, ...] = ()
    counted: bool = False


class Shape(NamedTuple):
    """What a row of a reading statement holds, in order: the columns, then what is told by name."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]  # more than one: each row has a flag for each
    embeds: tuple[Embed, ...]


class Select(NamedTuple):
    """A reading statement."""

    query: Query
    shape: Shape


@lru_cache(maxsize=2_048)
def one(entity: Entity, reaches: tuple[Reach, ...], embeds: tuple[str, ...]) -> Select:
    """Return the statement of one visible record by `:id`."""
    shape = shape_of(entity, reaches, embeds)
    return Select(named(entity, "one", f"{select_from(entity, shape)} WHERE r.id = :id AND ({_seen(shape)})"), shape)


@lru_cache(maxsize=4_096)
def page(entity: Entity, reaches: tuple[Reach, ...], listing: Listing) -> Select:
    """Return the statement of a page of `:rows_max` visible records.

    The total, where it is asked for, comes with the same statement: in each row, and alone in a row where none is left.
    """
    shape = shape_of(entity, reaches, listing.embeds)
    sort, way = sorted_by(entity, listing.sort), " DESC" if listing.descends else ""
    rows = [_seen(shape), *(_filter(entity, shape, name) for name in listing.filters)]
    rows += [_word(entity, shape, place) for place in range(listing.words)]
    where = " AND ".join(f"({row})" for row in rows)
    kept = f"{where} AND ({_after(entity, listing)})" if listing.position != "start" else where
    sql = (
        f"{select_from(entity, shape, extra=(f'{sort} AS _position',))} WHERE {kept}"
        f" ORDER BY {_ordering(entity, listing)}{way}, r.id{way} LIMIT :rows_max"
    )
    if listing.counted:
        total = f"SELECT count(*) AS _total FROM {entity.name} r {entity.joins} WHERE {where}"
        sql = (
            f"SELECT page.*, counted._total FROM ({total}) counted LEFT JOIN ({sql}) page ON true"
            f" ORDER BY page._position{way}, page.id{way}"
        )
    return Select(named(entity, "page", sql), shape)


def _ordering(entity: Entity, listing: Listing) -> str:
    """Return what a page is ordered by.

    A search that finds little must not walk along the index of the order, as the planner would for words that it does
    not know: 100,000 people in that way took half a second, by their index of words 2 ms.
    """
    sort = sorted_by(entity, listing.sort)
    return f"({sort} || '')" if listing.words and entity.column(listing.sort).kind is TEXT else sort


def expression(column: Column) -> str:
    """Return the SQL that a column is read by."""
    return column.source or f'r."{column.name}"'


def sorted_by(entity: Entity, sort: str) -> str:
    """Return the SQL that a list is sorted by."""
    return expression(entity.column(sort))


def shown_on(shape: Shape, name: str) -> str:
    """Return SQL that is true of the rows on which a column is visible; `true` where that is every row in reach."""
    holding = [group.rows for group in shape.groups if name in group.fields]
    return "true" if len(holding) == len(shape.groups) else " OR ".join(f"({rows})" for rows in holding) or "false"


def embeds_of(entity: Entity, fields: frozenset[str]) -> frozenset[str]:
    """Return the embeds that somebody sees who sees these fields."""
    return frozenset(embed.name for embed in entity.embeds if embed.through in fields)


def shape_of(entity: Entity, reaches: tuple[Reach, ...], embeds: tuple[str, ...]) -> Shape:
    found = groups(entity, reaches)
    seen = frozenset[str]().union(*(group.fields for group in found))
    columns = tuple(column for column in entity.columns if column.name in seen)
    visible = embeds_of(entity, seen)
    return Shape(columns, found, tuple(one for one in entity.embeds if one.name in embeds and one.name in visible))


def select_from(entity: Entity, shape: Shape, *, extra: tuple[str, ...] = (), flagged: bool = True) -> str:
    """Return SELECT … FROM … with everything that a row of this shape holds."""
    parts = [f'{expression(column)} AS "{column.name}"' for column in shape.columns]
    for place, embed in enumerate(shape.embeds):
        parts += [f"{sql} AS _e{place}_{nth}" for nth, (_, sql) in enumerate(embed.columns)]
    if flagged and len(shape.groups) > 1:
        parts += [f"coalesce({group.rows}, false) AS _g{place}" for place, group in enumerate(shape.groups)]
    if entity.patient is not None:
        parts.append(f"{entity.patient} AS _patient")
    joins = " ".join((entity.joins, *(embed.join for embed in shape.embeds)))
    return f"SELECT {', '.join((*parts, *extra))} FROM {entity.name} r {joins}"


def _seen(shape: Shape) -> str:
    rows = [group.rows for group in shape.groups]
    return "true" if "true" in rows else " OR ".join(f"({row})" for row in rows) or "false"


def _filter(entity: Entity, shape: Shape, name: str) -> str:
    """Return the SQL of one query parameter; a row on which the column is not visible never fits."""
    for ending, sign in (("_from", ">="), ("_until", "<")):
        spanned = name.removesuffix(ending)
        if spanned != name and any(one.span and one.column == spanned for one in entity.filters):
            return _where_shown(shape, entity.column(spanned), f"{sign} :f_{name}")
    return _where_shown(shape, entity.column(name), f"= :f_{name}")


def _where_shown(shape: Shape, column: Column, comparison: str) -> str:
    shown = shown_on(shape, column.name)
    said = f"{expression(column)} {comparison}::{column.kind.sql}"
    return said if shown == "true" else f"({said}) AND ({shown})"


def _word(entity: Entity, shape: Shape, place: int) -> str:
    """Return SQL that is true where one of the searched texts, as far as it is visible, has word `place`."""
    found = []
    for text in entity.search:
        shown = shown_on(shape, _column_of(entity, text))
        said = f"{text} ILIKE :word_{place}::text"
        found.append(said if shown == "true" else f"({said}) AND ({shown})")
    return " OR ".join(f"({one})" for one in found) or "false"


def _column_of(entity: Entity, text: str) -> str:
    """Return the column that a searched text is, as its visibility counts; raises KeyError for any other text."""
    for column in entity.columns:
        if text in (expression(column), f"r.{column.name}"):
            return column.name
    raise KeyError(f"{entity.name} searches in {text}, which is none of its columns")


def _after(entity: Entity, listing: Listing) -> str:
    """Return SQL that is true after the row where the page before ended; nulls come last, or first if it descends."""
    column, sort = entity.column(listing.sort), sorted_by(entity, listing.sort)
    sign = "<" if listing.descends else ">"
    if listing.sort == "id":
        return f"r.id {sign} :after_id::{column.kind.sql}"
    key = f"r.id {sign} :after_id::{entity.column('id').kind.sql}"
    if listing.position == "null":
        return f"{sort} IS NOT NULL OR {key}" if listing.descends else f"{sort} IS NULL AND {key}"
    value = f":after_value::{column.kind.sql}"
    if not column.nullable:
        return f"({sort}, r.id) {sign} ({value}, :after_id::{entity.column('id').kind.sql})"
    rest = "" if listing.descends else f" OR {sort} IS NULL"
    return f"{sort} {sign} {value} OR ({sort} = {value} AND {key}){rest}"


def named(entity: Entity, what: str, sql: str) -> Query:
    typed = _UNTYPED.sub(lambda match: f"{match[0]}::{_CALLER[match[1]]}", sql)
    return Query(*number(typed), f"{entity.name}.{what}", "Generated.")
