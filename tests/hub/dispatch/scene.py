"""Units and calls for the tests of the choice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Place, Unit, Waiting

POLICY = DispatchPolicy()
HERE = Place(18.52, 73.85)
STAGES = ("offered", "accepted", "en_route", "on_scene", "transporting", "at_destination")


def unit(number: int, **others: Any) -> Unit:
    """Return a free basic unit with a fresh fix, unless told otherwise."""
    facts: dict[str, Any] = {
        "place": HERE,
        "fix_age_s": 1.0,
        "base": HERE,
        "status": "available",
        "capability": "basic",
    }
    return Unit(number, f"MH-{number}", **(facts | others))


def busy(number: int, priority: int, stage: str = "en_route", **others: Any) -> Unit:
    """Return a unit that has a call."""
    return unit(number, status="en_route", stage=stage, priority=priority, request_id=UUID(int=900 + number), **others)


def call(number: int, priority: int = 2, waited_s: float = 0.0, **others: Any) -> Waiting:
    """Return a call that has just come in, unless told otherwise."""
    return Waiting(UUID(int=number), priority, others.pop("place", HERE), waited_s, **others)


def etas(*rows: list[float]) -> NDArray[np.float64]:
    """Return a row of seconds for each call."""
    return np.array(rows, float)


@st.composite
def units_and_calls(draw: st.DrawFn) -> tuple[list[Waiting], list[Unit], NDArray[np.float64]]:
    """Draw some of each in any state, with ETAs."""
    calls = [
        call(
            number,
            draw(st.integers(1, 4)),
            draw(st.floats(0, 7_200)),
            needs=draw(st.sampled_from([None, "transport", "basic", "advanced", "neonatal"])),
            refused_by=frozenset(draw(st.sets(st.integers(0, 14), max_size=2))),
            offered_to=frozenset(draw(st.sets(st.integers(0, 14), max_size=1))),
            is_scheduled_in_s=draw(st.sampled_from([None, None, None, -60.0, 600.0, 5_000.0])),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    units = []
    for number in range(draw(st.integers(0, 14))):
        stage = draw(st.sampled_from([None, None, None, *STAGES]))
        units.append(
            unit(
                number,
                capability=draw(st.sampled_from(["transport", "basic", "advanced", "neonatal"])),
                status=draw(st.sampled_from(["available", "available", "out_of_service", "offline"])),
                place=draw(st.sampled_from([None, HERE, HERE])),
                base=draw(st.sampled_from([None, HERE])),
                fix_age_s=draw(st.sampled_from([None, 1.0, 100.0, 400.0])),
                is_connected=draw(st.booleans()),
                stage=stage,
                priority=None if stage is None else draw(st.integers(1, 4)),
                request_id=None if stage is None else UUID(int=900 + number),
                free_in_s=draw(st.sampled_from([None, 30.0, 2_000.0])),
            )
        )
    way = st.one_of(st.floats(10, 4_000), st.just(float("nan")), st.just(300.0))
    rows = [[draw(way) for _ in units] for _ in calls]
    return calls, units, np.array(rows, float).reshape(len(calls), len(units))
