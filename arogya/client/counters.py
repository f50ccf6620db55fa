"""What a device client has done so far."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Totals since the client was opened; all of them count samples except `connects`."""

    sent: int = 0  # put on the wire for the first time by this client
    resent: int = 0  # put on the wire again: after a reconnect or a nack
    acked: int = 0  # newly known to be in the hub's database
    refused: int = 0  # refused by the hub for ever
    skipped: int = 0  # told to the hub as never coming
    dropped: int = 0  # lost before they reached the spool, because the disk was slow or full
    connects: int = 0  # times that the hub said welcome

    @property
    def reconnects(self) -> int:
        """Return how often the connection was lost and found again."""
        return max(0, self.connects - 1)
