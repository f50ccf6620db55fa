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
    """The unacked samples of one connection against the credit that it was told."""

    __slots__ = ("_ceiling", "granted", "outstanding")

    def __init__(self, granted: int) -> None:
        self.granted = granted  # the credit that the device was told last
        self.outstanding = 0  # samples admitted and not acked
        # The device may have sent before it heard of a smaller credit, so that counts only once it has caught up.
        self._ceiling = granted

    def allows(self, count: int) -> bool:
        """Tell whether `count` more samples stay within what was granted."""
        return self.outstanding + count <= self._ceiling

    def grant(self, credit: int) -> None:
        """Note the credit that the device is told now."""
        self.granted = credit
        if credit >= self._ceiling or self.outstanding <= credit:
            self._ceiling = credit

    def admit(self, count: int) -> None:
        """Count samples that were admitted."""
        self.outstanding += count

    def settle(self, count: int) -> None:
        """Give back samples that are stored, or will never be."""
        self.outstanding -= count
