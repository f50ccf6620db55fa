"""Token buckets by key: so many a second, with a burst; time comes in as an argument."""

from __future__ import annotations

from collections import OrderedDict

KEYS_MAX = 20_000


class RateLimit:
    """A bucket for each key; the least recently used key is forgotten when there are too many.

    Forgetting gives a full bucket back, so an attacker with 20,000 keys gains a burst for one of them, and no memory.
    """

    def __init__(self, *, per_s: float, burst: float, keys_max: int = KEYS_MAX) -> None:
        self._per_s = per_s
        self._burst = burst
        self._keys_max = keys_max
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key → (tokens, at s)

    def take(self, key: str, now_s: float) -> float:
        """Take one token and return 0, or take nothing and return after how many s there will be one."""
        tokens, at_s = self._buckets.get(key, (self._burst, now_s))
        tokens = min(self._burst, tokens + max(0.0, now_s - at_s) * self._per_s)
        wait_s = 0.0 if tokens >= 1 else (1 - tokens) / self._per_s
        self._buckets[key] = (tokens - 1 if wait_s == 0 else tokens, now_s)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._keys_max:
            self._buckets.popitem(last=False)
        return wait_s

    def give_back(self, key: str) -> None:
        """Put back one token that was taken just now and not used."""
        found = self._buckets.get(key)
        if found is not None:
            self._buckets[key] = (min(self._burst, found[0] + 1), found[1])

    def resize(self, *, per_s: float, burst: float) -> None:
        """Change the limit; no key gains tokens by it."""
        self._per_s, self._burst = per_s, burst

    def forget(self, key: str) -> None:
        """Give a key its whole burst back, as a correct password does."""
        self._buckets.pop(key, None)

    def __len__(self) -> int:
        return len(self._buckets)
