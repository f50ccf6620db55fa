"""How far somebody reaches into a table: one rule of the access matrix each, as SQL about its rows and as fields.

A reach is made of names alone (`hub.access.reach` makes them of a caller's rules): what they mean stands in the
declaration of the table. The SQL of a declaration is the only SQL that goes into a statement.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from storage.records import catalog
from storage.records.entity import Entity, Word

ALL = "*"
PARENT = "par"


class Reach(NamedTuple):
    """One rule as it applies to one table: which rows, and which words narrow it."""

    scope: str  # a key of the table's scopes; `*` every row; `par` the rows whose parent row is within
    words: tuple[str, ...] = ()
    within: tuple[Reach, ...] = ()  # of the parent table, where the scope is `par`


class Caller(NamedTuple):
    """The parameters that every generated statement may speak of."""

    user_id: UUID | None
    facility_id: UUID | None
    device_id: int | None
    ambulance_id: int | None
    now: datetime
    care_days: int


def predicate(entity: Entity, reach: Reach) -> str:
    """Return SQL that is true of the rows `r` in reach, `true` for every row; raises KeyError for other names."""
    parts = [_scope(entity, reach), *(word.rows for word in words(entity, reach))]
    said = [part for part in parts if part]
    return " AND ".join(f"({part})" for part in said) or "true"


def fields(entity: Entity, reach: Reach) -> frozenset[str]:
    """Return the columns that a reach is about; every one where no word names any."""
    named = {name for word in words(entity, reach) for name in word.fields}
    return frozenset(named or (column.name for column in entity.columns))


def moves(entity: Entity, reach: Reach, status: str) -> frozenset[str]:
    """Return where a row in reach may be taken from a status."""
    declared = frozenset(entity.moves.get(status, ()))
    found = [word for word in words(entity, reach) if "status" in word.fields]
    if not found or any(not word.moves for word in found):
        return declared
    return declared & {move for word in found for move in word.moves}


def words(entity: Entity, reach: Reach) -> list[Word]:
    """Return what the words of a reach mean; one that is a column's name means that field."""
    return [word_of(entity, name) for name in reach.words]


def word_of(entity: Entity, name: str) -> Word:
    """Return what a word means; raises KeyError."""
    if name in entity.words:
        return entity.words[name]
    return Word(fields=(entity.column(name).name,))


def _scope(entity: Entity, reach: Reach) -> str:
    if reach.scope == ALL:
        return ""
    if reach.scope != PARENT:
        return entity.scopes[reach.scope]
    if entity.parent is None:
        raise KeyError(f"{entity.name} has no parent")
    parent = catalog.entity(entity.parent.table)
    held = any_of(parent, reach.within)
    return f"r.{entity.parent.column} IN (SELECT r.id FROM {parent.name} r {parent.joins} WHERE {held})"


def any_of(entity: Entity, reaches: tuple[Reach, ...]) -> str:
    """Return SQL that is true of the rows that one of the reaches covers."""
    found = list(dict.fromkeys(predicate(entity, reach) for reach in reaches))
    if "true" in found:
        return "true"
    return " OR ".join(f"({one})" for one in found) or "false"


class Group(NamedTuple):
    """The reaches that show the same fields of their rows."""

    fields: frozenset[str]
    rows: str  # SQL


@lru_cache(maxsize=1_024)
def groups(entity: Entity, reaches: tuple[Reach, ...]) -> tuple[Group, ...]:
    """Return what a reading caller sees, the id always, without what another group of every row shows anyway."""
    by_fields: dict[frozenset[str], tuple[Reach, ...]] = {}
    for reach in reaches:
        shown = fields(entity, reach) | {"id"}
        by_fields[shown] = (*by_fields.get(shown, ()), reach)
    made = [Group(shown, any_of(entity, found)) for shown, found in by_fields.items()]
    everywhere = [group.fields for group in made if group.rows == "true"]
    return tuple(group for group in made if not any(group.fields < shown for shown in everywhere))
