"""Which units could take a call, and where free ones should wait: chosen when somebody asks, and kept with why."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from handlers.call import API, Call, Nothing, Route
from hub.dispatch.decision import Decision
from hub.dispatch.offers import stored
from storage.dispatch import decisions

Travel = Literal["line", "roads", "osrm", "valhalla"]


class Suggestion(msgspec.Struct):
    """A unit that was looked at; `why_not` is null for one that can be asked, and `detail` says the same in words.

    `rank` 1 is the first choice, `parts` what its cost is made of, in seconds of travel; `diverts` names the call that
    it would be taken from.
    """

    ambulance_id: int
    plate_number: str
    rank: int | None
    eta_s: float | None
    cost_s: float | None
    parts: dict[str, float] | None
    why_not: str | None
    detail: str | None
    is_base_used: bool
    fix_age_s: float | None
    free_in_s: float | None
    diverts: UUID | None


class Suggestions(msgspec.Struct):
    """Who could take a call, the best first, and those who can not, last; an offer may name the decision."""

    decision_id: UUID
    at: datetime
    travel: Travel
    candidates: list[Suggestion]
    words: str


class AdvisedMove(msgspec.Struct):
    """Where one unit should wait; `gain_per_h` is how many calls an hour more are then reached in time."""

    ambulance_id: int
    plate_number: str
    post: str
    latitude: float
    longitude: float
    eta_s: float
    gain_per_h: float
    words: str


class Advice(msgspec.Struct):
    """Where free units should wait; `words` says all of it."""

    at: datetime
    travel: Travel
    moves: list[AdvisedMove]
    words: str


async def show(call: Call[Nothing, Nothing]) -> Suggestions:
    """GET /ambulance_requests/{id}/suggestions: the choice is stored as it is shown. Raises NotFound."""
    decision = await call.context.advisor.suggest(call.uuid)
    decision_id = await decisions.insert(call.context.app, stored(decision))
    candidates = msgspec.convert(decision.candidates, list[Suggestion], strict=False)
    return Suggestions(decision_id, decision.at, _travel(decision), candidates, decision.words)


async def advise(call: Call[Nothing, Nothing]) -> Advice:
    """GET /dispatch/advice: nobody has to follow it, and asking for it stores nothing."""
    decision = await call.context.advisor.advise()
    moves = msgspec.convert(decision.candidates, list[AdvisedMove])
    return Advice(decision.at, _travel(decision), moves, decision.words)


def _travel(decision: Decision) -> Travel:
    travel: Travel = msgspec.convert(decision.travel, Travel)
    return travel


ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        f"{API}/ambulance_requests/{{id}}/suggestions",
        show,
        "dispatch_decisions.R",
        "Which units could take a call",
        Suggestions,
    ),
    Route("GET", f"{API}/dispatch/advice", advise, "dispatch.R", "Where free units should wait", Advice),
)
