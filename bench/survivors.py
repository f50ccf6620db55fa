"""Tablets and viewers that come back: `python -m bench.survivors` says how long a hub's death is felt.

They are the clients of `arogya.client` as anybody uses them. When the parent says `killed`, the time is taken until
every tablet has an ack for a fix that is younger than that, and every viewer has seen such a fix of every tablet.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import uvloop

from arogya.client import DeviceClient, Fix, LiveClient
from bench import worker

STEP_DEGREES = 0.0001  # about 11 m: a moving ambulance
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Job:
    """Who is there."""

    url: str
    secrets: list[str]  # of the tablets
    ids: list[int]  # of their ambulances
    tokens: list[str]  # of the viewers
    rate_hz: float = 2.0


class Tablet:
    """One tablet that drives north."""

    def __init__(self, job: Job, place: int) -> None:
        self._device = DeviceClient(job.url, job.secrets[place])
        self._pause_s = 1.0 / job.rate_hz
        self._place = place
        self.sent_at: list[int] = [0]  # µs since 1970, by seq

    @property
    def acked_at(self) -> int:
        """When the newest acked fix was recorded, in µs since 1970; 0 before the first."""
        if not self._device.counters.connects:
            return 0
        return self.sent_at[min(self._device.acked_seq, len(self.sent_at) - 1)]

    async def run(self) -> None:
        """Send until cancelled."""
        async with self._device as device:
            while True:
                now = time.time_ns() // 1_000
                self.sent_at.append(now)
                north = 18.0 + STEP_DEGREES * len(self.sent_at)
                await device.send(Fix(now, north, 73.0 + 0.01 * self._place, speed=8.0))
                await asyncio.sleep(self._pause_s)


async def watch(client: LiveClient) -> None:
    """Follow the fleet until cancelled."""
    async with client as fleet:
        async for _ in fleet:
            pass


async def until(job: Job, tablets: list[Tablet], viewers: list[LiveClient], since: int) -> dict[str, float]:
    """Return after how many s all tablets were acked, and all viewers saw, something younger than `since` (µs)."""
    began = time.monotonic()
    took = {"acked_s": 0.0, "seen_s": 0.0}
    while not all(took.values()) and time.monotonic() - began < PATIENCE_S:
        if not took["acked_s"] and all(tablet.acked_at > since for tablet in tablets):
            took["acked_s"] = time.monotonic() - began
        if not took["seen_s"] and all(newest_of(viewer, id_) > since for viewer in viewers for id_ in job.ids):
            took["seen_s"] = time.monotonic() - began
        await asyncio.sleep(0.02)
    return took


def newest_of(viewer: LiveClient, ambulance_id: int) -> int:
    """Return when the fix was made that a viewer shows of an ambulance, in µs since 1970; 0 without one."""
    ambulance = viewer.ambulances.get(ambulance_id)
    return ambulance.position.fix_at if ambulance is not None and ambulance.position is not None else 0


async def run(job: Job) -> None:
    """Run everybody, and take the time of one death."""
    tablets = [Tablet(job, place) for place in range(len(job.secrets))]
    viewers = [LiveClient(job.url, token) for token in job.tokens]
    async with asyncio.TaskGroup() as tasks:
        for tablet in tablets:
            tasks.create_task(tablet.run())
        for viewer in viewers:
            tasks.create_task(watch(viewer))
        await until(job, tablets, viewers, time.time_ns() // 1_000)
        worker.say("running")
        await asyncio.to_thread(worker.await_word)
        took = await until(job, tablets, viewers, time.time_ns() // 1_000)
        worker.finish(took)


def main() -> None:
    """Read a job and do it."""
    uvloop.run(run(Job(**worker.read_job())))


if __name__ == "__main__":
    main()
