"""How many unacked samples a connection may have, so that all of them together fit in memory. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CreditRules:
    """The bounds of credit, in samples."""

    budget_samples: int = 200_000  # shared by all connections
    low_samples: int = 100  # what every connection has, however many there are
    high_samples: int = 2_000  # what one connection has at most

    def share(self, connections: int) -> int:
        """Return the credit of one connection among so many."""
        return max(self.low_samples, min(self.high_samples, self.budget_samples // max(1, connections)))


class Account:
    """The unacked samples of one connection against the credit that it was told.

    A device that has not heard of a smaller credit yet goes by the larger one, however much of what it sent is still on
    its way. So the farthest sample that it was ever allowed stays allowed, as with the window of TCP (RFC 9293, 3.8.6);
    the smaller credit counts as acks move on.
    """

    __slots__ = ("_admitted", "_allowed", "_settled", "granted")

    def __init__(self, granted: int) -> None:
        self.granted = granted  # the credit that the device was told last
        self._admitted = 0  # samples of this connection, since its beginning
        self._settled = 0  # of them: stored, or never to be
        self._allowed = granted  # so many may be admitted

    @property
    def outstanding(self) -> int:
        """Return how many samples are admitted and not acked."""
        return self._admitted - self._settled

    def allows(self, count: int) -> bool:
        """Tell whether `count` more samples stay within what was granted."""
        return self._admitted + count <= self._allowed

    def grant(self, credit: int) -> None:
        """Note the credit that the device is told now."""
        self.granted = credit
        self._allowed = max(self._allowed, self._settled + credit)

    def admit(self, count: int) -> None:
        """Count samples that were admitted."""
        self._admitted += count

    def settle(self, count: int) -> None:
        """Give back samples that are stored, or will never be."""
        self._settled += count
        allowed = self._settled + self.granted
        if allowed > self._allowed:
            self._allowed = allowed
