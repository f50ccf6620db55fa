"""A fleet of simulated ambulances, each a real device with its own connection and a crew that takes calls."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from arogya.client import Backoff, Command, CommandRefused, DeviceClient, Hooks, Options
from arogya.client.hooks import wall_clock_us
from arogya.simulator.callers import Exchange, call
from arogya.simulator.city import City, build
from arogya.simulator.crew import Crew, Hospital, Said
from arogya.simulator.knowing import hospitals_of, unfinished
from arogya.simulator.roads import CENTRE
from arogya.simulator.vehicle import Vehicle

logger = logging.getLogger(__name__)
INTERVALS_S = (0.1, 3_600.0)  # what a reporting command may ask for


class CredentialsError(Exception):
    """The file of credentials can not be used; says why."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What one simulated ambulance signs in with."""

    plate_number: str
    secret: str
    spool: Path | None = None  # None: the fleet's folder, or memory


def read_credentials(path: Path) -> list[Credential]:
    """Read a JSON list of {plate_number, secret, spool?}; raises `CredentialsError`."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [
            Credential(entry["plate_number"], entry["secret"], Path(entry["spool"]) if entry.get("spool") else None)
            for entry in entries
        ]
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError):
        raise CredentialsError(f"{path} is not a JSON list of objects with plate_number and secret") from None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate."""

    url: str
    credentials: Sequence[Credential]
    seed: int = 1
    interval_s: float = 1.0  # between two fixes of one ambulance
    spools: Path | None = None  # folder for the spools of credentials that name none
    centre: tuple[float, float] = CENTRE
    exchange: Exchange | None = None  # who puts calls through; None: nobody calls


class Ambulance:
    """One simulated ambulance: a vehicle, its crew, and the client that both report with."""

    def __init__(self, plan: Plan, credential: Credential, vehicle: Vehicle, crew: Crew) -> None:
        self.crew = crew
        self._vehicle = vehicle
        self._secret = credential.secret
        self._url = plan.url
        self.interval_s = plan.interval_s  # a reporting command changes it
        # A demonstration on a laptop: not worth an fsync a second for each ambulance, nor five minutes of silence.
        options = Options(power_safe=False, agent="arogya simulate", backoff=lambda: Backoff(stay_away_s=30.0))
        self.client = DeviceClient(
            plan.url,
            credential.secret,
            spool=credential.spool or _spool_in(plan.spools, credential),
            hooks=Hooks(on_command=self._carry_out),
            options=options,
        )

    async def _carry_out(self, command: Command) -> None:
        if self.crew.hear(command.kind, command.body, asyncio.get_running_loop().time()):
            return
        interval_s = command.body.get("interval_s")
        if command.kind != "reporting":
            raise CommandRefused(f"a simulated ambulance knows no {command.kind}")
        if not isinstance(interval_s, int | float) or not INTERVALS_S[0] <= interval_s <= INTERVALS_S[1]:
            raise CommandRefused("interval_s must be from 0.1 to 3600")
        self.interval_s = float(interval_s)

    async def drive(self, tasks: asyncio.TaskGroup, first_after_s: float) -> None:
        """Drive and report until cancelled; answers to reports are waited for beside it."""
        loop = asyncio.get_running_loop()
        due = loop.time() + first_after_s
        for kind, body in await unfinished(self._url, self._secret):
            self.crew.hear(kind, body, loop.time())
        while True:
            await asyncio.sleep(due - loop.time())
            self._vehicle.advance(self.interval_s)
            self.client.offer(self._vehicle.observe(wall_clock_us()))
            for said in self.crew.advance(loop.time()):
                tasks.create_task(self._report(said))
            # A computer that slept goes on from now, instead of reporting the night in one burst.
            due = max(due + self.interval_s, loop.time() - self.interval_s)

    async def _report(self, said: Said) -> None:
        """Say something, as soon as the hub can be reached; a refusal changes what the crew does."""
        answer = await self.client.report(said.kind, said.body)
        if answer.status == "refused":
            logger.info("%s was refused: %s", said.kind, answer.detail)
            self.crew.refused(said)


def _spool_in(folder: Path | None, credential: Credential) -> Path | None:
    if folder is None:
        return None
    return folder / re.sub(r"[^\w-]+", "_", credential.plate_number)


def fleet_of(plan: Plan, city: City, hospitals: Sequence[Hospital] = ()) -> list[Ambulance]:
    """Return the plan's ambulances, each with a random generator of its own: one more does not change the others."""
    return [_ambulance(plan, number, city, hospitals) for number in range(len(plan.credentials))]


def _ambulance(plan: Plan, number: int, city: City, hospitals: Sequence[Hospital]) -> Ambulance:
    credential = plan.credentials[number]
    rng = Random(f"{plan.seed}:{credential.plate_number}")  # noqa: S311 - a seed
    vehicle = Vehicle(city.roads, rng, city.stations[number % len(city.stations)])
    people = Random(f"{plan.seed}:{credential.plate_number}:crew")  # noqa: S311 - a seed
    return Ambulance(plan, credential, vehicle, Crew(city.roads, vehicle, people, hospitals))


async def run(plan: Plan) -> None:
    """Drive the fleet until cancelled; their reports are spread evenly over the interval."""
    city = await asyncio.to_thread(build, plan.seed, plan.centre)
    async with AsyncExitStack() as open_clients, asyncio.TaskGroup() as tasks:
        fleet = fleet_of(plan, city, await hospitals_of(plan.url, plan.credentials[0].secret))
        for number, ambulance in enumerate(fleet):
            await open_clients.enter_async_context(ambulance.client)
            tasks.create_task(ambulance.drive(tasks, plan.interval_s * number / len(fleet)))
        if plan.exchange is not None:
            rng = Random()  # noqa: S311 - other calls at each start: those of the last time are still known
            tasks.create_task(call(plan.url, plan.exchange, city, rng, len(fleet)))
