"""A bus for the nodes of one process: a hub alone, and tests of several."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from hub.bus.bucket import spend
from hub.bus.bus import BEAT_S, CONTROL, DEAF_S, PARTITIONS, BusAway, Counters, Ear, Peer
from hub.bus.message import Seal
from hub.bus.station import CHANNELS, Station

Table = dict[int, bytes]


class Ether:
    """What several `MemoryBus` share; a test can cut a node off, or lose what it says next."""

    def __init__(self) -> None:
        self.seal = Seal(secrets.token_bytes(32))
        self.nodes: dict[str, MemoryBus] = {}  # that run
        self.tables: dict[tuple[str, int, str], Table] = {}  # by table, partition and node
        self.buckets: dict[str, float] = {}  # until when a bucket is spent, monotonic s
        self._deaf_since: dict[str, float] = {}  # nodes that are cut off, monotonic s
        self._losing: set[str] = set()  # nodes whose next message nobody else gets

    def cut(self, node: str) -> None:
        """Let a node neither hear nor be heard."""
        self._deaf_since.setdefault(node, time.monotonic())

    def heal(self, node: str) -> None:
        """Undo `cut`."""
        if self._deaf_since.pop(node, None) is not None and node in self.nodes:
            self.nodes[node].returned()

    def lose_one(self, node: str) -> None:
        """Lose the next message of a node."""
        self._losing.add(node)

    def cut_since(self, node: str) -> float | None:
        """Return since when a node is cut off (monotonic s), None when it is not."""
        return self._deaf_since.get(node)

    def carry(self, sender: str, channel: int, data: bytes) -> bool:
        """Bring a message to every node, the sender included; False when the sender is cut off."""
        if sender in self._deaf_since:
            return False
        lost = sender in self._losing
        self._losing.discard(sender)
        for name, node in self.nodes.items():
            if name not in self._deaf_since and not (lost and name != sender):
                node.receive(channel, data)
        return True


class MemoryBus(Counters):
    """One node on an `Ether`."""

    def __init__(self, node: str, ether: Ether | None = None) -> None:
        super().__init__()
        self.node = node
        self._ether = ether or Ether()
        self._station = Station(node, self._ether.seal, self)
        self._kept: dict[tuple[str, int], Table] = {}  # by table and partition: what this node keeps
        self._loop: asyncio.AbstractEventLoop | None = None  # while it runs

    def listen(self, ear: Ear, describe: Callable[[], Peer]) -> None:
        """See `Bus.listen`."""
        self._station.listen(ear, describe)

    @property
    def deaf_s(self) -> float:
        """See `Bus.deaf_s`: the ether itself never fails."""
        since = self._ether.cut_since(self.node)
        return 0.0 if since is None else max(0.0, time.monotonic() - since - DEAF_S)

    def publish(self, partition: int, payload: bytes) -> None:
        """See `Bus.publish`."""
        if len(self._ether.nodes) > 1:  # alone, there is nobody to encode for
            self._say(partition, self._station.delta(partition, payload))

    def tell(self, kind: str, key: str) -> None:
        """See `Bus.tell`."""
        if len(self._ether.nodes) > 1:
            self._say(CONTROL, self._station.control(kind, key, time.time_ns() // 1000))

    def keep(self, table: str, key: int, value: bytes | None) -> None:
        """See `Bus.keep`: here at once."""
        partition = key % PARTITIONS
        written = [self._kept.setdefault((table, partition), {})]
        if self._loop is not None and self._ether.cut_since(self.node) is None:
            written.append(self._ether.tables.setdefault((table, partition, self.node), {}))
        for kept in written:
            if value is None:
                kept.pop(key, None)
            else:
                kept[key] = value

    async def latest(self, table: str, partition: int) -> dict[str, Table]:
        """See `Bus.latest`."""
        if self._loop is None or self._ether.cut_since(self.node) is not None:
            raise BusAway("this node is cut off")
        found = {name: self._ether.tables.get((table, partition, name)) for name in self._station.company.lives()}
        return {name: dict(kept) for name, kept in found.items() if kept is not None and name != self.node}

    def peers(self) -> list[Peer]:
        """See `Bus.peers`."""
        return self._station.peers(time.time_ns() // 1000)

    async def take(self, name: str, per_s: float, burst: float) -> float | None:
        """See `Bus.take`."""
        if self._ether.cut_since(self.node) is not None:
            return None
        now_s = time.monotonic()
        self._ether.buckets[name], wait_s = spend(self._ether.buckets.get(name, 0.0), now_s, per_s, burst)
        return wait_s

    async def give_back(self, name: str) -> None:
        """See `Bus.give_back`."""
        self._ether.buckets.pop(name, None)

    async def run(self) -> None:
        """See `Bus.run`."""
        self._loop = asyncio.get_running_loop()
        self._station.begin(time.monotonic(), time.time_ns() // 1000)
        self._ether.nodes[self.node] = self
        self.returned()
        try:
            while True:
                self._beat()
                self._station.sweep(time.monotonic())
                await asyncio.sleep(BEAT_S)
        finally:
            self._leave()

    def receive(self, channel: int, data: bytes) -> None:
        """Hear a message in a turn of the loop of its own, as from a wire."""
        if self._loop is not None:
            self._loop.call_soon(self._hear, channel, data)

    def returned(self) -> None:
        """Show the others again what this node keeps."""
        for (table, partition), kept in self._kept.items():
            self._ether.tables[table, partition, self.node] = dict(kept)

    def _beat(self) -> None:
        beats = self._station.beats(time.monotonic(), time.time_ns() // 1000)
        for channel in CHANNELS:
            self._say(channel, beats[channel])

    def _say(self, channel: int, data: bytes) -> None:
        if self._loop is not None and self._ether.carry(self.node, channel, data):
            self.sent += 1
        else:
            self.dropped += 1

    def _hear(self, channel: int, data: bytes) -> None:
        self._station.hear(channel, data, time.monotonic())

    def _leave(self) -> None:
        if len(self._ether.nodes) > 1:
            self._say(CONTROL, self._station.goodbye())
        self._loop = None
        self._ether.nodes.pop(self.node, None)
        for place in [place for place in self._ether.tables if place[2] == self.node]:
            del self._ether.tables[place]
