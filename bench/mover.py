"""A whole hub that moves its own fleet: `python -m bench.mover`.

A frame of one fix costs the hub more than showing it to five hundred viewers, so whoever measures the showing has to
leave the ingest out: positions go into the board from inside the process, and everything behind the board is as ever.
"""

from __future__ import annotations

import asyncio
import math
import os
import random
import socket
import time
import traceback
from dataclasses import dataclass

import uvloop

from arogya import app, composition, config, logs
from bench import worker
from hub.live.board import FleetBoard, LiveFix

SLOTS = 20  # of a second, among which the ambulances are spread: each wakes the loop, which counts as the hub's
LAP_S = 300  # each drives there, and back again
TIMER_S = 0.001  # what uvloop's timers resolve: it takes less for nothing, and spins
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Job:
    """Which hub, and which fleet it moves."""

    dsn: str
    options: dict[str, dict[str, object]]  # settings of the hub
    ids: list[int]  # ambulances
    area: list[float]  # where they drive: south, west, north, east
    port: int = 0  # to listen on; 0 for any that is free


class Vehicle:
    """One ambulance, driving straight ahead and back again; a few additions a second, for they count as the hub's."""

    __slots__ = ("accuracy", "east", "heading", "id", "latitude", "longitude", "north", "speed")

    def __init__(self, id_: int, area: list[float], chance: random.Random) -> None:
        south, west, north, east = area
        self.id = id_
        self.latitude, self.longitude = chance.uniform(south, north), chance.uniform(west, east)
        self.speed, self.heading, self.accuracy = chance.uniform(3, 20), chance.uniform(0, 360), chance.uniform(3, 12)
        step = self.speed / METRES_PER_DEGREE  # degrees a second
        self.north, self.east = step * math.cos(math.radians(self.heading)), step * math.sin(math.radians(self.heading))

    def turn(self) -> None:
        """Drive back."""
        self.north, self.east, self.heading = -self.north, -self.east, (self.heading + 180.0) % 360.0

    def fix(self, fix_at: int) -> LiveFix:
        """Drive for a second and return where it is."""
        self.latitude += self.north
        self.longitude += self.east
        return LiveFix(self.latitude, self.longitude, self.speed, self.heading, self.accuracy, fix_at)


class Fleet:
    """Ambulances that move once a second each."""

    def __init__(self, board: FleetBoard, job: Job) -> None:
        self._board = board
        chance = random.Random(7)  # noqa: S311 - the same drives in every run
        vehicles = [Vehicle(id_, job.area, chance) for id_ in job.ids]
        self._slots = [vehicles[start::SLOTS] for start in range(SLOTS)]
        self._vehicles = vehicles
        self.running = asyncio.Event()

    async def move(self) -> None:
        """Move while `running` is set, evenly over each second."""
        start_s, turn = time.monotonic(), 0
        while True:
            if not self.running.is_set():
                await self.running.wait()
                start_s, turn = time.monotonic(), 0
            while start_s + turn / SLOTS <= time.monotonic():
                self._move_slot(turn)
                turn += 1
            await asyncio.sleep(max(TIMER_S, start_s + turn / SLOTS - time.monotonic()))

    def _move_slot(self, turn: int) -> None:
        now_us, slot = time.time_ns() // 1000, self._slots[turn % SLOTS]
        if turn // SLOTS % LAP_S == LAP_S - 1:
            for vehicle in slot:
                vehicle.turn()
        move = self._board.move
        for vehicle in slot:
            move(vehicle.id, vehicle.fix(now_us))

    def newest(self) -> dict[str, list[float]]:
        """Return what the board was given last, by ambulance."""
        found = {vehicle.id: self._board.current(vehicle.id) for vehicle in self._vehicles}
        return {str(id_): list(fix) for id_, fix in found.items() if fix is not None}


async def run(job: Job) -> None:
    """Serve until the parent is gone; `go` and `stop` are for the fleet, and `stop` is answered with where it is."""
    settings = config.load(env={}, options=job.options | {"database": {"url": job.dsn}})
    listener = socket.create_server(("127.0.0.1", job.port), backlog=1024)
    async with app.serving_hub(settings, listener.fileno(), None) as (hub, _), asyncio.TaskGroup() as tasks:
        fleet = Fleet(hub.board, job)
        tasks.create_task(fleet.move())
        app.calm_collector()
        worker.say_json({"port": listener.getsockname()[1]})
        while True:
            if await asyncio.to_thread(worker.await_word) == "go":
                fleet.running.set()
            else:
                fleet.running.clear()
                worker.say_json(fleet.newest())


def main() -> None:
    """Read a job and do it, as a hub process does: the same loop, the same settings of the collector."""
    job = Job(**worker.read_job())
    logs.configure("warning", "json")
    composition.require_extensions()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            runner.run(run(job))
        except BaseException:  # noqa: BLE001 - whatever ended the hub ends this process, and is told
            traceback.print_exc()
            os._exit(1)  # a thread still waits for the parent's next word, and would keep the process


if __name__ == "__main__":
    main()
