"""A device's side of the hub: takes fixes, keeps them on disk until the hub has committed them, finds its way back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal

import msgpack

from arogya.client.address import websocket_url
from arogya.client.backlog import Backlog
from arogya.client.backoff import Ending
from arogya.client.commands import Commands
from arogya.client.counters import Counters
from arogya.client.dial import EXPECTED, dial, ending_of
from arogya.client.hooks import Hooks, Options
from arogya.client.link import Link, Station
from arogya.client.reports import Reports
from arogya.client.spool import Spool
from arogya.client.staying import stay_connected
from hub.protocol.codec import JSON, MSGPACK
from hub.protocol.fix import Fix
from hub.protocol.limits import MESSAGE_BYTES_MAX
from hub.protocol.report_bodies import read_body
from hub.protocol.reports import Report, ReportAck

CODECS = {"msgpack": MSGPACK, "json": JSON}


class DeviceClient:
    """Streams fixes to a hub; use it as `async with DeviceClient(url, secret, spool=Path("fixes.db")) as device`.

    `url` is the hub's address (`https://…`), `secret` the device's. `spool` names the file that keeps what the hub has
    not committed, across restarts and crashes; None keeps it in memory only. One spool belongs to one device and has
    one user at a time. Entering raises `SpoolError` when the file is in use or can not be opened; the constructor
    raises ValueError for a wrong address. No trouble with the network ever raises: the client keeps trying.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        spool: Path | None = None,
        encoding: Literal["msgpack", "json"] = "msgpack",
        hooks: Hooks | None = None,
        options: Options | None = None,
    ) -> None:
        self._url = websocket_url(url, "/ws/device")
        self._secret = secret
        self._spool_path = spool
        self._codec = CODECS[encoding]
        self._hooks = hooks or Hooks()
        self._options = options or Options()
        self.counters = Counters()  # what was done so far; read it whenever you like
        self.last_ending: Ending | None = None  # how the last connection or attempt ended
        self._station: Station | None = None  # between entering and leaving
        self._tasks = asyncio.TaskGroup()
        self._running: list[asyncio.Task[None]] = []  # what ends by being cancelled

    @property
    def connected(self) -> bool:
        """Return whether the hub has said welcome and the connection still stands."""
        return self._station is not None and self._station.connected.is_set()

    @property
    def stream(self) -> int | None:
        """Return the hub's number for this spool's stream, once it is known."""
        return self._station.stream if self._station else None

    @property
    def last_seq(self) -> int:
        """Return the seq of the newest sample on disk; 0 when nothing was ever sent from this spool."""
        return self._open_station().backlog.kept.last

    @property
    def acked_seq(self) -> int:
        """Return the seq up to which the hub has committed everything, as far as this client knows."""
        return self._open_station().backlog.acked

    async def __aenter__(self) -> DeviceClient:
        """Open the spool and begin to connect."""
        spool = await asyncio.to_thread(
            Spool,
            self._spool_path,
            max_rows=self._options.spool_rows,
            max_bytes=self._options.spool_bytes,
            power_safe=self._options.power_safe,
        )
        backlog = Backlog(spool, self.counters)
        commands = Commands(self._hooks.on_command)
        reports = Reports(spool, await asyncio.to_thread(spool.reports), self._hooks, self._options, _check)
        self._station = Station(backlog, self._codec, self._hooks, self._options, self.counters, commands, reports)
        await self._tasks.__aenter__()
        self._tasks.create_task(backlog.commit_until_closed())
        self._tasks.create_task(reports.write_until_closed())
        self._running = [
            self._tasks.create_task(
                stay_connected(partial(self._connect_once, self._station), self._options.backoff(), self.counters)
            ),
            self._tasks.create_task(commands.answer_until_cancelled()),
        ]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what was offered to the spool and close; what is not acked goes on with the next client."""
        station = self._open_station()
        station.backlog.stop()
        station.reports.stop()
        for task in self._running:
            task.cancel()
        try:
            # Only a cancellation is the task group's business: any other error goes to the caller as it is.
            cancelled = isinstance(error, asyncio.CancelledError)
            await self._tasks.__aexit__(*((kind, error, trace) if cancelled else (None, None, None)))
        finally:
            await station.backlog.close()
            self._station = None

    async def send(self, fix: Fix) -> int:
        """Put a fix on disk and return its seq; it goes to the hub as soon as that is possible.

        Never waits for the network. Raises `SpoolError` when the disk refuses.
        """
        return await self._open_station().backlog.put(msgpack.packb(fix.wire()))

    def offer(self, fix: Fix) -> None:
        """Take a fix without waiting, not even for the disk: a crash in the next moment can lose it."""
        self._open_station().backlog.offer(msgpack.packb(fix.wire()))

    async def report(self, kind: str, body: Mapping[str, object], *, report_id: str | None = None) -> ReportAck:
        """Tell the hub what the crew does or says, and return its answer, `done` or `refused`, however long that takes.

        It is put on disk, and sent in order with the time of now until the hub has answered, also by the next run of
        the program; who stops waiting does not take it back. Raises ValueError for what docs/protocol.md does not know,
        `SpoolError` when hundreds wait already (never for a call for help).
        """
        return await self._open_station().reports.put(kind, body, report_id)

    @property
    def reports(self) -> list[Report]:
        """Return what the hub has not answered, oldest first."""
        return self._open_station().reports.open

    async def drained(self, within_s: float | None = None) -> None:
        """Wait until the hub has committed everything that was sent; raises TimeoutError."""
        async with asyncio.timeout(within_s):
            await self._open_station().backlog.drained.wait()

    def _open_station(self) -> Station:
        if self._station is None:
            raise RuntimeError("use the client inside `async with`")
        return self._station

    async def _connect_once(self, station: Station) -> Ending:
        heartbeat_s = self._options.heartbeat_s
        try:
            async with dial(
                self._url, self._secret, self._codec, heartbeat_s=heartbeat_s, bytes_max=MESSAGE_BYTES_MAX
            ) as socket:
                self.last_ending = await Link(socket, station).run()
        except EXPECTED as error:
            self.last_ending = ending_of(error)
        return self.last_ending


def _check(report: Report) -> None:
    read_body(report.id, report.kind, report.body)
