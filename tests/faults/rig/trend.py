"""How a quantity of the hub's process moves over time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from tests.faults.rig.processes import HubProcess


@dataclass
class Trend:
    """Samples of one quantity, and the line through them."""

    times_s: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, at_s: float, value: float) -> None:
        """Take one sample."""
        self.times_s.append(at_s)
        self.values.append(value)

    def slope(self) -> float:
        """Return the growth per second, by least squares; needs two samples at different times."""
        middle_s, middle = sum(self.times_s) / len(self.times_s), sum(self.values) / len(self.values)
        spread = sum((at - middle_s) ** 2 for at in self.times_s)
        together = sum((at - middle_s) * (value - middle) for at, value in zip(self.times_s, self.values, strict=True))
        return together / spread

    def describe(self, unit: float, name: str) -> str:
        """Say where it began, where it ended and how it grew, in a unit."""
        first, last = self.values[0] / unit, self.values[-1] / unit
        return f"{first:.1f} to {last:.1f} {name}, {self.slope() * 60 / unit:+.3f} {name} a minute"


@dataclass
class Gauges:
    """The memory and the descriptors of a hub."""

    memory_bytes: Trend = field(default_factory=Trend)
    descriptors: Trend = field(default_factory=Trend)

    async def watch(self, hub: HubProcess, seconds: float, every_s: float = 1.0) -> None:
        """Take samples for a while."""
        began_s = time.monotonic()
        while (at_s := time.monotonic() - began_s) < seconds:
            self.memory_bytes.add(at_s, float(hub.memory_bytes()))
            self.descriptors.add(at_s, float(hub.descriptors()))
            await asyncio.sleep(every_s)
