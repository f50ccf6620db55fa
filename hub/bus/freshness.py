"""Whether a control message is news, and not the record of one that somebody plays again. Pure.

Who can write to the server and does not know the secret can still repeat what he has heard: a hub that was drained last
week would be drained again. So the age of each message counts, by the clock of its sender, and a message that is young
enough counts once, also when its sender is long forgotten, as a command line is.
"""

from __future__ import annotations

from collections import OrderedDict

from hub.bus.tally import Life

LASTS_S = 30.0  # clocks of nodes may differ by so much; what they have to say beyond that, PostgreSQL says as well


class Freshness:
    """The control messages that could still be repeated."""

    def __init__(self) -> None:
        self._newest: OrderedDict[Life, tuple[int, float]] = (
            OrderedDict()
        )  # number, and until when (monotonic s) it counts

    def admits(self, life: Life, seq: int, age_s: float, now_s: float, lived_s: float) -> bool:
        """Note a message, and tell whether it is news to a node that has lived for `lived_s`.

        What was said before its own life it may have obeyed by ending.
        """
        if not -LASTS_S <= age_s <= min(LASTS_S, lived_s):
            return False
        while self._newest and next(iter(self._newest.values()))[1] < now_s:
            self._newest.popitem(last=False)
        if life in self._newest and seq <= self._newest[life][0]:
            return False
        self._newest[life] = seq, now_s + 2 * LASTS_S
        self._newest.move_to_end(life)
        return True
