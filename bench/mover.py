"""A whole hub that moves its own fleet: `python -m bench.mover`.

A frame of one fix costs the hub more than showing it to five hundred viewers, so whoever measures the showing has to
leave the ingest out: positions go into the board from inside the process, and everything behind the board is as ever.
"""

from __future__ import annotations

import asyncio
import math
import random
import socket
import time
from dataclasses import dataclass

import uvloop

from arogya import app, composition, config, logs
from bench import worker
from hub.live.board import FleetBoard, LiveFix

SLOTS = 100  # of a second, among which the ambulances are spread
LAP = 600  # positions that each drives there and back
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


class Fleet:
    """Ambulances that move once a second each; their drives are worked out before the clock runs."""

    def __init__(self, board: FleetBoard, job: Job) -> None:
        self._board = board
        chance = random.Random(7)  # noqa: S311 - the same drives in every run
        self._drives = [(id_, drive(chance, job.area)) for id_ in job.ids]
        self._slots = [self._drives[start::SLOTS] for start in range(SLOTS)]
        self.newest: dict[int, LiveFix] = {}
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
        now_us, step = time.time_ns() // 1000, turn // SLOTS % LAP
        for id_, places in self._slots[turn % SLOTS]:
            fix = self.newest[id_] = LiveFix(*places[step], now_us)
            self._board.move(id_, fix)


def drive(chance: random.Random, area: list[float]) -> list[tuple[float, float, float, float, float]]:
    """Return a lap of latitude, longitude, speed, heading and accuracy: straight ahead, and back again."""
    south, west, north, east = area
    latitude, longitude = chance.uniform(south, north), chance.uniform(west, east)
    heading, metres = chance.uniform(0, 360), chance.uniform(3, 20)
    there: list[tuple[float, float, float, float, float]] = []
    for step in range(LAP // 2):
        north_m, east_m = (step * metres * part(math.radians(heading)) for part in (math.cos, math.sin))
        place = latitude + north_m / METRES_PER_DEGREE, longitude + east_m / METRES_PER_DEGREE
        there.append((*place, metres + chance.random(), (heading + chance.random()) % 360, chance.uniform(3, 12)))
    return there + there[::-1]


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
                worker.say_json({str(id_): list(fix) for id_, fix in fleet.newest.items()})


def main() -> None:
    """Read a job and do it, as a hub process does: the same loop, the same settings of the collector."""
    job = Job(**worker.read_job())
    logs.configure("warning", "json")
    composition.require_extensions()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(job))


if __name__ == "__main__":
    main()
