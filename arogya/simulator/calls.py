"""The calls of a made-up city: when, where, how urgent, and how long each will take; a seed is a whole story."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from arogya.simulator.city import City

HOUR_S: Final = 3_600.0
PRIORITIES: Final = (0.20, 0.35, 0.30, 0.15)  # share of the calls, priority 1 to 4
TAKEN_ALONG: Final = (0.80, 0.70, 0.55, 1.0)  # share of the calls whose patient is taken to a hospital
ADVANCED_SHARE: Final = (0.20, 0.05, 0.0, 0.0)  # of the calls that need advanced life support
# Medians of what a crew needs, in seconds, and how far they spread (standard deviation of the logarithm).
TURNOUT: Final = (45.0, 0.4)
SCENE: Final = (900.0, 0.45)
HANDOVER: Final = (1_080.0, 0.4)
DRIVE: Final = (1.0, 0.15)  # times the travel time that is expected
NEXT_HOSPITAL_SHARE: Final = 0.25  # the nearest one is full, or lacks what is needed


class Call(NamedTuple):
    """One call, with all that will be drawn about it, so that any way of serving it meets the same."""

    number: int
    at_s: float  # since the first midnight
    node: int  # crossing
    priority: int
    needs: str | None  # a capability; None: what the priority needs
    turnout_s: float  # from the order until the wheels turn
    drive: float  # the way to the scene takes this many times what is expected
    scene_s: float
    hospital: int | None  # crossing; None: the patient stays
    handover_s: float


def calls_of(city: City, per_day: float, days: int, seed: int) -> list[Call]:
    """Return the calls of some days in order: a Poisson process whose rate goes by the hour and the place."""
    rng = np.random.default_rng([city.seed, seed])
    away = city.graph.from_nodes(np.array(city.hospitals))
    calls: list[Call] = []
    for hour in range(24 * days):
        weights = city.demand[hour % 24]
        times = np.sort(rng.uniform(0.0, HOUR_S, rng.poisson(per_day * weights.sum())))
        nodes = rng.choice(len(weights), len(times), p=weights / weights.sum())
        for at_s, node in zip(times.tolist(), nodes.tolist(), strict=True):
            calls.append(_drawn(len(calls), hour * HOUR_S + at_s, node, _by_distance(city, away[:, node]), rng))
    return calls


def _by_distance(city: City, away: NDArray[np.float64]) -> list[int]:
    return [city.hospitals[each] for each in np.argsort(away, kind="stable").tolist()]


def _drawn(number: int, at_s: float, node: int, hospitals: list[int], rng: np.random.Generator) -> Call:
    kind = int(rng.choice(4, p=PRIORITIES))
    hospital = hospitals[int(rng.random() < NEXT_HOSPITAL_SHARE) if len(hospitals) > 1 else 0]
    return Call(
        number,
        at_s,
        node,
        kind + 1,
        "advanced" if rng.random() < ADVANCED_SHARE[kind] else None,
        _about(rng, *TURNOUT),
        _about(rng, *DRIVE),
        _about(rng, *SCENE),
        hospital if rng.random() < TAKEN_ALONG[kind] else None,
        _about(rng, *HANDOVER),
    )


def _about(rng: np.random.Generator, median: float, spread: float) -> float:
    return float(median * np.exp(spread * rng.standard_normal()))
