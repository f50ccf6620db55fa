"""One simulated ambulance: drives where it is sent or makes its rounds, and says where its receiver believes it is."""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, nan, radians, sin, sqrt
from random import Random

from arogya.simulator.roads import SPEED_LIMITS, Node, Roads
from hub.protocol.fix import Fix

ACCELERATION = 1.8  # m/s², a loaded van in town
BRAKING = 2.4  # m/s², without upsetting a patient
TURN_SPEED = 4.0  # m/s through a right angle
RED_SHARE = 0.15  # of crossings where it has to wait
RED_S = (4.0, 25.0)
STAY_S = (20.0, 150.0)  # where it comes to on its rounds
ROUNDS_M = 1_600.0  # from its station, each way: as far as its rounds go
HASTE = 1.2  # of the speed limits, with lights and siren, and through red lights too
DRIFT_M = 4.0  # standard deviation of the slow error of a receiver (ionosphere, reflections)
DRIFT_S = 60.0  # time in which that error forgets itself (first-order Gauss-Markov process)
JITTER_M = 0.8  # standard deviation of the error that differs from fix to fix
ALTITUDE_M = 560.0
STEP_S = 1.0  # longest step of time that still looks like driving


class Vehicle:
    """Moves in steps of time; everything random comes from its own generator, so that a seed is a whole story."""

    def __init__(self, roads: Roads, rng: Random, station: int | None = None) -> None:
        """Stand at the station (a crossing), and make rounds there; None: anywhere, and all over the city."""
        self._roads = roads
        self._rng = rng
        self._station = station
        self._rounds = range(len(roads.nodes)) if station is None else _around(roads, station)
        self._here = rng.choice(self._rounds) if station is None else station  # the crossing it left last
        self._goal: int | None = None  # the crossing that it was sent to; None on its rounds
        self._is_urgent = False  # with lights and siren
        self._way: list[int] = []  # crossings still ahead, the next one first
        self._along_m = 0.0  # how far on the block to the next crossing
        self._wait_s = rng.uniform(0.0, 20.0)  # standing still for this long
        self._drift = (rng.gauss(0, DRIFT_M), rng.gauss(0, DRIFT_M))  # metres east and north
        self.speed = 0.0  # m/s
        self.heading = rng.uniform(0.0, 360.0)  # degrees clockwise from north; kept while standing

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        while seconds > STEP_S:
            self._step(STEP_S)
            seconds -= STEP_S
        self._step(seconds)

    @property
    def has_arrived(self) -> bool:
        """Tell whether it stands where it was sent to."""
        return self._goal is not None and not self._way and self._here == self._goal

    def drive_to(self, goal: int, *, is_urgent: bool) -> None:
        """Drive to a crossing by the quickest way, and stay there."""
        self._goal, self._is_urgent, self._wait_s = goal, is_urgent, 0.0
        self._turn_to(goal)

    def go_home(self) -> None:
        """Drive back to the station, and make its rounds from there."""
        self._goal, self._is_urgent = None, False
        if self._station is not None:
            self._turn_to(self._station)

    def _turn_to(self, goal: int) -> None:
        """Go on to the next crossing, and from there to another one."""
        ahead = self._way[:1]
        self._way = ahead + self._roads.path(ahead[0] if ahead else self._here, goal)[1:]

    def _step(self, seconds: float) -> None:
        self._drift_on(seconds)
        if self.has_arrived:
            self.speed = 0.0
            return
        if self._wait_s > 0:
            self._wait_s -= seconds
            self.speed = 0.0
            return
        if not self._way:
            self._choose_destination()
        wanted = self._wanted_speed()
        change = ACCELERATION if wanted > self.speed else -BRAKING
        reached = self.speed + change * seconds
        self.speed = max(0.5, min(reached, wanted) if change > 0 else max(reached, wanted))
        self._move(self.speed * seconds)

    def _choose_destination(self) -> None:
        goal = self._here
        while goal == self._here:
            goal = self._rng.choice(self._rounds)
        self._way = self._roads.path(self._here, goal)[1:]
        self._along_m = 0.0

    def _wanted_speed(self) -> float:
        """Return the speed that the block allows and that can still be braked for the next turn (v² = u² + 2as)."""
        edge = self._roads.edge(self._here, self._way[0])
        left_m = max(0.0, edge.length_m - self._along_m)
        limit = SPEED_LIMITS[edge.kind] * (HASTE if self._is_urgent else 1.0)
        return min(limit, sqrt(self._turn_speed() ** 2 + 2 * BRAKING * left_m))

    def _turn_speed(self) -> float:
        if len(self._way) < 2:
            return 1.0  # the destination
        nodes = self._roads.nodes
        before = _bearing(nodes[self._here], nodes[self._way[0]])
        after = _bearing(nodes[self._way[0]], nodes[self._way[1]])
        turn = abs((after - before + 180.0) % 360.0 - 180.0)
        return max(TURN_SPEED, 25.0 * cos(radians(min(turn, 89.0))))

    def _move(self, metres: float) -> None:
        self._along_m += metres
        while self._way:
            length_m = self._roads.edge(self._here, self._way[0]).length_m
            if self._along_m < length_m:
                self.heading = _bearing(self._roads.nodes[self._here], self._roads.nodes[self._way[0]])
                return
            self._along_m -= length_m
            self._here = self._way.pop(0)
            is_red = self._way and not self._is_urgent and self._rng.random() < RED_SHARE
            if is_red and self.speed < 12.0:
                self._wait_s, self._along_m = self._rng.uniform(*RED_S), 0.0
                return
        self._wait_s = 0.0 if self._goal is not None else self._rng.uniform(*STAY_S)
        self._along_m, self.speed = 0.0, 0.0

    def _drift_on(self, seconds: float) -> None:
        keep = exp(-seconds / DRIFT_S)
        fresh = DRIFT_M * sqrt(1.0 - keep * keep)
        east, north = self._drift
        self._drift = (east * keep + self._rng.gauss(0, fresh), north * keep + self._rng.gauss(0, fresh))

    @property
    def place(self) -> tuple[float, float]:
        """Return where it truly is: metres east and north of the centre."""
        here = self._roads.nodes[self._here]
        if not self._way:
            return here
        ahead = self._roads.nodes[self._way[0]]
        share = self._along_m / self._roads.edge(self._here, self._way[0]).length_m
        return here.east + share * (ahead.east - here.east), here.north + share * (ahead.north - here.north)

    def observe(self, recorded_at: int) -> Fix:
        """Return what its receiver says at this time (µs): errors included, no heading while it stands."""
        east, north = self.place
        east += self._drift[0] + self._rng.gauss(0, JITTER_M)
        north += self._drift[1] + self._rng.gauss(0, JITTER_M)
        latitude, longitude = self._roads.position(east, north)
        moving = self.speed > 0.5
        return Fix(
            recorded_at,
            round(latitude, 7),
            round(longitude, 7),
            speed=round(max(0.0, self.speed + self._rng.gauss(0, 0.15)), 2) if moving else 0.0,
            heading=round(self.heading + self._rng.gauss(0, 1.5), 1) % 360.0 if moving else nan,
            accuracy=round(3.0 + abs(self._rng.gauss(0, 2.0)), 1),
            altitude=round(ALTITUDE_M + 15.0 * sin(east / 900.0) + self._rng.gauss(0, 1.0), 1),
        )


def _around(roads: Roads, station: int) -> list[int]:
    """Return the crossings of the rounds from a station, more than itself."""
    middle = roads.nodes[station]
    near = [
        number
        for number, node in enumerate(roads.nodes)
        if hypot(node.east - middle.east, node.north - middle.north) <= ROUNDS_M
    ]
    return near if len(near) > 1 else list(range(len(roads.nodes)))


def _bearing(start: Node, end: Node) -> float:
    if hypot(end.east - start.east, end.north - start.north) == 0.0:
        return 0.0
    return degrees(atan2(end.east - start.east, end.north - start.north)) % 360.0
