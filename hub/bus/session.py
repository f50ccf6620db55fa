"""One session of a relay: the wires of all channels, from their opening to the first trouble with any of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from hub.bus.bus import CONTROL, DEAF_S, Counters
from hub.bus.dial import Away, Server
from hub.bus.keys import Keys
from hub.bus.station import CHANNELS
from hub.bus.wire import Wire, pack

SUBSCRIBED_S = 1.0
ANSWER_S = 1.5  # a server that owes an answer for so long is away, whatever its connection looks like
WATCH_S = 0.25
UNSAID_MAX = 10_000  # messages of one turn of the loop


class Session:
    """Says and hears through one server or cluster."""

    def __init__(
        self, server: Server, keys: Keys, counters: Counters, hear: Callable[[int, bytes], None], *, sharded: bool
    ) -> None:
        self._server = server
        self._keys = keys
        self._counters = counters
        self._hear = hear  # channel, message
        self._sharded = sharded  # SPUBLISH stays on the one server of a channel; PUBLISH goes to all of a cluster
        self._channels = {name.encode(): channel for channel, name in enumerate(keys.live)}
        verb = b"SPUBLISH" if sharded else b"PUBLISH"
        # All but the last word of the command that publishes on a channel.
        self._heads = [pack(verb, name.encode(), b"").removesuffix(b"$0\r\n\r\n") for name in keys.live]
        self._wires: dict[int, Wire] = {}  # by channel; none before it is open
        self._unsaid: list[tuple[int, bytes]] = []  # messages of this turn of the loop, by channel
        self._loop = asyncio.get_running_loop()
        self._trouble: asyncio.Future[str] = self._loop.create_future()  # why the session ends
        self._opened_s = 0.0

    async def open(self) -> None:
        """Open a wire to each server that has a channel, and subscribe; raises `Away`."""
        places: dict[tuple[str, int], list[int]] = {}
        for channel in CHANNELS:
            places.setdefault(self._server.place(self._keys.live[channel]), []).append(channel)
        wires: dict[int, Wire] = {}
        for place, channels in places.items():
            wire = Wire(self._counters, self._heard, self._failed)
            await self._server.hand_over(place, wire)
            wire.subscribe([self._keys.live[channel].encode() for channel in channels], sharded=self._sharded)
            wires |= dict.fromkeys(channels, wire)
        try:
            async with asyncio.timeout(SUBSCRIBED_S):
                for wire in wires.values():
                    await wire.subscribed.wait()
        except TimeoutError:
            raise Away("no answer to a subscription") from None
        if self._trouble.done():
            raise Away(self._trouble.result())
        self._wires = wires
        self._opened_s = time.monotonic()

    def say(self, channel: int, data: bytes) -> None:
        """Publish a message, together with all others of this turn of the loop."""
        if len(self._unsaid) >= UNSAID_MAX:
            self._counters.dropped += 1
            return
        if not self._unsaid:
            self._loop.call_soon(self._flush)
        self._unsaid.append((channel, data))

    def leave(self, goodbye: bytes, node: str, tables: dict[str, int]) -> None:
        """Say goodbye and take away what was kept (keys and their partitions); closing lets it leave first."""
        if not self._wires:
            return
        self._unsaid.append((CONTROL, goodbye))
        self._flush()
        self._wires[CONTROL].write(pack(b"HDEL", self._keys.nodes.encode(), node.encode()), 1)
        for key, partition in tables.items():
            self._wires[partition].write(pack(b"DEL", key.encode()), 1)

    def close(self) -> None:
        """Let go of the wires."""
        for wire in self._wires.values():
            wire.close()

    async def watch(self, deaf_s: Callable[[], float]) -> None:
        """Wait for trouble; raises `Away`."""
        while not self._trouble.done():
            await asyncio.wait([self._trouble], timeout=WATCH_S)
            now_s = time.monotonic()
            if any(wire.silent_s(now_s) > ANSWER_S for wire in self._wires.values()):
                raise Away("no answer")
            if now_s - self._opened_s > DEAF_S and deaf_s() > 0:
                raise Away("nothing is heard")
        raise Away(self._trouble.result())

    def _flush(self) -> None:
        """Write what was said, once for each wire."""
        began_ns = time.thread_time_ns()
        unsaid, self._unsaid = self._unsaid, []
        commands: dict[Wire, list[bytes]] = {}
        for channel, data in unsaid:
            packed = b"%b$%d\r\n%b\r\n" % (self._heads[channel], len(data), data)
            commands.setdefault(self._wires[channel], []).append(packed)
        for wire, packed_commands in commands.items():
            if wire.write(b"".join(packed_commands), len(packed_commands)):
                self._counters.sent += len(packed_commands)
            else:
                self._counters.dropped += len(packed_commands)
        self._counters.busy_ns += time.thread_time_ns() - began_ns

    def _heard(self, name: bytes, data: bytes) -> None:
        channel = self._channels.get(name)
        if channel is not None:
            self._hear(channel, data)

    def _failed(self, reason: str) -> None:
        if not self._trouble.done():
            self._trouble.set_result(reason)
