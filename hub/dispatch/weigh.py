"""Calls and units weighed against each other: who can be asked, at what cost, in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from hub.dispatch.cost import Matrix, costs
from hub.dispatch.coverage import Coverage
from hub.dispatch.decision import Candidate, Choice, Fact, Inputs, Parts
from hub.dispatch.eligibility import REASONS, SENTENCES, columns_of, why_not, without_way
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Unit, Waiting

EXPLAINED: Final = 5  # nearer units that can not be asked, kept beside the shortlist to say why not
BUSY = REASONS.index("busy")
TAKEN = REASONS.index("taken")


class Weighed:
    """A table of calls (rows) and units (columns); what is chosen is taken out of it."""

    def __init__(
        self,
        waiting: Sequence[Waiting],
        units: Sequence[Unit],
        eta_s: Matrix,
        policy: DispatchPolicy,
        coverage: Coverage | NDArray[np.float64],  # or what the loss of each unit is
    ) -> None:
        self.waiting = waiting
        self.policy = policy
        self._units = units
        self._columns = columns_of(units, policy)
        self._number = {unit.id: column for column, unit in enumerate(units)}
        self._eta_s = np.round(eta_s, 1).reshape(len(waiting), len(units))
        losses = coverage.losses(self._columns.ids) if isinstance(coverage, Coverage) else coverage
        self._losses = np.round(losses, 6)
        self._codes = without_way(why_not(waiting, self._columns, policy), self._eta_s)
        self._costs = costs(waiting, self._columns, self._eta_s, self._losses, policy)
        self._total = np.round(self._costs.total(), 1)
        self._taken: set[int] = set()
        self._listed_of: dict[int, list[tuple[int | None, int]]] = {}  # what `_shortlist` found

    @classmethod
    def of(cls, inputs: Inputs) -> Weighed:
        """Return the table of one call as it was."""
        etas = [np.nan if fact.eta_s is None else fact.eta_s for fact in inputs.facts]
        losses = np.array([fact.loss for fact in inputs.facts], float)
        units = [fact.unit for fact in inputs.facts]
        return cls([inputs.waiting], units, np.array([etas], float), inputs.policy, losses)

    def free_count(self) -> int:
        """Return how many units could be asked for some call at all, and have none."""
        usable = (self._columns.off == 0) & ~self._columns.is_busy & self._columns.has_place
        return int(usable.sum())

    def take(self, unit_id: int) -> None:
        """Let nobody else have a unit."""
        self._taken.add(unit_id)
        self._listed_of.clear()
        column = self._number.get(unit_id)
        if column is not None:
            codes = self._codes[:, column]
            codes[codes == 0] = TAKEN

    def costs_of(self, row: int, *, may_divert: bool, with_busy: bool = True) -> dict[int, float]:
        """Return the cost of each unit that a call may have, cheapest first: the shortlist.

        With `with_busy` also of units that are free soon enough to be waited for.
        """
        usable = self._codes[row] == 0
        if not may_divert:
            usable &= ~self._columns.is_busy
        if with_busy:
            usable |= self._may_be_awaited(row)
        order = self._cheapest(row, usable, self.policy.shortlist)
        return {int(self._columns.ids[column]): float(self._total[row, column]) for column in order}

    def candidates(self, row: int, count: int, explained: int) -> list[Candidate]:
        """Return the `count` cheapest units for a call, and the `explained` nearest that can not be asked."""
        return self._told(row, self._listed(row, count, explained))

    def inputs(self, row: int, *, may_divert: bool) -> Inputs:
        """Return all that the choice for a call is made from, as far as the shortlist goes."""
        columns = [column for _, column in self._shortlist(row)]
        eta_s, losses = self._eta_s[row, columns].tolist(), self._losses[columns].tolist()
        facts = tuple(
            Fact(self._units[column], None if isnan(eta) else eta, loss)
            for column, eta, loss in zip(columns, eta_s, losses, strict=True)
        )
        listed = {fact.unit.id for fact in facts}
        return Inputs(
            self.waiting[row], facts, self.policy, may_divert=may_divert, taken=frozenset(self._taken & listed)
        )

    def choice(self, row: int, unit_id: int | None, inputs: Inputs) -> Choice:
        """Return what was chosen; a busy unit that is waited for is not chosen yet."""
        unit = self._number.get(unit_id) if unit_id is not None else None
        listed = tuple(self._told(row, self._shortlist(row)))
        waits_for = None
        if unit is not None and self._codes[row, unit] == BUSY:
            unit, unit_id, waits_for = None, None, unit_id
        kind: Literal["offer", "divert", "queue"] = (
            "queue" if unit is None else "divert" if self._columns.is_busy[unit] else "offer"
        )
        better = self._better_divert(row, unit)
        return Choice(self.waiting[row].id, unit_id, kind, listed, inputs, waits_for, better)

    def _shortlist(self, row: int) -> list[tuple[int | None, int]]:
        """Return what a choice keeps of the units; asked twice for each call, and the same until a unit is taken."""
        if row not in self._listed_of:
            self._listed_of[row] = self._listed(row, self.policy.shortlist, EXPLAINED)
        return self._listed_of[row]

    def _better_divert(self, row: int, chosen: int | None) -> int | None:
        """Return the unit with another call that would gain enough over the one that was chosen, if there is one."""
        if chosen is not None and self._columns.is_busy[chosen]:
            return None
        best = self._cheapest(row, (self._codes[row] == 0) & self._columns.is_busy, 1)
        if not best:
            return None
        cost_s = float(self._total[row, best[0]])
        if chosen is not None and not is_worth_it(float(self._total[row, chosen]), cost_s, self.policy):
            return None
        return int(self._columns.ids[best[0]])

    def _may_be_awaited(self, row: int) -> NDArray[np.bool_]:
        soon: NDArray[np.bool_] = self._codes[row] == BUSY
        if self.waiting[row].priority == 1:
            return np.zeros_like(soon)
        with np.errstate(invalid="ignore"):
            return soon & (self._columns.free_in_s <= self.policy.weights.soon_free_s)

    def _cheapest(self, row: int, usable: NDArray[np.bool_], count: int) -> list[int]:
        """Return the columns of the `count` cheapest, in order; the same ones however many others there are."""
        return _smallest(np.where(usable, self._total[row], np.nan), count)

    def _listed(self, row: int, count: int, explained: int) -> list[tuple[int | None, int]]:
        """Return the columns worth a line, each with its rank, where it has one."""
        can = self._codes[row] == 0
        free = can & ~self._columns.is_busy
        ranked = self._cheapest(row, can, count)
        if self.waiting[row].priority == 1:  # those that a person alone may take leave room for as many others
            also = set(ranked) | set(self._cheapest(row, free, count))
            ranked = sorted(also, key=lambda column: (self._total[row, column], column))
        awaited = [each for each in self._cheapest(row, free | self._may_be_awaited(row), count) if not can[each]]
        eta_s = np.where(np.isnan(self._eta_s[row]), np.inf, self._eta_s[row])
        eta_s[can] = np.nan
        eta_s[awaited] = np.nan
        rest = awaited + _smallest(eta_s, explained)
        return [*((rank, column) for rank, column in enumerate(ranked, 1)), *((None, column) for column in rest)]

    def _told(self, row: int, listed: Sequence[tuple[int | None, int]]) -> list[Candidate]:
        columns = [column for _, column in listed]
        eta_s, total = self._eta_s[row, columns].tolist(), self._total[row, columns].tolist()
        parts = np.round([part[row, columns] for part in self._costs], 1).T.tolist()
        free_in_s, is_base = self._columns.free_in_s[columns].tolist(), self._columns.is_base[columns].tolist()
        codes = self._codes[row, columns].tolist()
        told = []
        for place, (rank, column) in enumerate(listed):
            unit, code, has_way = self._units[column], REASONS[codes[place]], not isnan(eta_s[place])
            told.append(
                Candidate(
                    unit.id,
                    unit.plate_number,
                    rank,
                    eta_s[place] if has_way else None,
                    total[place] if has_way else None,
                    Parts(*parts[place]) if has_way else None,
                    code or None,
                    SENTENCES.get(code),
                    is_base[place],
                    unit.fix_age_s,
                    None if isnan(free_in_s[place]) else free_in_s[place],
                    None if rank is None else unit.request_id,
                )
            )
        return told


def is_worth_it(before_s: float, after_s: float, policy: DispatchPolicy) -> bool:
    """Say whether a change gains enough: nobody is sent to and fro for seconds."""
    return before_s - after_s > max(policy.swap_gain_s, policy.swap_gain_share * before_s)


def _smallest(values: Matrix, count: int) -> list[int]:
    """Return where the `count` smallest numbers are, in order; equals in the order of their places, NaN never."""
    known = len(values) - int(np.isnan(values).sum())
    count = min(count, known)
    if count <= 0:
        return []
    if known <= 4 * count:
        order: list[int] = values.argsort(kind="stable")[:count].tolist()
        return order
    # Few of many: what is larger than the last of them need not be sorted.
    places = np.nonzero(values <= np.partition(values, count - 1)[count - 1])[0]
    order = places[values[places].argsort(kind="stable")[:count]].tolist()
    return order
