"""What every bus does alike: number what is said, notice what was missed, and know who is there. No I/O, no clock."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import structlog

from hub.bus import message as messages
from hub.bus.bus import CONTROL, DEAF_S, PARTITIONS, PROTOCOL, Counters, Ear, Peer
from hub.bus.company import Company
from hub.bus.freshness import Freshness
from hub.bus.message import EPOCH_AT, KIND_AT, NAME_MAX_BYTES, Kind, Message, NotUnderstood, Seal
from hub.bus.tally import Life, Tally, Verdict

CHANNELS = range(PARTITIONS + 1)
BEATS_KEPT = 16  # own beats that are waited for
_LOG = structlog.get_logger(__name__)


class Station:
    """One node's numbers, ear and company."""

    def __init__(self, node: str, seal: Seal, counters: Counters) -> None:
        if not 0 < len(node.encode()) <= NAME_MAX_BYTES:
            raise ValueError(f"a node's name has 1 to {NAME_MAX_BYTES} bytes")
        self.node = node
        self.epoch = secrets.token_bytes(8)
        self.seal = seal
        self.company = Company()
        self._counters = counters
        self._ear: Ear | None = None
        self._describe: Callable[[], Peer] | None = None
        self._seqs = [0 for _ in CHANNELS]  # of the last message
        self._tallies = [Tally() for _ in CHANNELS]
        self._freshness = Freshness()
        self._began_s = 0.0  # monotonic
        self._wall_us = 0  # µs since 1970 at which the monotonic clock would have been 0, when both were looked at last
        self._own_heard_s = [0.0 for _ in CHANNELS]  # monotonic: when the last own beat came back
        self._beaten: dict[int, float] = {}  # said_at of own beats on the control channel → when, monotonic
        self._lag_s = 0.0
        self._complained: set[tuple[str, str]] = set()  # what the log has been told, once

    def listen(self, ear: Ear, describe: Callable[[], Peer]) -> None:
        """Name who hears, and what this node says about itself."""
        self._ear, self._describe = ear, describe

    def begin(self, now_s: float, now_us: int) -> None:
        """Start to listen for the own beats."""
        self._own_heard_s = [now_s for _ in CHANNELS]
        self._began_s = now_s
        self._compare_clocks(now_s, now_us)

    def deaf_s(self, now_s: float) -> float:
        """Return for how long the worst channel has been deaf."""
        return max(0.0, now_s - min(self._own_heard_s) - DEAF_S)

    def delta(self, partition: int, payload: bytes) -> bytes:
        """Return the next message of a partition."""
        return self._next(Kind.DELTA, partition, payload)

    def control(self, kind: str, key: str, now_us: int) -> bytes:
        """Return the next control message."""
        return self._next(Kind.CONTROL, CONTROL, messages.pack_control(kind, key, now_us))

    def goodbye(self) -> bytes:
        """Return the last message of this life."""
        return self._encode(Kind.GOODBYE, CONTROL, b"")

    def beats(self, now_s: float, now_us: int) -> list[bytes]:
        """Return a beat for each channel, in their order."""
        self._compare_clocks(now_s, now_us)
        while len(self._beaten) >= BEATS_KEPT:
            del self._beaten[next(iter(self._beaten))]
        self._beaten[now_us] = now_s
        about = messages.pack_peer(self.myself(now_us))
        return [self._encode(Kind.BEAT, channel, about if channel == CONTROL else b"") for channel in CHANNELS]

    def myself(self, now_us: int) -> Peer:
        """Return what this node says about itself now."""
        if self._describe is None:
            raise RuntimeError("a bus runs for somebody who listens")
        return self._describe()._replace(
            node=self.node, epoch=self.epoch.hex(), protocol=PROTOCOL, lag_s=self._lag_s, said_at=now_us
        )

    def peers(self, now_us: int) -> list[Peer]:
        """Return everybody who is there, this node included, by name."""
        others = (peer for peer in self.company.peers() if peer.node != self.node)
        return sorted([self.myself(now_us), *others])

    def hear(self, channel: int, data: bytes, now_s: float) -> None:
        """Take in a message; calls the ear. Never raises, whatever the bytes are."""
        try:
            if data[EPOCH_AT] == self.epoch:
                self._hear_myself(channel, data, now_s)
            else:
                self._hear_other(channel, self.seal.decode(data), now_s)
        except NotUnderstood as error:
            self._counters.refused += 1
            self._complain(error.reason, error.node, protocol=error.protocol)

    def sweep(self, now_s: float) -> None:
        """Let go of those not heard any more; called about once a second."""
        gone = self.company.sweep(now_s, deaf=now_s - self._own_heard_s[CONTROL] > DEAF_S)
        for life in gone:
            self._forget(life)
        if any(gone.values()):
            self._tell_company()

    def introduce(self, data: bytes, now_s: float) -> None:
        """Take a beat of the control channel that somebody else kept, so that a newcomer knows who is there."""
        try:
            said = self.seal.decode(data)
            life = (said.node, said.epoch)
            if said.kind == Kind.BEAT and said.channel == CONTROL and said.epoch != self.epoch:
                if self.company.note(life, messages.unpack_peer(said.body), now_s):
                    self._tell_company()
        except NotUnderstood as error:
            self._complain(error.reason, error.node, protocol=error.protocol)

    def _next(self, kind: Kind, channel: int, body: bytes) -> bytes:
        self._seqs[channel] += 1
        return self._encode(kind, channel, body)

    def _encode(self, kind: Kind, channel: int, body: bytes) -> bytes:
        return self.seal.encode(Message(kind, channel, self.node, self.epoch, self._seqs[channel], body))

    def _hear_myself(self, channel: int, data: bytes, now_s: float) -> None:
        if data[KIND_AT] != Kind.BEAT:
            return  # what this node said itself is no news
        said = self.seal.decode(data)
        if said.channel != channel:
            raise NotUnderstood("malformed")
        self._own_heard_s[channel] = now_s
        if channel == CONTROL:
            self._lag_s = now_s - self._beaten.pop(messages.unpack_peer(said.body).said_at, now_s)

    def _hear_other(self, channel: int, said: Message, now_s: float) -> None:
        if said.channel != channel:
            raise NotUnderstood("malformed")
        self._counters.heard += 1
        life = (said.node, said.epoch)
        if said.kind == Kind.GOODBYE:
            return self._hear_goodbye(life)
        self.company.touch(life, now_s)
        tally = self._tallies[channel]
        verdict = tally.beat(life, said.seq) if said.kind == Kind.BEAT else tally.message(life, said.seq)
        if verdict is Verdict.REPEATED:
            return
        self._counters.gaps += verdict is Verdict.GAP
        if verdict is not Verdict.NEXT:
            self._stale(channel)
        self._deliver(said, now_s)

    def _deliver(self, said: Message, now_s: float) -> None:
        if self._ear is None:
            return
        if said.kind == Kind.DELTA and said.channel != CONTROL:
            self._ear.delta(said.node, said.channel, said.body)
        elif said.kind == Kind.CONTROL:
            self._hear_control(self._ear, said, now_s)
        elif said.kind == Kind.BEAT and said.channel == CONTROL:
            self._hear_beat(said, now_s)

    def _hear_control(self, ear: Ear, said: Message, now_s: float) -> None:
        kind, key, said_at = messages.unpack_control(said.body)
        age_s = now_s - (said_at - self._wall_us) / 1e6
        if not self._freshness.admits((said.node, said.epoch), said.seq, age_s, now_s, now_s - self._began_s):
            raise NotUnderstood("old", node=said.node)
        ear.control(said.node, kind, key)

    def _hear_beat(self, said: Message, now_s: float) -> None:
        peer = messages.unpack_peer(said.body)._replace(node=said.node, epoch=said.epoch.hex())
        if said.node == self.node:
            self._complain("another node has this node's name", peer.host, protocol=peer.protocol)
        if self.company.note((said.node, said.epoch), peer, now_s):
            self._tell_company()

    def _hear_goodbye(self, life: Life) -> None:
        known = self.company.drop(life)
        self._forget(life)
        if known:
            self._tell_company()

    def _compare_clocks(self, now_s: float, now_us: int) -> None:
        self._wall_us = now_us - int(now_s * 1e6)

    def _forget(self, life: Life) -> None:
        for tally in self._tallies:
            tally.forget(life)

    def _stale(self, channel: int) -> None:
        if self._ear is not None and channel < PARTITIONS:
            self._ear.stale(channel)

    def _tell_company(self) -> None:
        if self._ear is not None:
            self._ear.peers_changed()

    def _complain(self, reason: str, node: str, *, protocol: int) -> None:
        if (reason, node) not in self._complained and len(self._complained) < 100:
            self._complained.add((reason, node))
            _LOG.warning("the bus carries what is not understood", reason=reason, node=node, protocol=protocol)
