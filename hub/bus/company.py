"""Who else is there: what each node said last, and when it was last heard. Pure."""

from __future__ import annotations

from hub.bus.bus import GONE_S, Peer
from hub.bus.tally import Life


class Company:
    """The other nodes, as this one hears them."""

    def __init__(self) -> None:
        self._peers: dict[Life, Peer] = {}
        self._heard_s: dict[Life, float] = {}  # monotonic
        self._deaf_until_s = 0.0  # who was not heard while nothing could be heard is not gone

    def touch(self, life: Life, now_s: float) -> None:
        """Note that a node was heard."""
        self._heard_s[life] = now_s

    def note(self, life: Life, peer: Peer, now_s: float) -> bool:
        """Note what a node says about itself; tell whether it is new."""
        self._heard_s[life] = now_s
        new = life not in self._peers
        self._peers[life] = peer
        return new

    def drop(self, life: Life) -> bool:
        """Forget a node that said goodbye; tell whether it was there."""
        self._heard_s.pop(life, None)
        return self._peers.pop(life, None) is not None

    def sweep(self, now_s: float, *, deaf: bool) -> dict[Life, bool]:
        """Forget who was not heard for `GONE_S`, unless this node is deaf; return them, and whether they were known."""
        if deaf:
            self._deaf_until_s = now_s
        silent = [life for life, heard_s in self._heard_s.items() if now_s - max(heard_s, self._deaf_until_s) > GONE_S]
        return {life: self.drop(life) for life in silent}

    def lives(self) -> dict[str, bytes]:
        """Return the epoch of each node that is there; of two with one name, the one that started last."""
        return {peer.node: life[1] for life, peer in self._by_start()}

    def peers(self) -> list[Peer]:
        """Return what the nodes that are there said last, each name once."""
        return list({peer.node: peer for _, peer in self._by_start()}.values())

    def _by_start(self) -> list[tuple[Life, Peer]]:
        return sorted(self._peers.items(), key=lambda known: known[1].started_at)
