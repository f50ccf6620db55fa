"""Which units may be asked to take which calls, and why the others may not: whole columns at a time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import ABLE, CAPABILITIES, Unit, Waiting, place_of

Codes = NDArray[np.int8]

# Why a unit can not be asked; 0 is that it can. Where several hold, the first one is told.
REASONS: Final = (
    "",
    "out_of_service",
    "offline",
    "capability",
    "declined",
    "offered",
    "busy",
    "no_place",
    "no_way",
    "taken",
)
SENTENCES: Final = {
    "out_of_service": "it is out of service",
    "offline": "it is offline",
    "capability": "it can not do what the call needs",
    "declined": "it was asked already, and declined, did not answer or was taken off",
    "offered": "it has the offer of this call already",
    "busy": "it has another call",
    "no_place": "neither a fresh position nor a base of it is known",
    "no_way": "no way there is known",
    "taken": "it is needed for a more urgent call",
}
DIVERTIBLE: Final = frozenset({"offered", "accepted", "en_route"})
LESS_URGENT: Final = (3, 4)  # what a unit may be taken away from, for priority 1


class Columns(NamedTuple):
    """The units as arrays, one place each."""

    ids: NDArray[np.int64]
    capability: NDArray[np.int8]  # index into CAPABILITIES
    off: Codes  # code of out_of_service or offline, or 0
    is_busy: NDArray[np.bool_]  # it has a live assignment
    can_divert: NDArray[np.bool_]  # from that, for priority 1
    has_place: NDArray[np.bool_]
    is_base: NDArray[np.bool_]  # its base stands for its position
    fix_age_s: NDArray[np.float64]  # inf: none
    is_away: NDArray[np.bool_]  # no tablet of it is connected
    free_in_s: NDArray[np.float64]  # of one that is at its destination; NaN: not known


def columns_of(units: Sequence[Unit], policy: DispatchPolicy) -> Columns:
    """Return the units as arrays."""
    places = [place_of(unit, policy.fix_fresh_s) for unit in units]
    off = {"out_of_service": REASONS.index("out_of_service"), "offline": REASONS.index("offline")}
    return Columns(
        np.array([unit.id for unit in units], np.int64),
        np.array([CAPABILITIES.index(unit.capability) for unit in units], np.int8),
        np.array([off.get(unit.status, 0) for unit in units], np.int8),
        np.array([unit.stage is not None for unit in units], bool),
        np.array([unit.stage in DIVERTIBLE and unit.priority in LESS_URGENT for unit in units], bool),
        np.array([place is not None for place, _ in places], bool),
        np.array([is_base for _, is_base in places], bool),
        np.array([np.inf if unit.fix_age_s is None else unit.fix_age_s for unit in units], float),
        np.array([not unit.is_connected for unit in units], bool),
        np.array([_free_in_s(unit) for unit in units], float),
    )


def needs_of(waiting: Waiting, policy: DispatchPolicy) -> str:
    """Return the capability that a call needs."""
    return waiting.needs or policy.of(waiting.priority).needs


def why_not(waiting: Sequence[Waiting], columns: Columns, policy: DispatchPolicy) -> Codes:
    """Return for each call (row) and unit (column) the index in REASONS of why it can not be asked; 0 = it can."""
    codes = np.tile(columns.off, (len(waiting), 1))
    number = {int(unit): column for column, unit in enumerate(columns.ids)}
    able = {need: _able(need, columns) for need in {needs_of(each, policy) for each in waiting}}
    for row, each in enumerate(waiting):
        _mark(codes[row], ~able[needs_of(each, policy)], "capability")
        for units, reason in ((each.refused_by, "declined"), (each.offered_to, "offered")):
            for unit in units & number.keys():
                codes[row, number[unit]] = codes[row, number[unit]] or REASONS.index(reason)
        busy = columns.is_busy & ~columns.can_divert if each.priority == 1 else columns.is_busy
        _mark(codes[row], busy, "busy")
        _mark(codes[row], ~columns.has_place, "no_place")
        if each.place is None:
            _mark(codes[row], np.ones(len(columns.ids), bool), "no_way")
    return codes


def without_way(codes: Codes, eta_s: NDArray[np.float64]) -> Codes:
    """Return the same, with those that have no ETA taken out."""
    return np.where((codes == 0) & np.isnan(eta_s), np.int8(REASONS.index("no_way")), codes)


def _free_in_s(unit: Unit) -> float:
    """Only at the destination is it known where a unit will be free, and nearly when."""
    return unit.free_in_s if unit.free_in_s is not None and unit.stage == "at_destination" else float("nan")


def _able(need: str, columns: Columns) -> NDArray[np.bool_]:
    able = np.array([capability in ABLE[need] for capability in CAPABILITIES], bool)
    found: NDArray[np.bool_] = able[columns.capability]
    return found


def _mark(codes: Codes, where: NDArray[np.bool_], reason: str) -> None:
    codes[where & (codes == 0)] = REASONS.index(reason)
