"""What a rule of the matrix means for the rows and fields of one table."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from hub.access.policy import Rule, Scope, allowed
from hub.access.principal import Principal
from hub.errors import Forbidden

# The matrix speaks of a position; the API has called it this since the first schema.
_FIELD_NAMES = {"position": "current_location"}


class AmbulanceReach(NamedTuple):
    """Which ambulances a caller reads, as the parameters of the statements that read them, and which fields."""

    everything: bool = False  # every row
    ambulance_id: int | None = None  # this row
    patient_id: UUID | None = None  # the one that is assigned to this patient's request
    facility_id: UUID | None = None  # those on their way to this facility
    doctor_id: UUID | None = None  # those on their way to a facility of this doctor
    fields: frozenset[str] | None = None  # only these beside `id`; None for all


def ambulance_reach(principal: Principal, action: str = "ambulances.R") -> AmbulanceReach:
    """Return what a caller reads of ambulances; raises Forbidden for nothing at all.

    The rules of one caller either include every row or are one rule: nobody is a patient and a tablet at once.
    """
    rules = allowed(principal, action)
    if not rules:
        raise Forbidden("ambulances are not yours to read")
    if any(rule.scope is Scope.ALL for rule in rules):
        return AmbulanceReach(everything=True)
    return _narrow(principal, rules[0])


def watching_reach(principal: Principal) -> AmbulanceReach:
    """Return which ambulances a caller may watch live, and the fields that they read; raises Forbidden for none."""
    shown = ambulance_reach(principal).fields
    return ambulance_reach(principal, "live.ambulance")._replace(fields=shown)


def _narrow(principal: Principal, rule: Rule) -> AmbulanceReach:
    reach = AmbulanceReach(fields=_fields(rule))
    if rule.scope is Scope.OWN:
        return reach._replace(ambulance_id=principal.ambulance_id)
    if rule.scope is Scope.ASSIGNED:
        return reach._replace(patient_id=principal.user_id)
    if rule.scope is Scope.FACILITY and rule.code == "DR":
        return reach._replace(doctor_id=principal.user_id)
    if rule.scope is Scope.FACILITY:
        return reach._replace(facility_id=principal.facility_id)
    raise Forbidden("ambulances are not yours to read")


def _fields(rule: Rule) -> frozenset[str] | None:
    if rule.condition is None:
        return None
    names = rule.condition.rpartition(":")[2].split(",")
    return frozenset(_FIELD_NAMES.get(name.strip(), name.strip()) for name in names)
