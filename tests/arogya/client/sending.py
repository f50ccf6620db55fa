"""What the tests of the device client send, and how."""

from __future__ import annotations

from arogya.client import Backoff, DeviceClient, Fix, Options
from tests.arogya.client.tiny_hub import until


def quick() -> Backoff:
    return Backoff(first_s=0.01, longest_s=0.05, spread_s=0.05)


QUICK = Options(backoff=quick, power_safe=False)


def fix(number: int) -> Fix:
    return Fix(1_700_000_000_000_000 + number, 18.5 + number / 1e5, 73.8, speed=8.0)


async def offer(device: DeviceClient, first: int, last: int) -> None:
    for number in range(first, last + 1):
        device.offer(fix(number))
    await until(lambda: device.last_seq >= last)
