"""What a caller may do at all, in some row: for pages, which offer nothing that would be refused. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from hub.access.policy import RULES, rules_of
from hub.access.reach import reaches_of, rules_for
from storage.records.catalog import ENTITIES
from storage.records.entity import Entity
from storage.records.reach import Reach, fields

_VERBS = ("R", "C", "U", "D")
_EVERY = ".*"  # the end of a line that covers whatever can be done with a table


class TableRights(NamedTuple):
    """What a caller may do in some row of one table; the columns in the order of the declaration."""

    fields: tuple[str, ...]  # readable
    create: tuple[str, ...]  # in a new row, beside what the credential says
    change: tuple[str, ...]
    can_create: bool
    remove: bool


class Rights(NamedTuple):
    """What a caller may do."""

    tables: dict[str, TableRights]  # those of which there is anything to do
    actions: tuple[str, ...]  # lines of the matrix, in its order


@lru_cache(maxsize=256)
def rights_of(codes: frozenset[str]) -> Rights:
    """Return what callers with these codes may do."""
    tables = {entity.name: _of_table(codes, entity) for entity in ENTITIES}
    return Rights({name: rights for name, rights in tables.items() if any(rights)}, _actions(codes))


def _of_table(codes: frozenset[str], entity: Entity) -> TableRights:
    shown = {name for reach in reaches_of(codes, entity, "R") for name in {*fields(entity, reach), "id"}}
    makes, changes = reaches_of(codes, entity, "C"), reaches_of(codes, entity, "U")
    filled = {column for code, column in entity.owners.items() if code in codes}
    if makes and all(reach.scope.rpartition(":")[2] == "fac" for reach in makes):
        filled |= {entity.facility or ""}
    may_create = _settable(entity, makes) - filled
    may_change = _settable(entity, changes)
    return TableRights(
        tuple(column.name for column in entity.columns if column.name in shown),
        tuple(column.name for column in entity.columns if column.create != "no" and column.name in may_create),
        tuple(column.name for column in entity.columns if column.change and column.name in may_change),
        bool(makes),
        any(rule.code in codes for rule in rules_for(entity, "D")),
    )


def _settable(entity: Entity, reaches: tuple[Reach, ...]) -> frozenset[str]:
    return frozenset[str]().union(*(fields(entity, reach) for reach in reaches))


def _actions(codes: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line in RULES:
        actions = [f"{line.removesuffix(_EVERY)}.{verb}" for verb in _VERBS] if line.endswith(_EVERY) else [line]
        for action in actions:
            if any(rule.code in codes for rule in rules_of(action)):
                found[action] = None
    return tuple(found)
