"""The SQL that writes declared tables, and that looks at a row for a write; generated and cached like what reads them.

Names that begin with `_` are not a record's: `_w0` whether reach 0 of the write holds, `_c0` whether check 0 does,
`_o_x` whether field x may be changed as the row is, `_g0` and `_patient` as in what reads.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from storage.records.entity import Check, Column, Entity
from storage.records.reach import Reach, predicate
from storage.records.statements import Shape, named, select_from, shape_of
from storage.sql import Query

_INNER = re.compile(r"(?<!LEFT )\bJOIN\b")
_MENTIONED = re.compile(r"\br\.\"?([a-z_]+)")


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
    seen = shape_of(entity, reads, ())
    shape = Shape(entity.columns, seen.groups, ())
    checks = () if changed is None else checks_of(entity, changed)
    limited = tuple(column for column in entity.columns if column.only_while) if changed is None else ()
    opens = [f"coalesce({column.only_while}, false) AS _o_{column.name}" for column in limited]
    extra = (*_write_flags(entity, writes), *_check_flags(checks), *opens)
    flags = tuple(f"coalesce({group.rows}, false) AS _g{place}" for place, group in enumerate(shape.groups))
    sql = f"{select_from(entity, shape, extra=(*extra, *flags), flagged=False)} WHERE r.id = :id"
    locking = " FOR UPDATE OF r" if changed is None else ""
    query = named(entity, "inspection", sql + locking)
    return Inspection(query, shape, writes, checks, tuple(column.name for column in limited))


@lru_cache(maxsize=512)
def candidate(entity: Entity, writes: tuple[Reach, ...]) -> Inspection:
    """Return the look at a row before it is stored: `:row` is a document of its columns."""
    parts = (*_write_flags(entity, writes), *_check_flags(entity.checks))
    joins = _INNER.sub("LEFT JOIN", entity.joins)  # what it points at may be missing, which is not for a join to say
    sql = f"SELECT {', '.join(parts) or 'true'} FROM {_candidate(entity)} r {joins}"
    return Inspection(named(entity, "candidate", sql), Shape((), (), ()), writes, entity.checks)


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
    return named(entity, "insert", f"INSERT INTO {entity.name} {rest} RETURNING id")


@lru_cache(maxsize=64)
def resent(entity: Entity) -> Query:
    """Return the statement that finds the row which has the key of `:row` for resending."""
    key = " AND ".join(f'r."{name}" = sent."{name}"' for name in entity.resend)
    return named(entity, "resent", f"SELECT r.id FROM {entity.name} r, {_candidate(entity)} sent WHERE {key}")


@lru_cache(maxsize=1_024)
def updates(entity: Entity, changed: tuple[str, ...]) -> tuple[Query, ...]:
    """Return the statements that change these columns of the row `:id`, and of the rows that extend it."""
    tables: dict[str, list[str]] = {}
    for name in changed:
        tables.setdefault(entity.column(name).elsewhere or entity.name, []).append(name)
    return tuple(_update(entity, table, names) for table, names in tables.items())


def _update(entity: Entity, table: str, changed: list[str]) -> Query:
    """Return the statement for one of the tables; a column `version` counts on."""
    sets = [_assignment(entity.column(name)) for name in changed]
    if table == entity.name and any(column.name == "version" for column in entity.columns):
        sets.append("version = r.version + 1")
    return named(entity, "update", f"UPDATE {table} AS r SET {', '.join(sets)} WHERE r.id = :id")


@lru_cache(maxsize=64)
def delete(entity: Entity) -> Query:
    """Return the statement that removes the row `:id`."""
    return named(entity, "delete", f"DELETE FROM {entity.name} r WHERE r.id = :id")


def stored_name(column: Column) -> str:
    """Return the column of the table that a field is written to; raises KeyError for one that is only read."""
    if column.elsewhere is not None:
        return column.name
    if column.stored is None:
        raise KeyError(f"{column.name} is only read")
    return column.stored


def checks_of(entity: Entity, changed: frozenset[str]) -> tuple[Check, ...]:
    """Return the checks that a change may break: those that speak of a changed column."""
    return tuple(
        check
        for check in entity.checks
        if check.field in changed or not changed.isdisjoint(_MENTIONED.findall(check.holds))
    )


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
