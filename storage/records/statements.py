"""The SQL of every table that is declared: generated once for each way of asking, then cached with its arguments.

Only names and SQL of declarations, and numbers, are written into a statement; what a caller sends is a parameter. Names
that begin with `_` are not a record's: `_g0` whether group 0 of the visible fields holds, `_w0` whether reach 0 of a
write does, `_c0` whether check 0 does, `_o_x` whether field x may be changed, `_e0_1` column 1 of embed 0, `_patient`, `_position`, `_total`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from storage.records.entity import Check, Column, Embed, Entity
from storage.records.reach import Group, Reach, groups, predicate
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
_MENTIONED = re.compile(r"\br\.\"?([a-z_]+)")
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
    shape = _shape(entity, reaches, embeds)
    return Select(_query(entity, "one", f"{_from(entity, shape)} WHERE r.id = :id AND ({_seen(shape)})"), shape)


@lru_cache(maxsize=4_096)
def page(entity: Entity, reaches: tuple[Reach, ...], listing: Listing) -> Select:
    """Return the statement of a page of `:rows_max` visible records.

    The total, where it is asked for, comes with the same statement: in each row, and alone in a row where none is left.
    """
    shape = _shape(entity, reaches, listing.embeds)
    sort, way = sorted_by(entity, listing.sort), " DESC" if listing.descends else ""
    rows = [_seen(shape), *(_filter(entity, shape, name) for name in listing.filters)]
    rows += [_word(entity, shape, place) for place in range(listing.words)]
    where = " AND ".join(f"({row})" for row in rows)
    kept = f"{where} AND ({_after(entity, listing)})" if listing.position != "start" else where
    sql = (
        f"{_from(entity, shape, extra=(f'{sort} AS _position',))} WHERE {kept}"
        f" ORDER BY {sort}{way}, r.id{way} LIMIT :rows_max"
    )
    if listing.counted:
        total = f"SELECT count(*) AS _total FROM {entity.name} r {entity.joins} WHERE {where}"
        sql = (
            f"SELECT page.*, counted._total FROM ({total}) counted LEFT JOIN ({sql}) page ON true"
            f" ORDER BY page._position{way}, page.id{way}"
        )
    return Select(_query(entity, "page", sql), shape)


class Inspection(NamedTuple):
    """The statement that looks at a row for a write: all of it, who sees it, who may write it, what holds of it."""

    query: Query
    shape: Shape
    writes: tuple[Reach, ...]
    checks: tuple[Check, ...]
    limited: tuple[str, ...] = ()  # columns that can be changed only while something holds


@lru_cache(maxsize=1_024)
def inspection(
    entity: Entity,
    reads: tuple[Reach, ...],
    writes: tuple[Reach, ...],
    changed: frozenset[str] | None,
) -> Inspection:
    """Return the look at one row by `:id`: locking it where nothing has changed yet (None), else with the checks."""
    seen = _shape(entity, reads, ())
    shape = Shape(entity.columns, seen.groups, ())
    checks = () if changed is None else checks_of(entity, changed)
    limited = tuple(column for column in entity.columns if column.only_while) if changed is None else ()
    opens = [f"coalesce({column.only_while}, false) AS _o_{column.name}" for column in limited]
    extra = (*_write_flags(entity, writes), *_check_flags(checks), *opens)
    flags = tuple(f"coalesce({group.rows}, false) AS _g{place}" for place, group in enumerate(shape.groups))
    sql = f"{_from(entity, shape, extra=(*extra, *flags), flagged=False)} WHERE r.id = :id"
    locking = " FOR UPDATE OF r" if changed is None else ""
    query = _query(entity, "inspection", sql + locking)
    return Inspection(query, shape, writes, checks, tuple(column.name for column in limited))


@lru_cache(maxsize=512)
def candidate(entity: Entity, writes: tuple[Reach, ...]) -> Inspection:
    """Return the look at a row before it is stored: `:row` is a document of its columns."""
    parts = (*_write_flags(entity, writes), *_check_flags(entity.checks))
    sql = f"SELECT {', '.join(parts) or 'true'} FROM {_candidate(entity)} r {entity.joins}"
    return Inspection(_query(entity, "candidate", sql), Shape((), (), ()), writes, entity.checks)


@lru_cache(maxsize=1_024)
def insert(entity: Entity, given: tuple[str, ...]) -> Query:
    """Return the statement that stores a row of these columns, each a parameter `v_<name>`, with the table's stamps.

    It returns no row where the table has a key for resending and a row with this key is there.
    """
    stored = {stored_name(entity.column(name)): _value(entity.column(name)) for name in given} | dict(entity.stamps)
    columns = ", ".join(f'"{name}"' for name in stored)
    rest = f"({columns}) VALUES ({', '.join(stored.values())})" if stored else "DEFAULT VALUES"
    if entity.resend:
        rest += f" ON CONFLICT ({', '.join(entity.resend)}) DO NOTHING"
    return _query(entity, "insert", f"INSERT INTO {entity.name} {rest} RETURNING id")


@lru_cache(maxsize=64)
def resent(entity: Entity) -> Query:
    """Return the statement that finds the row which has the key of `:row` for resending."""
    key = " AND ".join(f'r."{name}" = sent."{name}"' for name in entity.resend)
    return _query(entity, "resent", f"SELECT r.id FROM {entity.name} r, {_candidate(entity)} sent WHERE {key}")


@lru_cache(maxsize=1_024)
def update(entity: Entity, changed: tuple[str, ...]) -> Query:
    """Return the statement that changes these columns of the row `:id`; a column `version` counts on."""
    sets = [_assignment(entity.column(name)) for name in changed]
    if any(column.name == "version" for column in entity.columns):
        sets.append("version = r.version + 1")
    return _query(entity, "update", f"UPDATE {entity.name} AS r SET {', '.join(sets)} WHERE r.id = :id")


@lru_cache(maxsize=64)
def delete(entity: Entity) -> Query:
    """Return the statement that removes the row `:id`."""
    return _query(entity, "delete", f"DELETE FROM {entity.name} r WHERE r.id = :id")


def stored_name(column: Column) -> str:
    """Return the column of the table that a field is written to; raises KeyError for one that is only read."""
    if column.stored is None:
        raise KeyError(f"{column.name} is only read")
    return column.stored


def expression(column: Column) -> str:
    """Return the SQL that a column is read by."""
    return column.source or f'r."{column.name}"'


def sorted_by(entity: Entity, sort: str) -> str:
    """Return the SQL that a list is sorted by."""
    return expression(entity.column(sort))


def checks_of(entity: Entity, changed: frozenset[str]) -> tuple[Check, ...]:
    """Return the checks that a change may break: those that speak of a changed column."""
    return tuple(
        check
        for check in entity.checks
        if check.field in changed or not changed.isdisjoint(_MENTIONED.findall(check.holds))
    )


def shown_on(shape: Shape, name: str) -> str:
    """Return SQL that is true of the rows on which a column is visible; `true` where that is every row in reach."""
    holding = [group.rows for group in shape.groups if name in group.fields]
    return "true" if len(holding) == len(shape.groups) else " OR ".join(f"({rows})" for rows in holding) or "false"


def embeds_of(entity: Entity, fields: frozenset[str]) -> frozenset[str]:
    """Return the embeds that somebody sees who sees these fields."""
    return frozenset(embed.name for embed in entity.embeds if embed.through in fields)


def _shape(entity: Entity, reaches: tuple[Reach, ...], embeds: tuple[str, ...]) -> Shape:
    found = groups(entity, reaches)
    seen = frozenset[str]().union(*(group.fields for group in found))
    columns = tuple(column for column in entity.columns if column.name in seen)
    visible = embeds_of(entity, seen)
    return Shape(columns, found, tuple(one for one in entity.embeds if one.name in embeds and one.name in visible))


def _from(entity: Entity, shape: Shape, *, extra: tuple[str, ...] = (), flagged: bool = True) -> str:
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


def _write_flags(entity: Entity, writes: tuple[Reach, ...]) -> list[str]:
    return [f"coalesce({predicate(entity, reach)}, false) AS _w{place}" for place, reach in enumerate(writes)]


def _check_flags(checks: tuple[Check, ...]) -> list[str]:
    return [f"coalesce({check.holds}, true) AS _c{place}" for place, check in enumerate(checks)]


def _candidate(entity: Entity) -> str:
    """Return a row that is not stored, from the document `:row` and the stamps."""
    stamps = "".join(f" || jsonb_build_object('{name}', {sql})" for name, sql in entity.stamps.items())
    return f"jsonb_populate_record(NULL::{entity.name}, :row::jsonb{stamps})"


def _value(column: Column) -> str:
    return f":v_{column.name}::{column.kind.sql}"


def _assignment(column: Column) -> str:
    if column.assigns is not None:
        return re.sub(r"(?<!:):value\b", _value(column).removesuffix(f"::{column.kind.sql}"), column.assigns)
    return f'"{stored_name(column)}" = {_value(column)}'


def _query(entity: Entity, what: str, sql: str) -> Query:
    typed = _UNTYPED.sub(lambda match: f"{match[0]}::{_CALLER[match[1]]}", sql)
    return Query(*number(typed), f"{entity.name}.{what}", "Generated.")
