"""Calls and units weighed against each other: who can be asked, at what cost, in which order. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Final, Literal, NamedTuple

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
UNKNOWN_S: Final = 1e9  # stands for an ETA that is not known: after all others
TIE_S: Final = 1e-6  # between two equals: costs are rounded to 0.1


class Ranking(NamedTuple):
    """The units worth looking at for a call, as columns."""

    usable: list[int]  # the cheapest that can be asked, by a person at least
    free: list[int]  # the cheapest that have no call
    awaited: list[int] | None  # the cheapest that have none or will have none soon; None: not for this call
    columns: list[int]  # all of these and the nearest others, ranked ones first
    ranked: int  # how many of them are

    @classmethod
    def of(
        cls,
        order: NDArray[np.float64],
        can: NDArray[np.bool_],
        lists: tuple[list[int], list[int], list[int] | None, list[int]],
        explained: int,
    ) -> Ranking:
        """Join the lists: usable, free, awaited, and the nearest that can not be asked."""
        usable, free, awaited, near = lists
        ranked = free if usable is free else sorted({*usable, *free}, key=order.__getitem__)
        waited = [each for each in awaited or () if not can[each]]
        others = [each for each in near if each not in waited][:explained]
        return cls(usable, free, awaited, [*ranked, *waited, *others], len(ranked))


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
        ties_s = np.arange(len(units)) * TIE_S  # so that equals have an order
        self._order = np.where(np.isnan(self._total), np.inf, self._total) + ties_s
        self._distance = np.where(np.isnan(self._eta_s), UNKNOWN_S, self._eta_s) + ties_s
        self._is_soon_free = np.nan_to_num(self._columns.free_in_s, nan=np.inf) <= policy.weights.soon_free_s
        self._taken: set[int] = set()
        self._rankings: dict[int, Ranking] = {}  # by row

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
        column = self._number.get(unit_id)
        if column is None:
            return
        codes = self._codes[:, column]
        codes[codes == 0] = TAKEN
        # Calls that would not look at it are ranked as before.
        for row in [row for row, ranking in self._rankings.items() if column in ranking.columns]:
            del self._rankings[row]

    def rank(self, rows: Sequence[int]) -> None:
        """Rank the units for these calls at once, before they are asked for one by one."""
        new = [row for row in rows if row not in self._rankings]
        if new:
            found = self._ranked(new, self.policy.shortlist, EXPLAINED)
            self._rankings.update(zip(new, found, strict=True))

    def costs_of(self, row: int, *, may_divert: bool, with_busy: bool = True) -> dict[int, float]:
        """Return the cost of each unit that a call may have, cheapest first: the shortlist.

        With `with_busy` also of units that are free soon enough to be waited for.
        """
        ranking = self._ranking(row)
        order = ranking.usable if may_divert else ranking.free
        if with_busy and ranking.awaited is not None:
            order = ranking.awaited
        return dict(zip(self._columns.ids[order].tolist(), self._total[row, order].tolist(), strict=True))

    def candidates(self, row: int, count: int, explained: int) -> list[Candidate]:
        """Return the `count` cheapest units for a call, and the `explained` nearest that can not be asked."""
        return self._told(row, self._ranked([row], count, explained)[0])

    def inputs(self, row: int, *, may_divert: bool) -> Inputs:
        """Return all that the choice for a call is made from, as far as the shortlist goes."""
        columns = self._ranking(row).columns
        eta_s, losses = self._eta_s[row, columns].tolist(), self._losses[columns].tolist()
        facts = tuple(
            [
                Fact(self._units[column], None if isnan(eta) else eta, loss)
                for column, eta, loss in zip(columns, eta_s, losses, strict=True)
            ]
        )
        taken = frozenset([unit for unit in self._columns.ids[columns].tolist() if unit in self._taken])
        return Inputs(self.waiting[row], facts, self.policy, may_divert=may_divert, taken=taken)

    def choice(self, row: int, unit_id: int | None, inputs: Inputs) -> Choice:
        """Return what was chosen; a busy unit that is waited for is not chosen yet."""
        unit = self._number.get(unit_id) if unit_id is not None else None
        waits_for = None
        if unit is not None and self._codes[row, unit] == BUSY:
            unit, unit_id, waits_for = None, None, unit_id
        kind: Literal["offer", "divert", "queue"] = (
            "queue" if unit is None else "divert" if self._columns.is_busy[unit] else "offer"
        )
        candidates = tuple(self._told(row, self._ranking(row)))
        better = self._better_divert(row, unit)
        return Choice(self.waiting[row].id, unit_id, kind, candidates, inputs, waits_for, better)

    def _better_divert(self, row: int, chosen: int | None) -> int | None:
        """Return the unit with another call that would gain enough over the one that was chosen, if there is one."""
        busy = self._columns.is_busy
        if chosen is not None and busy[chosen]:
            return None
        best = next((column for column in self._ranking(row).usable if busy[column]), None)
        if best is None:
            return None
        gains = chosen is None or is_worth_it(
            float(self._total[row, chosen]), float(self._total[row, best]), self.policy
        )
        return int(self._columns.ids[best]) if gains else None

    def _ranking(self, row: int) -> Ranking:
        self.rank([row])
        return self._rankings[row]

    def _ranked(self, rows: list[int], count: int, explained: int) -> list[Ranking]:
        """Return what is worth looking at for each of these calls.

        It is the same for a table of only these units, whatever the others were: equals go by their order.
        """
        codes, order = self._codes[rows], self._order[rows]
        can = codes == 0
        free = can & ~self._columns.is_busy
        soon = (codes == BUSY) & self._is_soon_free
        frees = _smallest(np.where(free, order, np.inf), count)
        urgent = [self.waiting[row].priority == 1 for row in rows]  # these take units from others, and await none
        usables = _smallest(np.where(can, order, np.inf), count) if any(urgent) else frees
        awaits = _smallest(np.where(free | soon, order, np.inf), count) if soon.any() else frees
        awaiteds = [None if is_urgent else each for is_urgent, each in zip(urgent, awaits, strict=True)]
        nears = _smallest(np.where(can, np.inf, self._distance[rows]), explained + count)
        return [
            Ranking.of(order[place], can[place], lists, explained)
            for place, lists in enumerate(zip(usables, frees, awaiteds, nears, strict=True))
        ]

    def _told(self, row: int, ranking: Ranking) -> list[Candidate]:
        columns = ranking.columns
        parts = np.round([part[row, columns] for part in self._costs], 1).T.tolist()
        values = zip(
            columns,
            self._codes[row, columns].tolist(),
            self._eta_s[row, columns].tolist(),
            self._total[row, columns].tolist(),
            self._columns.is_base[columns].tolist(),
            self._columns.free_in_s[columns].tolist(),
            parts,
            strict=True,
        )
        told = []
        for place, (column, code, eta_s, total, is_base, free_in_s, each) in enumerate(values):
            unit, has_way, is_ranked = self._units[column], not isnan(eta_s), place < ranking.ranked
            told.append(
                Candidate(
                    unit.id,
                    unit.plate_number,
                    place + 1 if is_ranked else None,
                    eta_s if has_way else None,
                    total if has_way else None,
                    Parts(*each) if has_way else None,
                    REASONS[code] or None,
                    SENTENCES.get(REASONS[code]),
                    is_base,
                    unit.fix_age_s,
                    None if isnan(free_in_s) else free_in_s,
                    unit.request_id if is_ranked else None,
                )
            )
        return told


def is_worth_it(before_s: float, after_s: float, policy: DispatchPolicy) -> bool:
    """Say whether a change gains enough: nobody is sent to and fro for seconds."""
    return before_s - after_s > max(policy.swap_gain_s, policy.swap_gain_share * before_s)


def _smallest(values: Matrix, count: int) -> list[list[int]]:
    """Return where the `count` smallest numbers of each row are, in order; inf never. No two of a row are equal."""
    count = min(count, values.shape[1])
    if not count:
        return [[] for _ in values]
    if values.shape[1] > 4 * count:  # few of many: the others need not be sorted
        places = np.argpartition(values, count - 1, axis=1)[:, :count]
    else:
        places = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    rows = np.arange(len(values))[:, None]
    chosen = values[rows, places]
    order = chosen.argsort(axis=1)[:, :count]
    known = np.isfinite(chosen).sum(axis=1).tolist()
    return [row[:size] for row, size in zip(places[rows, order].tolist(), known, strict=True)]
