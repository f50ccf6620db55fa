"""The tablets, screens and clerks of a run."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from hub.protocol.filter import Area, Filter
from hub.protocol.viewer_frames import Subscribe
from storage.events import ALARMS
from tests.chaos.clerk import Clerk
from tests.chaos.screen import Screen
from tests.chaos.tablet import RovingTablet
from tests.faults.rig.journal import Journal
from tests.faults.rig.population import Credential, make_dispatcher, make_tablets

TABLETS = 60
SCREENS = 12
RATES_HZ = (2.0, 5.0)
CALLS_EVERY_S = 12.0  # of the tablets that call for help at all
CALLING, HINTING, PARKING = 4, 3, 5  # one in so many tablets
CITY = (28.6, 77.2)  # degrees; the tablets' roads begin up to 0.2 degrees from it


class Load:
    """Everything that runs against the hubs, and what it noted."""

    def __init__(
        self,
        dsn: str,
        fronts: Sequence[str],
        credentials: list[Credential],
        token: str,
        *,
        seed: int,
        seconds: float,
    ) -> None:
        self.journal = Journal()
        chance = random.Random(seed)  # noqa: S311  (replayable)
        self.tablets = [
            RovingTablet(
                fronts,
                credential,
                journal=self.journal,
                rate_hz=chance.uniform(*RATES_HZ),
                calls_every_s=CALLS_EVERY_S if number % CALLING == 0 else None,
                hints=number % HINTING == 0,
                parks_after_s=seconds * chance.uniform(0.1, 0.9) if number % PARKING == 0 else None,
                seed=seed * 10_000 + number,
            )
            for number, credential in enumerate(credentials)
        ]
        vehicles = [credential.ambulance_id for credential in credentials]
        self.screens = [
            Screen(f"screen {number}", fronts, token, _wanted(chance, number, vehicles), seed=seed * 10_000 + number)
            for number in range(SCREENS)
        ]
        self.clerk = Clerk(dsn, fronts, token, vehicles, seed=seed)

    @classmethod
    async def prepare(cls, dsn: str, fronts: Sequence[str], *, seed: int, seconds: float, tablets: int) -> Load:
        """Put ambulances, devices and a dispatcher into the database, and build the load of a run on them."""
        credentials = await make_tablets(dsn, tablets)
        return cls(dsn, fronts, credentials, await make_dispatcher(dsn), seed=seed, seconds=seconds)

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[None]:
        """Let everything run around the block."""
        async with asyncio.TaskGroup() as tasks:
            lives = [*(tablet.run() for tablet in self.tablets), *(screen.run() for screen in self.screens)]
            running = [tasks.create_task(life) for life in [*lives, self.clerk.run()]]
            try:
                yield
            finally:
                for task in running:
                    task.cancel()

    @property
    def parked(self) -> list[int]:
        """Return the ambulances that fall silent before the end."""
        return [tablet.ambulance_id for tablet in self.tablets if tablet.parks]

    def flowing(self) -> bool:
        """Tell whether every tablet is connected and has been acked, and every screen has been answered."""
        return all(tablet.connected and tablet.mine.acked > 0 for tablet in self.tablets) and all(
            screen.in_step for screen in self.screens
        )

    def stop(self) -> None:
        """Record nothing more and change nothing more; what is held is still sent."""
        self.clerk.working = False
        for tablet in self.tablets:
            tablet.recording = False


def _wanted(chance: random.Random, number: int, vehicles: list[int]) -> list[Subscribe]:
    """Return what one screen watches: part of the fleet or all of it, two ambulances, the alarms."""
    some = tuple(sorted(chance.sample(vehicles, len(vehicles) // 3)))
    statuses = ("available", "en_route", "transporting", "offline")
    filters = [
        None,
        Filter(area=_box(chance, 0.1)),
        Filter(status=statuses),
        Filter(ids=some),
        Filter(status=statuses[:2], area=_box(chance, 0.2)),
        Filter(area=_box(chance, 0.02)),
    ]
    watched = [Subscribe(f"ambulance:{vehicle}") for vehicle in chance.sample(vehicles, 2)]
    return [Subscribe("fleet", filter=filters[number % len(filters)]), *watched, Subscribe(ALARMS)]


def _box(chance: random.Random, half: float) -> Area:
    south, west = (middle + chance.uniform(-0.1, 0.1) - half for middle in CITY)
    return Area(south, west, south + 2 * half, west + 2 * half)
