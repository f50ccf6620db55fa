"""Which ambulances a viewer wants to see of the fleet: by status, by id, by place; all given conditions must hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from hub.errors import InvalidValue, Malformed
from hub.protocol import fields
from hub.protocol.fields import Wire
from hub.protocol.limits import FILTER_IDS_MAX, LATITUDE_MAX, LONGITUDE_MAX

T = TypeVar("T", int, str)

# What an ambulance is doing; the column `ambulances.status` says which leads to which.
STATUSES = frozenset(
    {"available", "dispatched", "en_route", "on_scene", "transporting", "at_hospital", "out_of_service", "offline"}
)


class Area(NamedTuple):
    """A box on the map in degrees; where west is above east, it crosses the antimeridian."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Filter:
    """At least one condition; None: any."""

    status: tuple[str, ...] | None = None
    ids: tuple[int, ...] | None = None
    area: Area | None = None

    def wire(self) -> Wire:
        """Return the filter as the codec writes it."""
        wire: Wire = {}
        if self.status is not None:
            wire["status"] = list(self.status)
        if self.ids is not None:
            wire["ids"] = list(self.ids)
        if self.area is not None:
            wire["area"] = list(self.area)
        return wire

    @classmethod
    def read(cls, wire: Wire) -> Filter:
        """Read a decoded filter; raises `Malformed`, `UnknownField` or `InvalidValue`."""
        fields.check_keys(wire, frozenset(), {"status", "ids", "area"})
        if not wire:
            raise InvalidValue("a filter has a condition", field="filter")
        return cls(
            _statuses(wire) if "status" in wire else None,
            _ids(wire) if "ids" in wire else None,
            _area(wire) if "area" in wire else None,
        )


def _statuses(wire: Wire) -> tuple[str, ...]:
    found = tuple(
        fields.one_of({"status": word}, "status", STATUSES)
        for word in fields.array(wire, "status", longest=len(STATUSES))
    )
    return _distinct(found, "status")


def _ids(wire: Wire) -> tuple[int, ...]:
    found = tuple(fields.whole({"ids": one}, "ids", low=1) for one in fields.array(wire, "ids", longest=FILTER_IDS_MAX))
    return _distinct(found, "ids")


def _distinct(found: tuple[T, ...], name: str) -> tuple[T, ...]:
    if len(set(found)) != len(found):
        raise InvalidValue(f"{name} has something twice", field=name)
    return found


def _area(wire: Wire) -> Area:
    sides = fields.array(wire, "area", longest=4)
    if len(sides) != 4:
        raise Malformed("an area is south, west, north, east", field="area")
    bounds = (LATITUDE_MAX, LONGITUDE_MAX, LATITUDE_MAX, LONGITUDE_MAX)
    area = Area(
        *(
            fields.number({"area": side}, "area", low=-bound, high=bound)
            for side, bound in zip(sides, bounds, strict=True)
        )
    )
    if area.south >= area.north:
        raise InvalidValue("an area's south is below its north", field="area")
    return area
