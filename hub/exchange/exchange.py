"""One hub among others: says what happens here, hears what happens there, and gets what it has missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hub.bus.bus import Bus
from hub.changes import AWAY, Changes
from hub.exchange.catch_up import CatchUp
from hub.exchange.incoming import Incoming
from hub.exchange.outgoing import Outgoing
from hub.exchange.payload import NotUnderstood, unpack
from hub.exchange.physio import PhysioRelay
from hub.exchange.presence import Presence
from hub.ingest.intake import Intake
from hub.live.board import LiveFix
from storage import notices
from storage.alarms import Call
from storage.pool import Database

FENCE, REVOKE, DRAIN, RENEW = "fence", "revoke", "drain", "renew"  # kinds of control messages
EVERYBODY = "*"
WATCH_S = 0.5

Leave = Callable[[str], None]  # DRAIN or RENEW: this hub is to go


class FleetExchange:
    """The ear of the bus, and the other hubs as the ingest and the changes see them.

    Nothing of it is waited for: what the bus does not carry is read by the others from PostgreSQL.
    """

    def __init__(
        self,
        bus: Bus,
        intake: Intake,
        changes: Changes,
        *,
        databases: tuple[Database, Database],
        leave: Leave,
        tick_s: float,
    ) -> None:
        reader, self._app = databases  # to read what was missed, and to say that this hub cannot be heard
        self.presence = Presence()
        self._bus = bus
        self._clock = intake.clock
        self._intake = intake
        self._changes = changes
        self._leave = leave
        self._outgoing = Outgoing(bus, self._clock, tick_s=tick_s)
        self._incoming = Incoming(intake, self.presence, on_too_many=self._read_all)
        self._catch_up = CatchUp(
            bus, self._clock, reader, incoming=self._incoming, fleet=intake.fleet, say_away=self._say_away
        )
        self._lives: set[tuple[str, str]] = set()  # name and epoch of the other hubs that are there
        self._physio: PhysioRelay | None = None
        self._refused = 0  # messages that the bus did not understand, when last looked at

    def carry(self, physio: PhysioRelay) -> None:
        """Carry what happens in physio sessions too, from before `run` on."""
        self._physio = physio

    def is_connected(self, device_id: int) -> bool:
        """Say whether a device has a connection, here or to another hub as far as this one has heard."""
        return bool(self._intake.roster.of_device(device_id)) or self.presence.where(device_id) is not None

    # What happens here (`hub.ingest.others.OtherHubs`, `hub.changes.Neighbours`).

    def moved(self, ambulance_id: int, fix: LiveFix, device_id: int) -> None:
        """Show a fix on the other hubs."""
        self._outgoing.moved(ambulance_id, fix, device_id)

    def called(self, ambulance_id: int, call: Call, raised_at: int) -> None:
        """Show a call for help on the other hubs."""
        self._outgoing.called(ambulance_id, call, raised_at)

    def came(self, device_id: int) -> None:
        """Let the other hubs know that a device is connected here."""
        self._outgoing.came(device_id)

    def went(self, device_id: int) -> None:
        """Let the other hubs know that a device is not connected here any more."""
        self._outgoing.went(device_id)

    def claimed(self, stream_id: int, fence: int) -> None:
        """Let another hub close the connection that had a stream before."""
        self._bus.tell(FENCE, f"{stream_id}:{fence}")

    def right_changed(self, kind: str, key: str) -> None:
        """Pass on what PostgreSQL said, for a hub whose connection to it has died without a sign."""
        self._bus.tell(REVOKE, f"{kind}:{key}")

    def away(self, node: str) -> None:
        """Take note that a hub cannot be heard through the bus."""
        if node != self._bus.node:
            self._catch_up.away()

    # What happens there (`hub.bus.bus.Ear`).

    def delta(self, sender: str, partition: int, payload: bytes) -> None:
        """Take over what another hub shows."""
        try:
            said = unpack(payload)
        except NotUnderstood:
            return self._catch_up.away()  # a hub of another version: PostgreSQL tells the same
        self._incoming.take(sender, said, self._clock.monotonic_s())
        if self._physio is not None and (said.watching or said.physio):
            self._physio.take(sender, said)

    def stale(self, partition: int) -> None:
        """Get what was missed of a partition."""
        self._catch_up.stale(partition)
        if self._physio is not None:
            self._physio.stale(partition)

    def control(self, sender: str, kind: str, key: str) -> None:
        """Do what another hub, or somebody at the command line, asks for; what is not understood is passed over."""
        if kind == FENCE:
            stream_id, _, fence = key.partition(":")
            if stream_id.isdecimal() and fence.isdecimal():
                self._intake.claimed_elsewhere(int(stream_id), int(fence))
        elif kind == REVOKE:
            self._changes.told(*key.split(":", 1)) if ":" in key else None
        elif kind in (DRAIN, RENEW) and key in (self._bus.node, EVERYBODY):
            self._leave(kind)

    def peers_changed(self) -> None:
        """Forget those who are gone, and look for what they stored last."""
        lives = {(peer.node, peer.epoch) for peer in self._bus.peers() if peer.node != self._bus.node}
        for node in {node for node, _ in self._lives} - {node for node, _ in lives}:
            self.presence.drop(node)
            if self._physio is not None:
                self._physio.gone(node)
        if self._lives - lives:
            self._catch_up.gone()
        self._lives = lives

    async def run(self) -> None:
        """Say, hear and catch up until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for work in (
                self._outgoing.run(),
                self._outgoing.tidy(self._intake.board, self._intake.alarms),
                self._incoming.run(),
                self._catch_up.read_tables(),
                self._catch_up.look(),
                self._watch(),
            ):
                tasks.create_task(work)
            if self._physio is not None:
                tasks.create_task(self._physio.run())

    async def _watch(self) -> None:
        """Look at the bus itself twice a second."""
        while True:
            await asyncio.sleep(WATCH_S)
            self.peers_changed()
            self.presence.tidy(self._clock.monotonic_s())
            if self._bus.refused > self._refused:
                self._refused = self._bus.refused
                self._catch_up.away()  # somebody is there who cannot be understood

    def _read_all(self) -> None:
        self._catch_up.everything_stale()

    async def _say_away(self) -> None:
        await notices.say(self._app, AWAY, self._bus.node)
