"""What a body may set: fields by the rules of the caller, owners by the credential, statuses by their moves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from hub.access.principal import Principal
from hub.errors import Conflict, FieldForbidden, Forbidden, InvalidValue
from hub.zones import check_zone
from storage.errors import Conflict as StoredConflict
from storage.errors import Poison
from storage.records.entity import Check, Entity
from storage.records.kinds import PLACE, Place
from storage.records.reach import Reach, fields, moves

Fields = dict[str, object]
_PLACE_PARTS = ("latitude", "longitude")


def creation(entity: Entity, principal: Principal, reaches: tuple[Reach, ...], given: Mapping[str, object]) -> Fields:
    """Return the values of a new row; raises FieldForbidden for what is not the caller's to say, and InvalidValue."""
    owned = _owned(entity, principal, reaches)
    settable = frozenset[str]().union(*(fields(entity, reach) for reach in reaches))
    for name in given:
        if name in owned or name not in settable:
            raise FieldForbidden("this is not yours to say", field=name)
    values = {**given, **owned}
    for column in entity.columns:
        if column.create == "must" and column.name not in values:
            raise InvalidValue("a required field is missing", field=column.name)
    _check_zones(entity, values)
    return values


def _owned(entity: Entity, principal: Principal, reaches: tuple[Reach, ...]) -> Fields:
    """Return the columns that the credential fills: whose row it is, and whose facility's."""
    owned: Fields = {column: principal.user_id for code, column in entity.owners.items() if code in principal.codes}
    at_facility = all(reach.scope.rpartition(":")[2] == "fac" for reach in reaches)
    if entity.facility is not None and principal.facility_id is not None and at_facility:
        owned[entity.facility] = principal.facility_id
    return owned


def change(
    entity: Entity,
    stored: Mapping[str, object],
    reaches: tuple[Reach, ...],
    closed: frozenset[str],
    given: Mapping[str, object],
) -> Fields:
    """Return what a JSON Merge Patch (RFC 7396) changes of a stored row; what is so already is no change.

    `reaches` are those that the row is in, `closed` the fields that cannot be changed as the row is. Raises Forbidden
    without any reach, FieldForbidden for a field of none of them, Conflict for a move or a field that is closed.
    """
    if not reaches:
        raise Forbidden("this is not yours to change")
    settable = frozenset[str]().union(*(fields(entity, reach) for reach in reaches))
    changed: Fields = {}
    for name, value in given.items():
        if name not in settable:
            raise FieldForbidden("this is not yours to change", field=name)
        merged = _merged_place(stored[name], value, name) if entity.column(name).kind is PLACE else value
        if not _is_same(merged, stored[name]):
            changed[name] = merged
    for name in changed:
        if name in closed:
            raise Conflict("this can no longer be changed", field=name)
    _check_zones(entity, changed)
    if "status" in changed and entity.moves:
        _check_move(entity, str(stored["status"]), str(changed["status"]), reaches)
    return changed


def _check_zones(entity: Entity, values: Fields) -> None:
    for column in entity.columns:
        if column.is_zone:
            check_zone(values.get(column.name), column.name)


def _merged_place(stored: object, given: object, name: str) -> Place | None:
    """Return a place of which a patch may give one part."""
    if given is None:
        return None
    parts = {**(stored if isinstance(stored, dict) else {}), **(given if isinstance(given, dict) else {})}
    if any(parts.get(part) is None for part in _PLACE_PARTS):
        raise InvalidValue("a place has a latitude and a longitude", field=name)
    return Place(*(parts[part] for part in _PLACE_PARTS))


def _is_same(value: object, stored: object) -> bool:
    if isinstance(value, Place):
        return value._asdict() == stored
    return value == stored and type(value) is type(stored)


def _check_move(entity: Entity, status: str, wanted: str, reaches: tuple[Reach, ...]) -> None:
    possible = frozenset[str]().union(*(moves(entity, reach, status) for reach in reaches))
    if wanted not in possible:
        what = entity.singular or "this"
        raise Conflict(f"{what} that is {status} cannot become {wanted} this way", field="status")


def check(broken: tuple[Check, ...]) -> None:
    """Raise InvalidValue for the first check that does not hold."""
    for one in broken:
        raise InvalidValue(one.says, field=one.field)


def refuse(entity: Entity, error: StoredConflict | Poison) -> NoReturn:
    """Raise what the refusal of the database means for the caller who writes."""
    sentence = entity.conflicts.get(error.constraint)
    if isinstance(error, StoredConflict) and error.is_reference:
        raise InvalidValue("there is no such row", field=_field(entity, error.constraint, "fkey")) from error
    if isinstance(error, StoredConflict):
        raise Conflict(sentence or "another row has this already") from error
    for one in entity.checks:
        if one.constraint and one.constraint == error.constraint:
            raise InvalidValue(one.says, field=one.field) from error
    raise InvalidValue(
        sentence or "a value is not possible", field=_field(entity, error.constraint, "check")
    ) from error


def _field(entity: Entity, constraint: str, ending: str) -> str | None:
    """Return the field that a constraint is about, by the name that PostgreSQL gives it: `table_column_fkey`."""
    for column in entity.columns:
        if constraint == f"{entity.name}_{column.stored}_{ending}":
            return column.name
    return None
