"""What the simulated devices did, written down as they did it: the outside truth that the database is held against."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from hub.protocol.fix import Fix


@dataclass(kw_only=True)
class Promises:
    """What a device was promised about one stream."""

    sent_again: int = 0  # samples sent more than once
    acked: int = 0  # the highest seq that an ack or a welcome named
    acks_from_welcome: int = 0  # how often a welcome told of more than the acks had: a commit without its ack
    acks: list[tuple[float, int]] = field(default_factory=list)  # (monotonic seconds, seq), as they came
    refused: dict[int, str] = field(default_factory=dict)  # seq → code of its nack
    skipped: list[tuple[int, int]] = field(default_factory=list)  # runs that the device gave up
    latencies_s: list[float] = field(default_factory=list)  # from the first sending of the acked seq to its ack
    sent_at_s: dict[int, float] = field(default_factory=dict)  # seq → monotonic seconds of its first sending

    def note_first(self, seq: int) -> bool:
        """Write down that a sample is about to be handed to the socket; returns whether it is for the first time."""
        if seq in self.sent_at_s:
            self.sent_again += 1
            return False
        self.sent_at_s[seq] = time.monotonic()
        return True

    def note_acked(self, seq: int) -> None:
        """Write down that everything up to `seq` was promised."""
        now = time.monotonic()
        if seq > self.acked:
            self.acked = seq
            self.acks.append((now, seq))
            if seq in self.sent_at_s:
                self.latencies_s.append(now - self.sent_at_s[seq])


@dataclass
class StreamJournal(Promises):
    """One stream of fixes as its device saw it."""

    ambulance_id: int
    sent: dict[int, Fix] = field(default_factory=dict)  # seq → the body of its first sending

    def note_sent(self, seq: int, fix: Fix) -> None:
        """Write down one sample that is about to be handed to the socket."""
        if self.note_first(seq):
            self.sent[seq] = fix


@dataclass
class Connections:
    """What happened to the connections of some devices."""

    welcomes: list[float] = field(default_factory=list)  # monotonic seconds of each welcome
    losses: list[float] = field(default_factory=list)  # monotonic seconds of each connection's end
    close_codes: dict[int, int] = field(default_factory=dict)  # close code → how often (1006: no close frame)
    outages_s: list[float] = field(default_factory=list)  # from the loss of a connection to the next welcome
    errors: list[str] = field(default_factory=list)  # codes of error messages from the hub


@dataclass
class Journal(Connections):
    """All streams of fixes of a run, by log id."""

    streams: dict[str, StreamJournal] = field(default_factory=dict)

    def acked_samples(self) -> int:
        """Return how many samples were promised in all."""
        return sum(stream.acked for stream in self.streams.values())

    def sent_samples(self) -> int:
        """Return how many different samples were sent in all."""
        return sum(len(stream.sent) for stream in self.streams.values())

    def acks_between(self, start: float, end: float) -> int:
        """Count the ack marks that arrived between two monotonic instants."""
        return sum(start <= at < end for stream in self.streams.values() for at, _ in stream.acks)

    def latencies_between(self, start: float, end: float) -> list[float]:
        """Return the ack latencies, in seconds, of the acks that arrived between two monotonic instants."""
        found = []
        for stream in self.streams.values():
            for at, seq in stream.acks:
                if start <= at < end and seq in stream.sent_at_s:
                    found.append(at - stream.sent_at_s[seq])
        return sorted(found)


def percentile(values: list[float], share: float) -> float:
    """Return the value that `share` of the sorted values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
