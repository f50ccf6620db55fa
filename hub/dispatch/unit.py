"""Ambulances and waiting calls, as a choice sees them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

CAPABILITIES: Final = ("transport", "basic", "advanced", "neonatal")
# Which units can do what a call needs. An incubator replaces no advanced life support.
ABLE: Final = {
    "transport": frozenset({"transport", "basic", "advanced", "neonatal"}),
    "basic": frozenset({"basic", "advanced", "neonatal"}),
    "advanced": frozenset({"advanced"}),
    "neonatal": frozenset({"neonatal"}),
}


class Place(NamedTuple):
    """Degrees on WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Unit:
    """An ambulance, with its live assignment where there is one."""

    id: int
    plate_number: str
    capability: str  # one of CAPABILITIES
    status: str  # as the ambulances table has it
    place: Place | None = None  # of its newest sound fix
    fix_age_s: float | None = None
    base: Place | None = None
    is_connected: bool = True  # a tablet of it
    stage: str | None = None  # of its live assignment, and the call of that
    request_id: UUID | None = None
    priority: int | None = None
    free_in_s: float | None = None  # until it should be free; None: nobody knows, or it is


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call that waits for a unit."""

    id: UUID
    priority: int  # 1 (critical) to 4
    place: Place | None
    waited_s: float
    needs: str | None = None  # a capability; None: what its priority needs
    refused_by: frozenset[int] = frozenset()  # units whose crews declined it, or let the offer expire
    offered_to: frozenset[int] = frozenset()  # units that have the offer now
    is_scheduled_in_s: float | None = None  # until its time, of a call that has one


def place_of(unit: Unit, fix_fresh_s: float) -> tuple[Place | None, bool]:
    """Return where a unit is taken to be, and whether that is its base for want of a fix younger than `fix_fresh_s`."""
    if unit.place is not None and unit.fix_age_s is not None and unit.fix_age_s <= fix_fresh_s:
        return unit.place, False
    return unit.base, True
