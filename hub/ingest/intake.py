"""What all device connections of one hub share: writers, tracks, the board, and who owns which stream."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hub.clock import Clock
from hub.errors import Forbidden, HubError, Overloaded, Restarting, Superseded
from hub.ingest.acks import Acks
from hub.ingest.alarms import OpenAlarms
from hub.ingest.credit import CreditRules
from hub.ingest.crews import Crews, Nobody, Taker, Unheard
from hub.ingest.locations import LocationKeeper
from hub.ingest.markers import Markers
from hub.ingest.others import Alone, OtherHubs
from hub.ingest.patrol import look_after, round_s
from hub.ingest.roster import DeviceConnection, Roster
from hub.ingest.stored_fleet import StoredFleet
from hub.ingest.stream import Stream
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from hub.motion.motion import Motion
from hub.motion.opening import Opening
from hub.motion.stream import MotionStream
from hub.outcomes import outcome_of
from hub.transport import refuse
from storage import commands, marks
from storage.alarms import Call
from storage.batch import Run
from storage.copy_writer import BatchReport, CopyWriter
from storage.errors import StorageError
from storage.pool import Database

_FENCES_S = 1.0  # between two questions whether a stream was taken over
_CLOSED_AT_ONCE = 50  # devices; more than that would come back as one crowd


@dataclass(frozen=True, slots=True)
class IntakeRules:
    """The bounds of device connections."""

    hello_s: float = 5.0
    heartbeat_s: float = 20.0  # silent for this long: pinged; for half as long again: closed
    message_bytes: int = 256 * 1024
    strikes: int = 3
    live_hints_per_s: float = 1.0
    location_s: float = 1.0  # between two updates of ambulances.current_location
    sessions_max: int = 20_000
    sessions_per_device: int = 5
    restart_spread_s: float = 5.0  # closing for a restart is spread over this long


class Intake:
    """The meeting point of device sessions, the writers and the live board."""

    def __init__(
        self,
        db: Database,
        board: FleetBoard,
        clock: Clock,
        metrics: Metrics,
        *,
        rules: IntakeRules,
        credit_rules: CreditRules,
    ) -> None:
        self._db = db  # role arogya_ingest
        self.board = board
        self.clock = clock
        self.rules = rules
        self.metrics = metrics
        self.roster = Roster(connections_max=rules.sessions_max, per_device_max=rules.sessions_per_device)
        self._owners: dict[int, Stream] = {}  # the newest owner of each stream on this hub
        self._acks = Acks(clock)
        self._credit_rules = credit_rules
        self._writers: tuple[CopyWriter, ...] = ()
        self._tasks: asyncio.TaskGroup | None = None  # owned by run()
        self._flushing: list[asyncio.Task[None]] = []  # the writers' tasks
        self._drained = asyncio.Event()
        self.draining = False  # nothing more is admitted: the devices keep it for the next hub
        self.locations = LocationKeeper(db, board, period_s=rules.location_s)
        self.alarms = OpenAlarms(db, board)
        self.markers = Markers(board, self.locations)
        self.crews: Crews = Nobody(db)
        self.motion = Motion(db, self.append, metrics)
        self.opening = Opening(db, self.motion, clock)
        self.sensors: Taker = Unheard(db)
        self.fleet = StoredFleet(db, board, self.locations.moved)
        self._others: OtherHubs = Alone()

    def tell(self, others: OtherHubs) -> None:
        """Tell the other hubs, from now on, what this one shows and who is connected to it."""
        self._others = others
        self.markers.tell(others)

    def use_crews(self, crews: Crews) -> None:
        """Let these take what crews report and answer, from now on."""
        self.crews = crews

    def use_sensors(self, sensors: Taker) -> None:
        """Let these take what physio devices report and answer, from now on."""
        self.sensors = sensors

    def use_writers(self, writers: Iterable[CopyWriter]) -> None:
        """Take the writers; streams are pinned to one of them by number."""
        self._writers = tuple(writers)

    @property
    def failing_since(self) -> float | None:
        """The loop time since which no batch goes through, or None."""
        times = [writer.failing_since for writer in self._writers if writer.failing_since is not None]
        return min(times) if times else None

    def credit(self) -> int:
        """Return what each connection may have unacked now."""
        return self._credit_rules.share(len(self.roster))

    def attach(self, session: DeviceConnection) -> None:
        """Admit a connection; raises `Restarting`, `Overloaded` or `TooManySessions`."""
        if self.draining:
            raise Restarting("this hub is going away")
        self.roster.add(session)
        self.metrics.sockets.labels("device").inc()
        self._others.came(session.device_id)

    def detach(self, session: DeviceConnection) -> None:
        """Forget a connection; what it appended is still stored, and acked to nobody."""
        if session in self.roster:
            self.roster.remove(session)
            self.metrics.sockets.labels("device").dec()
            if not self.roster.of_device(session.device_id):
                self._others.went(session.device_id)
        self._acks.drop(session)
        for stream in list(session.streams.values()):
            self.disown(stream)
        session.streams.clear()  # they refer to it too: what is left goes at once instead of waiting for the collector

    def check_room(self) -> None:
        """Raise `Overloaded` while all credit is in use: a new stream brings new credit."""
        if sum(writer.waiting_rows for writer in self._writers) >= self._credit_rules.budget_samples:
            raise Overloaded("too much waits for the database")

    async def claim(self, device_id: int, log_id: str) -> marks.Claim:
        """Raise the fence of a stream of fixes, opening it where it is new; raises `Forbidden` or `Overloaded`."""
        self.check_room()
        claim = await marks.claim(self._db, device_id, log_id, "fixes")
        if claim is None:
            raise Forbidden("this device may not send such a stream: it is revoked, or bound to no ambulance")
        if claim.ambulance_id is not None and self.board.unit(claim.ambulance_id) is None:
            await self.fleet.read_unit(claim.ambulance_id)  # younger than what the map has heard of
        return claim

    def own(self, stream: Stream) -> None:
        """Note who owns a stream now, and close the connection that owned it before, here or on another hub."""
        former = self._owners.get(stream.stream_id)
        if former is not None and former.fence > stream.fence:
            stream.superseded()  # two claims at once, whose answers came back in the other order
            return
        self._owners[stream.stream_id] = stream
        if former is not None:
            former.superseded()
        if stream.fence > 1:  # else nobody had it before
            self._others.claimed(stream.stream_id, stream.fence)

    def disown(self, stream: Stream) -> None:
        """Forget who owns a stream: its connection is over, or has let go of it."""
        if self._owners.get(stream.stream_id) is stream:
            del self._owners[stream.stream_id]
        if isinstance(stream, MotionStream):
            self.motion.ended(stream)

    def claimed_elsewhere(self, stream_id: int, fence: int) -> None:
        """Close the connection that owns a stream by an older fence than this, which another hub has raised."""
        stream = self._owners.get(stream_id)
        if stream is not None and stream.fence < fence:
            stream.superseded()

    def append(self, run: Run) -> None:
        """Queue a run with the stream's writer."""
        self._writers[run.owner.stream_id % len(self._writers)].append(run)

    def call(self, ambulance_id: int, call: Call, raised_at: int) -> None:
        """Show a call for help (raised in µs since 1970) before it is stored, here and on the other hubs."""
        if self.alarms.hear(ambulance_id, call, raised_at):
            self._others.called(ambulance_id, call, raised_at)

    def ack_due(self, session: DeviceConnection) -> None:
        """Remember a session until the whole batch is settled."""
        self._acks.put(session)

    def batch_settled(self, report: BatchReport) -> None:
        """Send one ack to each connection that a batch concerned."""
        metrics = self.metrics
        for kind, samples in report.samples.items():
            metrics.samples_stored.labels(kind).inc(samples)
        metrics.flush_rows.observe(report.rows)
        metrics.flush_seconds.observe(report.seconds)
        metrics.flush_failures.inc(report.failures)
        metrics.samples_refused.labels("refused_by_database").inc(report.dead_letters)
        self._acks.settled()

    def end(self, session: DeviceConnection, error: HubError) -> None:
        """Close one connection for a reason; safe to call twice."""
        if session.ending is None and self._tasks is not None:
            session.ending = error
            self.metrics.socket_closes.labels("device", str(outcome_of(error).close)).inc()
            self._tasks.create_task(refuse(session.transport, error))

    def supersede(self, session: DeviceConnection) -> None:
        """Close a connection that lost a stream."""
        self.end(session, Superseded("a newer connection took over"))

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run what a connection does beside its samples, which must not raise; raises `Restarting` outside of `run`."""
        if self._tasks is None:
            work.close()
            raise Restarting("this hub is going away")
        return self._tasks.create_task(work)

    async def deliver_commands(self, device_id: int) -> None:
        """Send a device what it has not answered yet, where it is connected here and was welcomed."""
        if self.roster.newest(device_id) is None:
            return
        pending = await commands.pending(self._db, device_id)
        session = self.roster.newest(device_id)  # again: it may have gone meanwhile
        if session is not None:
            for command in pending:
                session.command(command.id, command.kind, command.body)

    async def check_fences(self) -> None:
        """Close the connections whose streams another hub has claimed since."""
        owners = list(self._owners.values())
        if owners:
            moved = await marks.fenced(self._db, [s.stream_id for s in owners], [s.fence for s in owners])
            for stream in owners:
                # Not whoever owns it by now: that may be the very connection whose claim was seen.
                if stream.stream_id in moved and self._owners.get(stream.stream_id) is stream:
                    tell = stream.superseded if moved[stream.stream_id] else stream.set_back
                    tell()

    async def run(self) -> None:
        """Own the tasks of device connections until `drain` has ended."""
        async with asyncio.TaskGroup() as self._tasks:
            self._flushing = [self._tasks.create_task(writer.run()) for writer in self._writers]
            todo = (self.locations.run(), self.alarms.run(), self._patrol(), self._watch_fences())
            rounds = [self._tasks.create_task(each) for each in todo]
            await self._drained.wait()
            for task in rounds:
                task.cancel()

    async def _patrol(self) -> None:
        """Look at every connection, once a second or more often."""
        while True:
            await asyncio.sleep(round_s(self.rules.heartbeat_s))
            now_s, now = self.clock.monotonic_s(), self.clock.now()
            for session in self.roster:
                try:
                    look_after(session, now, now_s=now_s, heartbeat_s=self.rules.heartbeat_s)
                except HubError as error:
                    self.end(session, error)

    async def _watch_fences(self) -> None:
        """Ask once a second who lost a stream; apart from the patrol, which must not wait for PostgreSQL."""
        while True:
            await asyncio.sleep(_FENCES_S)
            try:
                await self.check_fences()
            except StorageError:
                continue  # nothing of a lost fence can be stored meanwhile either

    async def drain(self, timeout_s: float) -> None:
        """Take no more samples, store and ack what was taken, then send every device to another hub.

        A batch that does not go through within the time is given up: no device was told that it is stored.
        """
        self.draining = True
        self.motion.turn(frames_max=None)
        for writer in self._writers:
            writer.close()
        if self._flushing:
            _, late = await asyncio.wait(self._flushing, timeout=timeout_s / 2)
            for task in late:
                task.cancel()
        self._acks.send()
        sessions = list(self.roster)
        spread_s = min(self.rules.restart_spread_s, timeout_s / 4)
        for session in sessions:
            self.end(session, Restarting("this hub is going away"))
            await asyncio.sleep(spread_s / len(sessions) if len(sessions) > _CLOSED_AT_ONCE else 0)
        with suppress(StorageError, TimeoutError):  # then a hub that stays finds the rows behind
            async with asyncio.timeout(timeout_s / 4):
                await self.locations.write()
        self._drained.set()
