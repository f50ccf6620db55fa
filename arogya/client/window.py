"""Which samples a connection has on the way, and what it may send next: the pure part of a device's connection."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

FRAME_FIXES = 50  # design: enough to make a backlog cheap, little enough that one frame is 5 KB


class Run(NamedTuple):
    """Send these samples, in one frame."""

    first: int
    samples: int  # how many


class Hole(NamedTuple):
    """Tell the hub that these samples will never come."""

    first: int
    last: int  # inclusive
    reason: str  # of hub.protocol: hub_lost, spool_full, corrupt


class _Sent(NamedTuple):
    first: int
    last: int
    cost: int  # of the credit: the samples of a frame, 1 for a skip


class Kept(NamedTuple):
    """What a spool holds of its log: the samples `first` to `last`; nothing when first > last."""

    first: int
    last: int
    acked_ever: int  # highest seq that any hub ever acknowledged: below it, a missing sample is the hub's loss


class Window:
    """One connection's place in one stream: go-back-N under the hub's credit."""

    def __init__(self, *, acked: int, credit: int, frame_fixes: int = FRAME_FIXES) -> None:
        self.next_seq = acked + 1  # the next sample to send; moves back on a nack
        self.acked = acked  # everything up to here is the hub's; only grows
        self.credit = credit  # unacked samples the hub allows on this connection, absolute
        self.frame_fixes = frame_fixes
        self._refused: set[int] = set()  # refused for ever, but older samples are still without an ack
        self._on_the_way: deque[_Sent] = deque()  # frames and skips sent and not yet acknowledged, in order

    @property
    def unacked(self) -> int:
        """Return how much of the credit is in use: a sample each, and 1 for a skip of any length."""
        return sum(sent.cost for sent in self._on_the_way)

    def next_step(self, kept: Kept) -> Run | Hole | None:
        """Return what to send now; None means: wait for an ack, for credit or for a new sample."""
        room = self.credit - self.unacked
        if room <= 0:
            return None
        if self.next_seq < kept.first:
            if self.next_seq <= kept.acked_ever:
                return Hole(self.next_seq, min(kept.acked_ever, kept.first - 1), "hub_lost")
            return Hole(self.next_seq, kept.first - 1, "spool_full")
        samples = min(self.frame_fixes, room, kept.last - self.next_seq + 1)
        return Run(self.next_seq, samples) if samples > 0 else None

    def lags(self, kept: Kept) -> bool:
        """Return whether the newest sample has to wait, so that a live hint tells more than the log does."""
        behind = kept.last - self.next_seq + 1
        return behind > self.frame_fixes or (behind > 0 and self.credit <= self.unacked)

    def sent(self, run: Run) -> None:
        """Note that a frame with these samples is on its way."""
        self.next_seq = run.first + run.samples
        self._on_the_way.append(_Sent(run.first, self.next_seq - 1, run.samples))

    def skipped(self, hole: Hole) -> None:
        """Note that the hub was told of the hole."""
        self.next_seq = hole.last + 1
        self._on_the_way.append(_Sent(hole.first, hole.last, 1))

    def accept(self, seq: int) -> bool:
        """Take a cumulative ack of everything up to `seq`; returns whether it was news."""
        if seq <= self.acked:
            return False  # overtaken by a newer one
        while seq + 1 in self._refused:
            seq += 1
        self._refused = {refused for refused in self._refused if refused > seq}
        self.acked = seq
        self.next_seq = max(self.next_seq, seq + 1)
        while self._on_the_way and self._on_the_way[0].last <= seq:
            self._on_the_way.popleft()
        return True

    def refuse(self, first: int, last: int | None = None) -> bool:
        """Take the refusal of a sample or a run of them, which count as acked; returns whether that moved `acked`."""
        last = first if last is None else last
        if first <= self.acked + 1:
            return self.accept(last)
        self._refused.update(range(first, min(last, self.next_seq - 1) + 1))
        return False

    def go_back(self, expected: int) -> bool:
        """Start again from the sample the hub expects; returns False for a place that it can not mean."""
        if not self.acked < expected <= self.next_seq:
            return False
        self.next_seq = expected
        while self._on_the_way and self._on_the_way[-1].last >= expected:
            first, _, cost = self._on_the_way.pop()
            if first < expected:  # the hub took the beginning, as far as it was new
                self._on_the_way.append(_Sent(first, expected - 1, min(cost, expected - first)))
        return True
