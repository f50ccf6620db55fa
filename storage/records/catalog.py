"""Every table that the records API serves, in the order in which the docs tell of them."""

from __future__ import annotations

from storage.records.entity import Entity
from storage.records.tables.appointments import APPOINTMENTS
from storage.records.tables.facilities import FACILITIES

ENTITIES: tuple[Entity, ...] = (FACILITIES, APPOINTMENTS)


def entity(name: str) -> Entity:
    """Return the declaration of a table; raises KeyError."""
    for one in ENTITIES:
        if one.name == name:
            return one
    raise KeyError(name)
