"""How good and how fast the choice of ambulances is: a made-up city served by the closest idle unit, and by the hub.

The hub's way is run by the very modules of the hub. Both ways meet the same calls with the same draws (turnout, drive,
scene, hospital), the same ambulances at the same bases, and expect the same travel times. No database is involved.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Final
from uuid import UUID

import numpy as np

from arogya.app import calm_collector
from arogya.simulator.calls import calls_of
from arogya.simulator.city import City, build
from bench.broken import Broken
from bench.rounds import Car, Rule, Served, Service, Times
from bench.rules import Chosen, ClosestIdle, Switches, place_cars
from hub.dispatch import match
from hub.dispatch.choose import choose
from hub.dispatch.coverage import Coverage, demand_of
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.travel import StraightLine, line_etas_s
from hub.dispatch.unit import Place, Unit, Waiting

SETTINGS: Mapping[str, str] = {}
MAIN_FIGURE = "late_ratio"
NEEDS_HUB = False
SIZE: Final = 48  # blocks each way: a city of 12 km across
PAST_DAYS: Final = 28  # of calls that the hub knows the demand from
ADVANCED_EVERY: Final = 3  # each third ambulance has advanced life support
POLICY: Final = DispatchPolicy()
WAYS: Final[Mapping[str, Switches]] = {
    "ours": Switches(),
    "without_relocation": Switches(relocates=False),
    "without_diversion": Switches(diverts=False),
    "without_coverage": Switches(covers=False),
    "without_batches": Switches(batches=False),
    "relocation_only": Switches(diverts=False, covers=False, batches=False),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--seeds", type=int, default=12, help="cities and their calls, from --first on (12)")
    parser.add_argument("--first", type=int, default=1, metavar="SEED", help="the policy was tuned on 101 to 104 (1)")
    parser.add_argument("--days", type=int, default=7, help="of calls (7)")
    parser.add_argument("--fleet", type=int, default=16, help="ambulances in the city (16)")
    parser.add_argument("--calls", type=float, default=270.0, help="a day, on average (270)")
    parser.add_argument("--ablation", action="store_true", help="also without each part of the choice in turn")
    parser.add_argument("--ambulances", type=int, default=1_000, help="fleet of the timed decisions (1000)")
    parser.add_argument("--requests", type=int, default=100, help="that wait in each of them (100)")
    parser.add_argument("--decisions", type=int, default=200, help="that are timed (200)")


def measure(_hub: object, options: argparse.Namespace) -> dict[str, float]:
    """Time decisions, serve the cities in each way, and return the figures by name."""
    took, worked = timed(options.ambulances, options.requests, options.decisions)
    figures = {
        "decision_p50_ms": round(statistics.median(took), 1),
        "decision_p99_ms": round(float(np.quantile(took, 0.99)), 1),
        "decision_max_ms": round(max(took), 1),
        "decision_cpu_p50_ms": round(statistics.median(worked), 1),
        "decision_cpu_p99_ms": round(float(np.quantile(worked, 0.99)), 1),
    }
    ways = WAYS if options.ablation else {"ours": WAYS["ours"]}
    found: dict[str, list[dict[str, float]]] = {}
    for seed in range(options.first, options.first + options.seeds):
        for name, summary in served_by(seed, options, ways).items():
            found.setdefault(name, []).append(summary)
    means = {name: _mean(summaries) for name, summaries in found.items()}
    base, ours = means["closest"], means["ours"]
    figures |= {
        "late_ratio": _ratio(ours, base, "late"),
        "p1_mean_ratio": _ratio(ours, base, "p1_mean_s"),
        "late_ratio_priority_queue": _ratio(ours, means["closest_by_priority"], "late"),
        "worst_seed_late_ratio": max(
            _ratio(mine, theirs, "late") for mine, theirs in zip(found["ours"], found["closest"], strict=True)
        ),
        "calls": sum(summary["calls"] for summary in found["closest"]),
        "seeds": options.seeds,
    }
    for name, mean in means.items():
        figures |= {f"{name}_{figure}": value for figure, value in mean.items() if figure != "calls"}
    return figures


def served_by(seed: int, options: argparse.Namespace, ways: Mapping[str, Switches]) -> dict[str, dict[str, float]]:
    """Serve the calls of a city in each way, and return what came of it."""
    city = build(seed, size=SIZE)
    times = Times(city)
    past = calls_of(city, options.calls, PAST_DAYS, seed=1)
    calls = calls_of(city, options.calls, options.days, seed=2)
    homes = place_cars(times, past, PAST_DAYS, options.fleet, POLICY)
    rules: dict[str, Rule] = {"closest": ClosestIdle(), "closest_by_priority": ClosestIdle(by_priority=True)}
    rules |= {name: Chosen(times, POLICY, past, PAST_DAYS, switches) for name, switches in ways.items()}
    return {name: _summary(Service(times, cars_at(homes), rule).run(calls)) for name, rule in rules.items()}


def cars_at(homes: list[int]) -> list[Car]:
    """Return an ambulance at each base, some of them with advanced life support."""
    return [
        Car(number, home, "advanced" if number % ADVANCED_EVERY == 0 else "basic", home, post=home)
        for number, home in enumerate(homes)
    ]


def _summary(served: list[Served]) -> dict[str, float]:
    response = np.array([each.response_s for each in served])
    priority = np.array([each.call.priority for each in served])
    targets = np.array([POLICY.of(each.call.priority).target_s for each in served])
    late = response > targets
    summary = {
        "late": float(late.mean()),
        "calls": float(len(served)),
        "diverted": float(sum(s.diverted for s in served)),
    }
    for number in (1, 2, 3, 4):
        mine = priority == number
        if mine.any():
            summary[f"p{number}_late"] = float(late[mine].mean())
            summary[f"p{number}_mean_s"] = float(response[mine].mean())
            summary[f"p{number}_p90_s"] = float(np.quantile(response[mine], 0.9))
    return summary


def _ratio(mine: Mapping[str, float], theirs: Mapping[str, float], figure: str) -> float:
    return round(mine[figure] / theirs[figure], 3) if theirs[figure] else float(bool(mine[figure]))


def _mean(summaries: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean over the seeds, each of which counts the same."""
    return {name: round(statistics.fmean(summary[name] for summary in summaries), 4) for name in summaries[0]}


def timed(ambulances: int, requests: int, decisions: int) -> tuple[list[float], list[float]]:
    """Return how long each of some whole decisions took, in ms, and the processor time of it.

    A decision is travel times, eligibility, coverage, cost and matching for all calls that wait. Each is about another
    picture: a third of the ambulances busy, calls of all priorities from the whole city.
    """
    match.prepare()
    calm_collector()  # as every hub does at its start
    city, rng = build(0, size=SIZE), Random(0)  # noqa: S311 - the same pictures in each run
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    line = StraightLine(POLICY)
    demand = demand_of([city.places[call.node] for call in calls_of(city, 300.0, PAST_DAYS, seed=0)], PAST_DAYS * 24.0)
    radius_m = POLICY.weights.covered_within_s * line.metres_per_s(at)
    took, worked = [], []
    for _ in range(decisions):
        units, waiting = _fleet(city, ambulances, rng), _calls(city, requests, rng)
        began, began_work = time.perf_counter(), time.thread_time()
        etas = line_etas_s(waiting, units, line, POLICY, at)
        free = {unit.id: unit.place for unit in units if unit.stage is None and unit.place is not None}
        coverage = Coverage.of(demand, free, radius_m, POLICY.busy_share)
        choices = choose(waiting, units, etas, POLICY, coverage)
        took.append((time.perf_counter() - began) * 1_000.0)
        worked.append((time.thread_time() - began_work) * 1_000.0)
        chosen = [choice.ambulance_id for choice in choices if choice.ambulance_id is not None]
        if len(set(chosen)) != len(chosen):
            raise Broken("a unit was chosen twice")
    return took, worked


def _fleet(city: City, count: int, rng: Random) -> list[Unit]:
    units = []
    for number in range(count):
        stage = rng.choice((None, None, None, None, "en_route", "at_destination"))
        units.append(
            Unit(
                number,
                f"B-{number}",
                rng.choice(("basic", "basic", "advanced")),
                "available" if stage is None else "en_route",
                _somewhere(city, rng),
                rng.uniform(0.0, 320.0),
                _somewhere(city, rng),
                stage=stage,
                request_id=None if stage is None else UUID(int=number),
                priority=None if stage is None else rng.randint(1, 4),
                free_in_s=rng.uniform(60.0, 1_200.0) if stage == "at_destination" else None,
            )
        )
    return units


def _calls(city: City, count: int, rng: Random) -> list[Waiting]:
    return [
        Waiting(UUID(int=number), rng.randint(1, 4), _somewhere(city, rng), rng.uniform(0.0, 900.0))
        for number in range(count)
    ]


def _somewhere(city: City, rng: Random) -> Place:
    return rng.choice(city.places)
