"""Two ways of serving calls: the closest idle ambulance, and what the hub chooses, by the very modules that it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from arogya.simulator.calls import Call
from arogya.simulator.city import City
from bench.rounds import Car, Service, Times, pace
from hub.dispatch.choose import choose
from hub.dispatch.coverage import NOTHING, Coverage, Demand, demand_of
from hub.dispatch.decision import Choice
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.relocate import Post, Posts, best_post
from hub.dispatch.unit import ABLE, Unit, Waiting

LOOK_AGAIN_S: Final = 15.0  # while a call waits; the hub does so each 3 s


@dataclass(slots=True)
class ClosestIdle:
    """The nearest idle unit at the moment of the call, else a queue; a unit that is free goes back to its base."""

    by_priority: bool = False  # the most urgent of those that wait is served first, and not the oldest

    def called(self, service: Service, call: Call) -> None:
        """Send the nearest that can do what is needed."""
        cars = [car for car in service.cars if car.call is None and can(car, call)]
        etas = service.etas_s(cars, call.node)
        if cars:
            service.assign(cars[etas.index(min(etas))], call)

    def freed(self, service: Service, car: Car) -> None:
        """Take the first call in the queue, or go home."""
        able = [call for call in service.waiting if can(car, call)]
        if able:
            service.assign(car, min(able, key=lambda call: (call.priority if self.by_priority else 0, call.at_s)))
        else:
            service.send(car, car.home)

    def tick(self, service: Service) -> None:
        """Never asked for."""


def can(car: Car, call: Call) -> bool:
    """Say whether an ambulance can do what a call needs."""
    return car.capability in ABLE[call.needs or "basic"]


@dataclass(frozen=True, slots=True)
class Switches:
    """What of the hub's way is switched on: all of it, but for finding out what each brings."""

    relocates: bool = True
    diverts: bool = True
    covers: bool = True  # the loss of coverage counts (λ)
    batches: bool = True  # many calls at once; False: one after the other, nothing is left in the queue by choice


class Chosen:
    """The hub's choice, on what it would know: fixes, expected travel times, and the calls of earlier weeks."""

    def __init__(self, times: Times, policy: DispatchPolicy, past: list[Call], days: int, switches: Switches) -> None:
        self._times = times
        self._city = times.city
        self._switches = switches
        self._policy = policy if switches.covers else uncovered(policy)
        self._demand = demand_by_hour(self._city, past, days)
        self._posts = sorted({*self._city.stations, *self._city.hospitals})
        self._ids = {call: UUID(int=call) for call in range(100_000)}

    def called(self, service: Service, call: Call) -> None:
        """Choose for everybody who waits."""
        self._choose(service)

    def tick(self, service: Service) -> None:
        """Choose again."""
        self._choose(service)

    def freed(self, service: Service, car: Car) -> None:
        """Choose for those who wait; a unit that none of them gets waits where it is worth most."""
        if service.waiting:
            self._choose(service)
        if car.call is None:
            service.send(car, self._best_post(service, car) if self._switches.relocates else car.home)

    def _choose(self, service: Service) -> None:
        waiting = [self._waiting(service, call) for call in service.waiting]
        cars = [car for car in service.cars if car.stage != "on_scene" and car.stage != "transporting"]
        wheres = [service.where(car) for car in cars]
        units = [self._unit(service, car, node) for car, (node, _) in zip(cars, wheres, strict=True)]
        calls = list(service.waiting)
        nodes, goals = [node for node, _ in wheres], [call.node for call in calls]
        driven_s = self._times.empty_s[np.ix_(nodes, goals)].T / pace(service.now_s)
        etas = driven_s + [until_s for _, until_s in wheres] + TURNOUT_EXPECTED_S
        coverage = self._coverage(service, units)
        if self._switches.batches:
            choices = choose(waiting, units, etas, self._policy, coverage, may_divert=self._switches.diverts)
        else:
            choices = self._one_by_one(waiting, units, etas, coverage)
        by_id = {car.id: car for car in cars}
        for call, choice in zip(calls, choices, strict=True):
            if choice.ambulance_id is not None:
                service.assign(by_id[choice.ambulance_id], call)
        if service.waiting:
            service.look_again(LOOK_AGAIN_S)

    def _one_by_one(
        self, waiting: list[Waiting], units: list[Unit], etas: NDArray[np.float64], coverage: Coverage
    ) -> list[Choice]:
        """Choose for the most urgent first, each as if there were no other."""
        choices: dict[int, Choice] = {}
        for row in sorted(range(len(waiting)), key=lambda row: (waiting[row].priority, -waiting[row].waited_s)):
            taken = frozenset(choice.ambulance_id for choice in choices.values() if choice.ambulance_id is not None)
            asked = replace(waiting[row], refused_by=taken)
            choices[row] = choose(
                [asked], units, etas[row : row + 1], self._policy, coverage, may_divert=self._switches.diverts
            )[0]
        return [choices[row] for row in range(len(waiting))]

    def _waiting(self, service: Service, call: Call) -> Waiting:
        place = self._city.places[call.node]
        return Waiting(self._ids[call.number], call.priority, place, service.now_s - call.at_s, call.needs)

    def _unit(self, service: Service, car: Car, node: int) -> Unit:
        call = car.call
        return Unit(
            car.id,
            f"A-{car.id}",
            car.capability,
            "available" if call is None else "en_route",
            self._city.places[node],
            1.0,
            self._city.places[car.home],
            stage=car.stage,
            request_id=self._ids[call.number] if call else None,
            priority=call.priority if call else None,
            free_in_s=max(60.0, car.free_at_s - service.now_s) if car.stage == "at_destination" else None,
        )

    def _coverage(self, service: Service, units: list[Unit]) -> Coverage:
        if not self._switches.covers:
            return NOTHING
        free = {unit.id: unit.place for unit in units if unit.stage is None and unit.place is not None}
        return Coverage.of(self._demand_at(service), free, self._radius_m(service), self._policy.busy_share)

    def _best_post(self, service: Service, car: Car) -> int:
        waits = {
            each.id: self._city.places[each.post] for each in service.cars if each.call is None and each is not car
        }
        demand, radius_m = self._demand_at(service), self._radius_m(service)
        coverage = Coverage.of(demand, waits, radius_m, self._policy.busy_share)
        posts = Posts.around([Post(str(node), self._city.places[node]) for node in self._posts], demand, radius_m)
        at, until_s = service.where(car)
        eta_s = np.array([until_s + self._times.between_s(at, node, service.now_s) for node in self._posts])
        best = best_post(car.id, coverage, posts, eta_s, self._policy)
        return car.home if best is None else self._posts[best[0]]

    def _demand_at(self, service: Service) -> Demand:
        return self._demand[int(service.now_s // 3_600) % 24]

    def _radius_m(self, service: Service) -> float:
        return self._policy.weights.covered_within_s * self._times.line_m_per_s * pace(service.now_s)


TURNOUT_EXPECTED_S: Final = 49.0  # mean of `arogya.simulator.calls.TURNOUT`
SMOOTHED_H: Final = 1  # the hours before and after count too


def demand_by_hour(city: City, past: list[Call], days: int) -> list[Demand]:
    """Return what the calls of some days say about each hour of the day."""
    demands = []
    for hour in range(24):
        near = {(hour + by) % 24 for by in range(-SMOOTHED_H, SMOOTHED_H + 1)}
        places = [city.places[call.node] for call in past if int(call.at_s // 3_600) % 24 in near]
        demands.append(demand_of(places, days * len(near)))
    return demands


def uncovered(policy: DispatchPolicy) -> DispatchPolicy:
    """Return the same rules without λ."""
    rules = {priority: replace(rule, coverage_weight_s=0.0) for priority, rule in policy.priorities.items()}
    return replace(policy, priorities=rules)


def place_cars(times: Times, past: list[Call], days: int, fleet: int, policy: DispatchPolicy) -> list[int]:
    """Return a station for each of so many ambulances: the static MEXCLP solution, unit by unit (Daskin 1983).

    It is where they are at home whatever the rule, so that nobody begins at a disadvantage.
    """
    city = times.city
    demand = demand_of([city.places[call.node] for call in past], 24.0 * days)
    radius_m = (
        policy.weights.covered_within_s * times.line_m_per_s * float(np.mean([pace(3_600.0 * h) for h in range(24)]))
    )
    posts = Posts.around([Post(str(node), city.places[node]) for node in city.stations], demand, radius_m)
    homes: list[int] = []
    for _ in range(fleet):
        covered = {unit: city.places[node] for unit, node in enumerate(homes)}
        gains = Coverage.of(demand, covered, radius_m, policy.busy_share).gains(posts.reach)
        homes.append(city.stations[int(np.argmax(gains))])
    return homes
