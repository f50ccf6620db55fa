"""Where a stream stands: which samples are duplicates, which are next, and which leave a gap. Pure."""

from __future__ import annotations

from array import array

REMEMBERED = 64  # samples whose bodies can still be compared with a resend


class Cursor:
    """The admitted end of one stream on one connection, and what the last few samples were."""

    __slots__ = ("_digests", "gap_told", "next_seq")

    def __init__(self, acked: int) -> None:
        self.next_seq = acked + 1  # the sample that is admitted next
        self.gap_told = False  # the device was told to go back, and has not done so yet
        self._digests: array[int] | None = None  # made with the first sample: most connections are idle

    def place(self, first: int, count: int) -> int | None:
        """Return how many leading samples of a run are duplicates (up to all of it), or None where it leaves a gap."""
        if first > self.next_seq:
            return None
        return min(count, self.next_seq - first)

    def advance(self, to_seq: int) -> None:
        """Move behind samples that were admitted or refused."""
        self.next_seq = to_seq + 1
        self.gap_told = False

    def skip(self, to_seq: int) -> None:
        """Move behind samples that will never come; nothing is known of how they looked."""
        self._digests = None
        self.advance(to_seq)

    def remember(self, last: int, digests: list[int]) -> None:
        """Keep what the samples up to `last` looked like, for as long as the next 64 samples take."""
        if self._digests is None:
            self._digests = array("q", bytes(8 * REMEMBERED))
        for seq, digest in enumerate(digests, last + 1 - len(digests)):
            self._digests[seq % REMEMBERED] = digest

    def conflicts(self, seq: int, digest: int) -> bool:
        """Tell whether a duplicate differs from the sample that was admitted under its number, if that is known."""
        if self._digests is None or seq < self.next_seq - REMEMBERED:
            return False
        known = self._digests[seq % REMEMBERED]
        return known not in (0, digest)
