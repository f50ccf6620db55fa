"""A sensor's side of the hub: takes angles, keeps them on disk until the hub has committed them, finds its way back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal
from uuid import UUID, uuid4

from arogya.client.address import websocket_url
from arogya.client.backoff import Ending
from arogya.client.commands import Commands
from arogya.client.counters import Counters
from arogya.client.device import CODECS
from arogya.client.dial import EXPECTED, dial, ending_of
from arogya.client.hooks import Hooks, Options
from arogya.client.motion_frame import MotionFrame
from arogya.client.motion_hooks import MotionHooks
from arogya.client.motion_link import MotionLink
from arogya.client.motion_log import MotionLog
from arogya.client.motion_spool import Measured, MotionSpool
from arogya.client.motion_station import MotionStation
from arogya.client.reports import Reports
from arogya.client.spool import Spool
from arogya.client.spool_file import SpoolError, put_aside
from arogya.client.staying import stay_connected
from hub.protocol.limits import JOINTS_MAX, MESSAGE_BYTES_MAX
from hub.protocol.reports import Report, ReportAck
from hub.protocol.sensor_reports import read_sensor

logger = logging.getLogger(__name__)

REPORTS_FILE = "reports.db"  # in the folder; locked by the program that uses the folder
LOGS = "*.motion"


class MotionStream:
    """The motion of one session, as `MotionClient.open` gives it."""

    def __init__(self, log: MotionLog) -> None:
        self._log = log

    @property
    def session(self) -> UUID:
        """Return the session that it is of."""
        return self._log.of.session

    @property
    def joints(self) -> tuple[str, ...]:
        """Return the joints, in the order of the angles."""
        return self._log.of.joints

    @property
    def stream(self) -> int | None:
        """Return the hub's number for it, once it is known."""
        return self._log.stream

    @property
    def last_seq(self) -> int:
        """Return the number of the newest sample that was kept; 0 for none."""
        return self._log.kept.last

    @property
    def acked_seq(self) -> int:
        """Return the number of the sample up to which the hub has committed everything, as far as it is known."""
        return self._log.acked

    @property
    def refused(self) -> str | None:
        """Return the code with which the hub has refused all of it, or None."""
        return self._log.refused.code if self._log.refused else None

    async def send(
        self,
        started_at: int,
        spacing_us: int | Sequence[int],
        angles: Iterable[Iterable[float]],
        repetition: int | None = None,
    ) -> int:
        """Put a frame on disk and return the number of its first sample; it goes to the hub as soon as possible.

        `started_at` is the time of the first sample in µs since 1970 by the device's clock, `spacing_us` the interval
        between samples or the offset of each after `started_at`, `angles` a row of degrees for each joint, and
        `repetition` what the sensor itself counts. Never waits for the network. Raises ValueError for what no hub
        takes, and `SpoolError` when the disk refuses, or the hub has refused the whole of it.
        """
        return await self._log.put(MotionFrame.of(len(self.joints), started_at, spacing_us, angles, repetition))

    async def drained(self, within_s: float | None = None) -> None:
        """Wait until the hub has committed everything that was sent; raises TimeoutError, `SpoolError` if refused."""
        async with asyncio.timeout(within_s):
            await self._log.wait_drained()

    async def finish(self) -> None:
        """Say that nothing comes any more: its spool goes once the hub has all of it. Raises `SpoolError`."""
        await self._log.finish()


class MotionClient:
    """Streams joint angles to a hub; use it as `async with MotionClient(url, secret, folder=Path("spool")) as sensor`.

    `url` is the hub's address (`https://…`), `secret` the sensor's. `folder` keeps what the hub has not committed, a
    file a session, across restarts and crashes; None keeps it in memory only. One folder belongs to one sensor and has
    one user at a time. Entering raises `SpoolError` when it is in use; the constructor raises ValueError for a wrong
    address. What an earlier run left behind goes to the hub by itself. No trouble with the network ever raises.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        folder: Path | None = None,
        encoding: Literal["msgpack", "json"] = "msgpack",
        hooks: MotionHooks | None = None,
        options: Options | None = None,
    ) -> None:
        self._url = websocket_url(url, "/ws/device")
        self._secret = secret
        self._folder = folder
        self._codec = CODECS[encoding]
        self._hooks = hooks or MotionHooks()
        self._options = options or Options()
        self.counters = Counters()  # what was done so far; read it whenever you like
        self.last_ending: Ending | None = None  # how the last connection or attempt ended
        self._logs: list[MotionLog] = []
        self._reports_spool: Spool | None = None  # between entering and leaving
        self._station: MotionStation | None = None  # likewise
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []  # what ends by being cancelled

    @property
    def connected(self) -> bool:
        """Return whether the hub has said welcome and the connection still stands."""
        return self._station is not None and self._station.connected.is_set()

    @property
    def streams(self) -> list[MotionStream]:
        """Return what is not delivered or still in use, what an earlier run left behind too."""
        return [MotionStream(log) for log in self._waiting()]

    async def __aenter__(self) -> MotionClient:
        """Open the spools and begin to connect."""
        path = self._folder / REPORTS_FILE if self._folder else None
        spool = await asyncio.to_thread(Spool, path, power_safe=self._options.power_safe)
        kept = await asyncio.to_thread(spool.reports)
        reports = Reports(spool, kept, Hooks(on_answer=self._hooks.on_answer), self._options, read_sensor)
        commands = Commands(self._hooks.on_command)
        station = MotionStation(
            self._codec, self._hooks, self._options, self.counters, commands, reports, self._waiting
        )
        for left in await asyncio.to_thread(self._left_behind):
            self._logs.append(MotionLog(*left, station.changed))
        self._station, self._reports_spool = station, spool
        await self._tasks.__aenter__()
        self._tasks.create_task(reports.write_until_closed())
        connecting = stay_connected(partial(self._connect_once, station), self._options.backoff(), self.counters)
        self._running = [
            self._tasks.create_task(connecting),
            self._tasks.create_task(commands.answer_until_cancelled()),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close; what is not acked goes on with the next client."""
        station, spool = self._open_station(), self._reports_spool
        station.reports.stop()
        for task in self._running:
            task.cancel()
        try:
            # Only a cancellation is the task group's business: any other error goes to the caller as it is.
            cancelled = isinstance(error, asyncio.CancelledError)
            await self._tasks.__aexit__(*((kind, error, trace) if cancelled else (None, None, None)))
        finally:
            self._station = self._reports_spool = None
            for log in self._logs:
                await log.close()
            self._logs = []
            if spool is not None:
                await asyncio.to_thread(spool.close)

    async def open(self, session: UUID | str, joints: Sequence[str]) -> MotionStream:
        """Return the stream of a session's motion: the one that an earlier run began, or else a new one.

        It never waits for the network: what the hub says to it comes later, and `MotionStream.refused` shows it.
        Raises ValueError for no joints, too many or one twice, and `SpoolError` when the disk refuses.
        """
        station = self._open_station()
        of = Measured(UUID(str(session)), tuple(joints))
        if not 1 <= len(of.joints) == len(set(of.joints)) <= JOINTS_MAX:
            raise ValueError(f"a stream has 1 to {JOINTS_MAX} different joints")
        await self._retire()
        log = next((log for log in self._logs if log.of == of and not log.finished), None)
        if log is None:
            path = self._folder / f"{uuid4().hex}.motion" if self._folder else None
            log = MotionLog(await asyncio.to_thread(self._spool, path, of), path, station.changed)
            self._logs.append(log)
        log.wanted = True
        station.changed.set()
        return MotionStream(log)

    async def report(self, kind: str, body: Mapping[str, object], *, report_id: str | None = None) -> ReportAck:
        """Tell the hub what the sensor does, and return its answer, `done` or `refused`, however long that takes.

        Kept and sent again as `DeviceClient.report` does. Raises ValueError for what docs/protocol.md does not know,
        `SpoolError` when hundreds wait already.
        """
        return await self._open_station().reports.put(kind, body, report_id)

    @property
    def reports(self) -> list[Report]:
        """Return what the hub has not answered, oldest first."""
        return self._open_station().reports.open

    async def drained(self, within_s: float | None = None) -> None:
        """Wait until the hub has committed everything of all streams; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            for log in self._waiting():
                await log.wait_drained()

    def _waiting(self) -> list[MotionLog]:
        """Return the logs with something to send or still in use, those of this run first."""
        taken = [log for log in self._logs if log.refused is None]
        waiting = [log for log in taken if not log.is_drained or (log.wanted and not log.finished)]
        return sorted(waiting, key=lambda log: not log.wanted)

    async def _retire(self) -> None:
        """Let go of the logs that are done with."""
        for log in [log for log in self._logs if log.finished and log.is_drained and log.refused is None]:
            self._logs.remove(log)
            await log.close()

    def _spool(self, path: Path | None, of: Measured | None = None) -> MotionSpool:
        options = self._options
        return MotionSpool(
            path, of, max_rows=options.spool_rows, max_bytes=options.spool_bytes, power_safe=options.power_safe
        )

    def _left_behind(self) -> list[tuple[MotionSpool, Path]]:
        """Return the spools of earlier runs; one that can not be read is put aside."""
        found = []
        for path in sorted(self._folder.glob(LOGS)) if self._folder else ():
            try:
                found.append((self._spool(path), path))
            except SpoolError as error:
                logger.warning("%s", error)
                put_aside(path, "corrupt")
        return found

    def _open_station(self) -> MotionStation:
        if self._station is None:
            raise RuntimeError("use the client inside `async with`")
        return self._station

    async def _connect_once(self, station: MotionStation) -> Ending:
        heartbeat_s = self._options.heartbeat_s
        try:
            async with dial(
                self._url, self._secret, self._codec, heartbeat_s=heartbeat_s, bytes_max=MESSAGE_BYTES_MAX
            ) as socket:
                self.last_ending = await MotionLink(socket, station).run()
        except EXPECTED as error:
            self.last_ending = ending_of(error)
        return self.last_ending
