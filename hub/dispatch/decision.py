"""A choice as a record: what it was made from, what came of it, and how to make it again. Pure.

What there are thousands of in one choice is a `Struct`: five times as fast to make as a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct

from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Unit, Waiting

Kind = Literal["suggest", "offer", "overrule", "divert", "queue", "relocate"]


class Parts(Struct, frozen=True):
    """What a cost is made of, in seconds of ETA."""

    eta: float
    until_free: float
    stale: float
    target: float
    coverage: float
    divert: float
    capability: float


class Candidate(Struct, frozen=True):
    """A unit that was looked at for a call."""

    ambulance_id: int
    plate_number: str
    rank: int | None  # 1 is the first choice; None: it can not be asked
    eta_s: float | None  # from where it is; None: not known
    cost_s: float | None
    parts: Parts | None
    why_not: str | None  # a code of `eligibility.REASONS`; None: it can be asked
    detail: str | None  # the same as a sentence
    is_base_used: bool  # its base stands for its position
    fix_age_s: float | None
    free_in_s: float | None  # of a busy one that could be waited for
    diverts: UUID | None  # the call that it would be taken from


class Fact(Struct, frozen=True):
    """What was known of a unit: all that its cost was made from."""

    unit: Unit
    eta_s: float | None
    loss: float  # calls an hour that would come late without it


@dataclass(frozen=True, slots=True)
class Rival:
    """Another call that was matched with the same units, and what each would cost it."""

    request_id: UUID
    leave_s: float
    costs: dict[int, float]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a choice was made from."""

    waiting: Waiting
    facts: tuple[Fact, ...]  # of the candidates, in their order
    policy: DispatchPolicy
    may_divert: bool = False  # a person decides: a unit may be taken from a less urgent call
    is_matched: bool = False  # together with others; False: the cheapest
    taken: frozenset[int] = frozenset()  # units that more urgent calls had chosen already
    rivals: tuple[Rival, ...] = ()
    row: int = 0  # its place among them


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for a call."""

    request_id: UUID
    ambulance_id: int | None  # None: it waits
    kind: Literal["offer", "divert", "queue"]
    candidates: tuple[Candidate, ...]  # in the order of preference; those that can not be asked last
    inputs: Inputs
    waits_for: int | None = None  # a busy unit that is worth waiting for
    better_divert: int | None = None  # a unit that a person may take from a less urgent call for much gain

    def candidate(self, ambulance_id: int | None) -> Candidate | None:
        """Return a unit among the candidates."""
        return next((each for each in self.candidates if each.ambulance_id == ambulance_id), None)


@dataclass(frozen=True, slots=True)
class Decision:
    """A choice as it is stored: plain values that become JSON."""

    kind: Kind
    at: datetime
    travel: str  # where the travel times came from: line, roads, osrm, valhalla
    duration_ms: float
    candidates: list[dict[str, Any]]
    words: str
    request_id: UUID | None = None
    ambulance_id: int | None = None
    inputs: dict[str, Any] = field(default_factory=dict)
    decided_by: UUID | None = None
    reason: str | None = None  # of a person who chose otherwise
