"""How long to stay away after a connection ended, so that many clients do not come back in one instant."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

# docs/protocol.md: the hub refuses this client, not this moment.
STAY_AWAY_CODES = frozenset({1002, 1003, 1007, 1009, *range(4500, 5000)})
STAY_AWAY_STATUSES = frozenset({401, 403})  # the same, said before the WebSocket existed
RESTART_CODES = frozenset({1001, 1012})  # RFC 6455 "going away"; IANA registry "service restart"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection, or the attempt at one, ended."""

    close_code: int | None = None  # of the WebSocket; None when it broke or never opened
    status: int | None = None  # HTTP status of a refused handshake
    retry_after_s: float | None = None  # what the hub asked for, where it did
    detail: str = ""  # for logs

    @property
    def refused(self) -> bool:
        """Whether trying again at once can not help: the credential or the message was refused."""
        return self.close_code in STAY_AWAY_CODES or self.status in STAY_AWAY_STATUSES


@dataclass(slots=True)
class Backoff:
    """Exponential back-off with jitter; `delay_s` is called once for each ending, `succeeded` once for each welcome."""

    first_s: float = 0.25
    longest_s: float = 20.0
    stay_away_s: float = 300.0  # after a refusal
    spread_s: float = 3.0  # after an announced restart: everybody comes back, but not together
    failures: int = 0  # endings in a row without a welcome in between

    def succeeded(self) -> None:
        """Note that the hub said welcome: the next ending starts again from the shortest delay."""
        self.failures = 0

    def delay_s(self, ending: Ending, rng: Random) -> float:
        """Return the seconds to wait before the next attempt, at least what the hub asked for."""
        asked_s = ending.retry_after_s or 0.0
        if ending.refused:
            return max(asked_s, self.stay_away_s * rng.uniform(1.0, 1.1))
        self.failures += 1
        if ending.close_code in RESTART_CODES and self.failures == 1:
            return asked_s + rng.uniform(0.0, self.spread_s)
        # The exponent is capped because 2.0**1024 raises, and a tablet can be out of reach for days.
        ceiling_s = min(self.longest_s, self.first_s * 2.0 ** min(self.failures - 1, 32))
        return asked_s + rng.uniform(0.5, 1.0) * ceiling_s
