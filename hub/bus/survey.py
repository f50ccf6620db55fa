"""What an operator asks of a bus from outside: who is there, who serves which device, and one message to all."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from hub.bus import message as messages
from hub.bus import registry, shelf
from hub.bus.bus import CONTROL, GONE_S, PARTITIONS, BusAway, Peer
from hub.bus.dial import Away, Server, reach
from hub.bus.keys import Keys
from hub.bus.message import Kind, Message, NotUnderstood, Seal
from hub.bus.shelf import Words


@dataclass(frozen=True, slots=True)
class Listed:
    """A node in the server's list."""

    node: str
    age_s: float  # since its last beat, by the clock of the server
    peer: Peer | None  # None for a node that cannot be understood, for `reason`
    reason: str = ""  # mac (another secret), version (another protocol) or malformed
    protocol: int = 0  # of its bus, when that is known

    @property
    def alive(self) -> bool:
        """Whether it was heard lately."""
        return self.age_s <= GONE_S


@dataclass(frozen=True, slots=True)
class Survey:
    """A server and the nodes on it."""

    nodes: list[Listed]  # by name; also those that died without goodbye within the last hour
    server: str  # e.g. "valkey 9.1.2"
    mode: str  # "standalone" or "cluster"
    memory_bytes: int  # in use
    memory_max_bytes: int  # 0: no bound


async def survey(url: str, secret: str | bytes, prefix: str = "arogya") -> Survey:
    """Return who is on the bus; raises `BusAway`, ValueError for a wrong URL."""
    keys = Keys(prefix)
    async with _opened(url) as server:
        nodes = await _listed(server, keys, Seal(secret))
        facts = server.facts
    name = facts.get("server_name", "redis")
    version = facts.get(f"{name}_version", facts.get("redis_version", ""))
    return Survey(
        nodes=nodes,
        server=f"{name} {version}".strip(),
        mode="cluster" if server.clustered else "standalone",
        memory_bytes=int(facts.get("used_memory", "0")),
        memory_max_bytes=int(facts.get("maxmemory", "0")),
    )


async def command(url: str, secret: str | bytes, kind: str, key: str, prefix: str = "arogya") -> int:
    """Tell all nodes something, like `Bus.tell`, and return how many got it; raises `BusAway`, ValueError."""
    body = messages.pack_control(kind, key, time.time_ns() // 1000)
    said = Message(Kind.CONTROL, CONTROL, f"cli-{os.getpid()}", secrets.token_bytes(8), 1, body)
    data = Seal(secret).encode(said)
    async with _opened(url) as server:
        for verb in ("SPUBLISH", "PUBLISH"):
            (answer,) = await _execute(server, [(verb, Keys(prefix).live[CONTROL], data)])
            if isinstance(answer, int):
                return answer
    raise BusAway("the server does not publish")


async def devices_online(url: str, secret: str | bytes, prefix: str = "arogya") -> dict[int, str]:
    """Return which node each connected device is on; raises `BusAway`, ValueError for a wrong URL."""
    keys, seal = Keys(prefix), Seal(secret)
    online: dict[int, str] = {}
    async with _opened(url) as server:
        peers = [listed.peer for listed in await _listed(server, keys, seal) if listed.alive and listed.peer]
        for peer in peers:
            places = [("devices", partition) for partition in range(PARTITIONS)]
            answers = await _execute(server, [("HGETALL", keys.table(*place, peer.node)) for place in places])
            for place, fields in zip(places, answers, strict=True):
                context = shelf.row_context(place, peer.node, bytes.fromhex(peer.epoch))
                rows = shelf.open_rows(seal, context, fields) if isinstance(fields, dict) else {}
                online |= dict.fromkeys(rows, peer.node)
    return online


async def _listed(server: Server, keys: Keys, seal: Seal) -> list[Listed]:
    (answer,) = await _execute(server, [registry.look_up(keys)])
    return sorted((_read(seal, entry) for entry in registry.entries(answer)), key=lambda listed: listed.node)


def _read(seal: Seal, entry: registry.Entry) -> Listed:
    try:
        said = seal.decode(entry.beat)
        peer = messages.unpack_peer(said.body)._replace(node=said.node, epoch=said.epoch.hex())
        return Listed(entry.node, entry.age_s, peer, protocol=peer.protocol)
    except NotUnderstood as error:
        return Listed(entry.node, entry.age_s, None, error.reason, error.protocol)


async def _execute(server: Server, commands: list[Words]) -> list[object]:
    try:
        return await server.execute(commands)
    except Away as error:
        raise BusAway(str(error)) from None


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Server]:
    try:
        server = await reach(url)
    except Away as error:
        raise BusAway(f"the bus is away: {error}") from None
    try:
        yield server
    finally:
        await server.close()
