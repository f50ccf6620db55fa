"""Ambulances of a made-up city and their calls, event by event, for any rule of who goes where."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple, Protocol

import numpy as np

from arogya.simulator.calls import Call
from arogya.simulator.city import PACE, City
from hub.dispatch.travel import distances_m

HOUR_S: Final = 3_600.0


class Times:
    """Travel times between all crossings, by the hour, and the ways themselves."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.empty_s = city.graph.from_nodes(np.arange(len(city.places))).astype(np.float32)
        self._next: dict[tuple[int, int], int] = {}  # what `next_of` found
        hubs = np.array(city.stations + city.hospitals)
        metres = distances_m([city.places[node] for node in hubs], city.places)
        away = metres > 1_000.0
        # How fast the straight line is covered on empty roads: what a service would find in its records.
        self.line_m_per_s = float(np.median(metres[away] / self.empty_s[hubs][away]))

    def between_s(self, start: int, goal: int, at_s: float) -> float:
        """Return what is expected of a way that begins now."""
        return float(self.empty_s[start, goal]) / pace(at_s)

    def next_of(self, start: int, goal: int) -> int:
        """Return the crossing that follows on the quickest way."""
        found = self._next.get((start, goal))
        if found is None:
            found = min(
                (edge.to for edge in self.city.roads.edges[start]),
                key=lambda to: float(self.empty_s[start, to]) + float(self.empty_s[to, goal]),
            )
            self._next[start, goal] = found
        return found


def pace(at_s: float) -> float:
    """Return the share of the speed of empty roads that is driven at this time."""
    return PACE[int(at_s // HOUR_S) % 24]


class Trip(NamedTuple):
    """A way that is being driven."""

    start: int
    goal: int
    begins_s: float  # when the wheels turn
    slower: float  # how much longer everything on it takes than on empty roads


@dataclass(slots=True)
class Car:
    """An ambulance on its rounds."""

    id: int
    home: int  # crossing
    capability: str
    node: int  # where it stands, or where its trip began
    trip: Trip | None = None
    call: Call | None = None
    stage: str | None = None  # of its call
    free_at_s: float = 0.0  # when it should be free, as far as can be known; of one that is at a hospital
    turn: int = 0  # goes up when its plans change: what was planned before is void
    post: int = 0  # where it waits, or will


@dataclass(slots=True)
class Served:
    """What became of a call."""

    call: Call
    response_s: float
    diverted: int = 0


class Rule(Protocol):
    """Decides who goes where; told after each event, when everything else has been done."""

    def called(self, service: Service, call: Call) -> None:
        """Deal with a new call."""

    def freed(self, service: Service, car: Car) -> None:
        """Deal with an ambulance that has become free."""

    def tick(self, service: Service) -> None:
        """Look again, because it asked for that."""


@dataclass(slots=True)
class Service:
    """The ambulances and calls of a run, and the clock."""

    times: Times
    cars: Sequence[Car]
    rule: Rule
    now_s: float = 0.0
    waiting: list[Call] = field(default_factory=list)  # in the order in which they came
    served: list[Served] = field(default_factory=list)
    moves: int = 0  # of free cars, to where they wait
    _diverted: dict[int, int] = field(default_factory=dict)  # times that a call lost its unit
    _events: list[tuple[float, int, str, int, object]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)
    _ticks_at_s: float = 0.0

    def run(self, calls: Sequence[Call]) -> list[Served]:
        """Serve all calls, and return what became of them."""
        for call in calls:
            self._plan(call.at_s, "call", 0, call)
        while self._events:
            self.now_s, _, what, turn, subject = heapq.heappop(self._events)
            if isinstance(subject, Call):
                self.waiting.append(subject)
                self.rule.called(self, subject)
            elif isinstance(subject, Car):
                if subject.turn == turn:
                    getattr(self, f"_{what}")(subject)
            else:
                self.rule.tick(self)
        return self.served

    def where(self, car: Car) -> tuple[int, float]:
        """Return the next crossing of a car, and the seconds until it is there."""
        trip = car.trip
        if trip is None:
            return car.node, 0.0
        along_s = self.now_s - trip.begins_s
        if along_s <= 0:
            return trip.start, 0.0
        at, passed_s = trip.start, 0.0
        while at != trip.goal:
            following = self.times.next_of(at, trip.goal)
            passed_s += float(self.times.empty_s[at, following]) * trip.slower
            at = following
            if passed_s >= along_s:
                break
        return at, max(0.0, passed_s - along_s)

    def etas_s(self, cars: Sequence[Car], node: int) -> list[float]:
        """Return when each car could be at a crossing, as expected: from where it is now."""
        found = []
        for car in cars:
            at, until_s = self.where(car)
            found.append(until_s + self.times.between_s(at, node, self.now_s))
        return found

    def assign(self, car: Car, call: Call) -> None:
        """Send a car to a call; one that was on its way to another leaves that waiting again."""
        if car.call is not None:
            self._diverted[car.call.number] = self._diverted.get(car.call.number, 0) + 1
            self.waiting.append(car.call)
            self.waiting.sort(key=lambda each: each.at_s)
        self.waiting.remove(call)
        until_s = self._stop(car)
        car.call, car.stage = call, "en_route"
        self._drive(car, call.node, max(until_s, call.turnout_s), call.drive, "scene")

    def send(self, car: Car, node: int) -> None:
        """Let a free car wait elsewhere."""
        car.post = node
        at = car.trip.goal if car.trip else car.node
        if at == node:
            return
        self.moves += 1
        self._drive(car, node, self._stop(car), 1.0, "parked")

    def look_again(self, after_s: float) -> None:
        """Ask for a tick; one at a time."""
        if self._ticks_at_s <= self.now_s:
            self._ticks_at_s = self.now_s + after_s
            self._plan(self._ticks_at_s, "tick", 0, None)

    def _stop(self, car: Car) -> float:
        """End its trip at the next crossing; return the seconds until it is there."""
        car.node, until_s = self.where(car)
        car.trip = None
        car.turn += 1
        return until_s

    def _drive(self, car: Car, goal: int, after_s: float, slower: float, then: str) -> None:
        car.trip = Trip(car.node, goal, self.now_s + after_s, slower / pace(self.now_s))
        self._plan(self._arrives_s(car.trip), then, car.turn, car)

    def _arrives_s(self, trip: Trip) -> float:
        return trip.begins_s + float(self.times.empty_s[trip.start, trip.goal]) * trip.slower

    def _plan(self, at_s: float, what: str, turn: int, subject: object) -> None:
        heapq.heappush(self._events, (at_s, next(self._number), what, turn, subject))

    def _arrive(self, car: Car) -> None:
        assert car.trip is not None
        car.node, car.trip = car.trip.goal, None

    def _parked(self, car: Car) -> None:
        self._arrive(car)

    def _scene(self, car: Car) -> None:
        self._arrive(car)
        call = car.call
        assert call is not None
        car.stage = "on_scene"
        self.served.append(Served(call, self.now_s - call.at_s, self._diverted.get(call.number, 0)))
        self._plan(self.now_s + call.scene_s, "left", car.turn, car)

    def _left(self, car: Car) -> None:
        assert car.call is not None
        if car.call.hospital is None:
            self._clear(car)
            return
        car.stage = "transporting"
        self._drive(car, car.call.hospital, 0.0, car.call.drive, "hospital")

    def _hospital(self, car: Car) -> None:
        self._arrive(car)
        assert car.call is not None
        car.stage = "at_destination"
        car.free_at_s = self.now_s + HANDOVER_EXPECTED_S
        self._plan(self.now_s + car.call.handover_s, "clear", car.turn, car)

    def _clear(self, car: Car) -> None:
        car.call = car.stage = None
        self.rule.freed(self, car)


HANDOVER_EXPECTED_S: Final = 1_100.0  # nobody knows how long it takes this time
