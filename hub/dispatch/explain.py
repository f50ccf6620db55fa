"""A choice for people and for the archive: in plain sentences, as a record, and made again from that. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec.structs import asdict

from hub.dispatch.choose import choose_again
from hub.dispatch.decision import Candidate, Choice, Decision, Inputs, Kind
from hub.dispatch.unit import Waiting

BY: Final = {
    "line": "by straight line",
    "roads": "by road",
    "osrm": "by road (OSRM)",
    "valhalla": "by road (Valhalla)",
}
FAR_S: Final = 7_200.0  # so far away is no unit, but perhaps a wrong place
MATTERS_S: Final = 15.0  # a part of a cost that is smaller explains nothing


def decision(
    choice: Choice,
    *,
    at: datetime,
    travel: str,
    duration_ms: float,
    kind: Kind | None = None,
) -> Decision:
    """Return a choice as it is stored; `kind` where it is not what the choice says, like `suggest`."""
    return Decision(
        kind or choice.kind,
        at,
        travel,
        duration_ms,
        [_plain(candidate) for candidate in choice.candidates],
        words(choice, travel),
        choice.request_id,
        choice.ambulance_id,
        _stored(choice.inputs),
    )


def overruled(made: Decision, ambulance_id: int, *, decided_by: UUID, reason: str) -> Decision:
    """Return the decision of a person who chose another unit than that one says, and why."""
    return replace(made, kind="overrule", ambulance_id=ambulance_id, decided_by=decided_by, reason=reason)


def again(made: Decision) -> Decision:
    """Make a decision about a call again from its inputs alone; raises `msgspec.ValidationError` for others.

    The result equals the one that was made, unless the rules have changed since; a person's choice stays theirs.
    """
    choice = choose_again(msgspec.convert(made.inputs, Inputs, strict=False, str_keys=True))
    fresh = decision(choice, at=made.at, travel=made.travel, duration_ms=made.duration_ms)
    person = made.kind == "overrule"
    return replace(
        fresh,
        kind="suggest" if made.kind == "suggest" else made.kind if person else fresh.kind,
        ambulance_id=made.ambulance_id if person else fresh.ambulance_id,
        decided_by=made.decided_by,
        reason=made.reason,
    )


def words(choice: Choice, travel: str = "line") -> str:
    """Return why this unit, and not the nearest, in plain sentences; at most a few hundred characters."""
    chosen = choice.candidate(choice.ambulance_id)
    sentences = _waits(choice) if chosen is None else _goes(choice, chosen, travel)
    better = choice.candidate(choice.better_divert)
    if better is not None:
        sentences.append(
            f"{better.plate_number} would be there in {minutes(better.eta_s)}, taken from a less urgent call: "
            "a dispatcher may decide that."
        )
    return " ".join(sentences)[:4_000]


def minutes(seconds: float | None) -> str:
    """Return a time as people say it: 40 s, 7 min, 5 h."""
    if seconds is None:
        return "an unknown time"
    if seconds >= FAR_S:
        return f"{round(seconds / 3_600):,} h"
    return f"{round(seconds)} s" if seconds < 60 else f"{round(seconds / 60)} min"


def _goes(choice: Choice, chosen: Candidate, travel: str) -> list[str]:
    sentences = [f"{chosen.plate_number} is there in {minutes(chosen.eta_s)} ({BY.get(travel, travel)})."]
    nearest = _nearest(choice.candidates)
    if nearest is not None and nearest.why_not is not None:
        sentences.append(f"{nearest.plate_number} is nearer ({minutes(nearest.eta_s)}), but {nearest.detail}.")
        nearest = _nearest(tuple(each for each in choice.candidates if each.why_not is None))
    elif nearest is None or nearest.ambulance_id == chosen.ambulance_id:
        sentences[0] = sentences[0][:-1] + ": no other is nearer."
    if nearest is not None and nearest.ambulance_id not in (chosen.ambulance_id, choice.better_divert):
        sentences.append(_why_not_nearest(chosen, nearest))
    sentences += _doubts(choice.inputs.waiting, chosen)
    return sentences


def _why_not_nearest(chosen: Candidate, nearest: Candidate) -> str:
    """Say what the nearest unit costs more than the one that was chosen."""
    assert chosen.parts is not None and nearest.parts is not None  # noqa: S101 - only those with an ETA are ranked
    more = {name: value - asdict(chosen.parts)[name] for name, value in asdict(nearest.parts).items()}
    reasons = [REASONS_MORE[name] for name in REASONS_MORE if more[name] >= MATTERS_S]
    told = f"{nearest.plate_number} is nearer ({minutes(nearest.eta_s)})"
    if not reasons:
        return f"{told}, but all calls together are served sooner this way."
    return f"{told}, but {' and '.join(reasons)}."


REASONS_MORE: Final = {
    "until_free": "it is not free yet",
    "stale": "its position is old or its tablet is not connected",
    "target": "it would come after the target",
    "coverage": "its area would be left with too little cover",
    "divert": "it is on its way to another call",
    "capability": "it can do more than is needed here, and may be missed elsewhere",
}


def _doubts(waiting: Waiting, chosen: Candidate) -> list[str]:
    assert chosen.parts is not None  # noqa: S101 - as above
    doubts = []
    if chosen.is_base_used:
        doubts.append("It has sent no fresh position: its base stands for it.")
    if (chosen.eta_s or 0.0) >= FAR_S:
        doubts.append("That is very far: is the place of the call right?")
    elif chosen.parts.target:
        doubts.append("It will come after the target.")
    if chosen.parts.divert:
        doubts.append("It is taken from a less urgent call, which then waits again.")
    if waiting.refused_by:
        doubts.append(f"Asked before without success: {len(waiting.refused_by)}.")
    return doubts


def _waits(choice: Choice) -> list[str]:
    awaited = choice.candidate(choice.waits_for)
    if awaited is not None:
        return [
            f"It waits for {awaited.plate_number}, which should be free in {minutes(awaited.free_in_s)} "
            f"and {minutes(awaited.eta_s)} away."
        ]
    could = [each for each in choice.candidates if each.why_not is None and not (each.parts and each.parts.divert)]
    if could:
        nearest = _nearest(tuple(could))
        where = f"{nearest.plate_number}, the nearest, is {minutes(nearest.eta_s)} away. " if nearest else ""
        if nearest is not None and (nearest.eta_s or 0.0) >= FAR_S:
            return [f"{where}That is very far: is the place of the call right?"]
        return [f"{where}It waits: the units in question are worth more elsewhere for now."]
    if not choice.candidates:
        return ["No unit can take it: there is none."]
    if choice.inputs.waiting.place is None:
        return ["Where the call is, nobody has said: no unit can be chosen before it has a place."]
    first = next((each for each in choice.candidates if each.detail), None)
    why = f" Of {first.plate_number}, {minutes(first.eta_s)} away: {first.detail}." if first else ""
    return [f"No unit can take it now.{why}"]


def _nearest(candidates: tuple[Candidate, ...]) -> Candidate | None:
    known = [each for each in candidates if each.eta_s is not None]
    return min(known, key=lambda each: each.eta_s or 0.0, default=None)


def _plain(candidate: Candidate) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(candidate)
    return found


def _stored(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as they come back from JSON, sets in their order."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(inputs))
    for units in (found["taken"], found["waiting"]["refused_by"], found["waiting"]["offered_to"]):
        units.sort()
    return found
