"""What a node says to the other nodes and hears from them, whatever carries it.

A bus loses messages when it has to, and says so: every message is headed by (node, epoch, seq), seq counts within one
channel, and a beat on every channel carries the number of its last message. Who missed something is told to read the
newest state again; nothing is repeated, nothing is stored, and nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

PARTITIONS = 4  # part of the protocol between nodes: `key % PARTITIONS` is where a key belongs
CONTROL = PARTITIONS  # the channel after those of the partitions
PROTOCOL = 1  # a node understands the version before and the one after its own
BEAT_S = 1.0  # on every channel: a lost last message is noticed within it
DEAF_S = 2.5  # own beats not heard on one channel for so long
GONE_S = 3.5  # a peer not heard for so long


class BusAway(Exception):
    """The bus cannot be asked now; it comes back by itself."""


class Peer(NamedTuple):
    """What a node says about itself, once a second."""

    node: str  # unique among those that run, e.g. "er-west-1"
    epoch: str  # one life of its process, 16 random hex digits
    protocol: int  # PROTOCOL of its version
    version: str  # of the product
    host: str
    pid: int
    url: str  # where it serves
    started_at: int  # µs since 1970
    devices: int  # connections
    viewers: int  # connections
    state: str  # "serving" or "draining"
    lag_s: float  # how long its last own beat was on its way through the bus and back
    said_at: int  # µs since 1970 by its own clock


class Ear(Protocol):
    """Who listens to a bus. Called in the event loop; it neither waits nor raises."""

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        """Hear what another node published."""

    def stale(self, partition: int) -> None:
        """Something of this partition was missed, or a sender is new: `latest` has what is missing."""

    def control(self, sender: str, kind: str, key: str) -> None:
        """Hear what another node told."""

    def peers_changed(self) -> None:
        """Somebody came, left, fell silent or is back in a new life (epoch)."""


class Counters:
    """What a bus did since it was made."""

    def __init__(self) -> None:
        self.sent = 0  # messages given to the carrier, beats included
        self.heard = 0  # messages of other nodes, beats included
        self.dropped = 0  # own messages that nobody got: the carrier was away or too slow
        self.refused = 0  # messages with a wrong MAC, of an unknown version or malformed
        self.gaps = 0  # times that something of another node was found missing
        self.reconnects = 0  # connections opened again after a loss
        self.busy_ns = 0  # time spent on the bus itself, not on what the ear does with it


class Bus(Protocol):
    """One node's end of the bus."""

    node: str  # its own name
    # As in `Counters`.
    sent: int
    heard: int
    dropped: int
    refused: int
    gaps: int
    reconnects: int
    busy_ns: int

    def listen(self, ear: Ear, describe: Callable[[], Peer]) -> None:
        """Name who hears, and what this node says about itself (epoch, protocol, lag and time are filled in here).

        Called once, before `run`.
        """

    @property
    def deaf_s(self) -> float:
        """For how long this node has been deaf: 0.0 while it hears itself on every channel."""

    def publish(self, partition: int, payload: bytes) -> None:
        """Send to all other nodes. Never waits; what cannot be sent is dropped, and the others notice the gap."""

    def keep(self, table: str, key: int, value: bytes | None) -> None:
        """Keep the newest value of a key for nodes that come or missed something; None removes it.

        The table of a partition (`key % PARTITIONS`) is written about once a second, and as a whole after a reconnect.
        """

    async def latest(self, table: str, partition: int) -> dict[str, dict[int, bytes]]:
        """Return what the other nodes that are alive keep in a table: node → key → value; raises `BusAway`."""

    def tell(self, kind: str, key: str) -> None:
        """Send a control message to all other nodes, at once; like `publish` it may be lost."""

    def peers(self) -> list[Peer]:
        """Return the nodes that are alive, this one included, by name; while this node is deaf, those it heard last."""

    async def take(self, name: str, per_s: float, burst: float) -> float | None:
        """Take a token of a bucket that all nodes share.

        Returns 0.0 when taken, else after how many s there will be one; None when the bus did not answer within 0.1 s.
        """

    async def give_back(self, name: str) -> None:
        """Give a bucket its whole burst back, as a correct password does. Never raises."""

    async def run(self) -> None:
        """Carry until cancelled, then say goodbye: the others drop this node at once."""
