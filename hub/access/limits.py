"""A rate limit that holds for all hubs together, and goes on by shares while they do not hear each other."""

from __future__ import annotations

import hashlib

from hub.access.rate import RateLimit
from hub.bus.bus import Bus

COUNT_S = 1.0  # between two counts of the hubs


class SharedRate:
    """A bucket for each key: first here, then the one that all hubs share.

    While the bus is away each hub has its part of the limit: never nothing, and together hardly more than all of it.
    """

    def __init__(self, bus: Bus | None, name: str, *, per_s: float, burst: float) -> None:
        self._bus = bus  # None: this hub is alone
        self._name = name
        self._per_s = per_s
        self._burst = burst
        self._whole = RateLimit(per_s=per_s, burst=burst)  # what this hub lets through is at most all of it
        self._share = RateLimit(per_s=per_s, burst=burst)  # what it may let through by itself
        self._hubs = 1  # that shared the limit when they were counted last
        self._counted_s = float("-inf")

    async def take(self, key: str, now_s: float) -> float:
        """Take one token and return 0, or take nothing and return after how many s there may be one.

        Waits for the bus, 0.1 s at most.
        """
        wait_s = self._whole.take(key, now_s)
        if wait_s or self._bus is None:
            return wait_s
        self._count(self._bus, now_s)
        shared_s = await self._bus.take(self._shared_name(key), self._per_s, self._burst)
        own_s = self._share.take(key, now_s)  # in any case, so that nothing is gained when the bus goes away
        wait_s = own_s if shared_s is None else shared_s
        if wait_s:
            self._whole.give_back(key)
            if not own_s:
                self._share.give_back(key)
        return wait_s

    async def forget(self, key: str) -> None:
        """Give a key its whole burst back, as a correct password does."""
        self._whole.forget(key)
        self._share.forget(key)
        if self._bus is not None:
            await self._bus.give_back(self._shared_name(key))

    def _count(self, bus: Bus, now_s: float) -> None:
        """Divide the limit among the hubs that were there when they were heard last."""
        if now_s - self._counted_s < COUNT_S or bus.deaf_s:
            return
        self._counted_s = now_s
        self._hubs = max(1, len(bus.peers()))
        self._share.resize(per_s=self._per_s / self._hubs, burst=max(1.0, self._burst / self._hubs))

    def _shared_name(self, key: str) -> str:
        # Keys hold addresses of people and of networks: nobody has to read them in a Redis.
        return f"{self._name}:{hashlib.blake2s(key.encode('utf-8', 'surrogatepass'), digest_size=16).hexdigest()}"
