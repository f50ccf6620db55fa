"""What a crew or a sensor said and the hub has not answered: kept on disk in order, sent until it is answered."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Mapping

from arogya.client.hooks import Hooks, Options
from arogya.client.spool import KeptReport, Spool
from arogya.client.spool_file import SpoolError
from hub.errors import BadInput
from hub.protocol.codec import Encodable
from hub.protocol.reports import Report, ReportAck

logger = logging.getLogger(__name__)

KEPT_MAX = 500  # without an answer, besides calls for help: a crew makes some dozens a shift
ON_THE_WAY_MAX = 16  # sent and not answered; the hub takes 64
RETRY_S = 1.0  # after the disk refused


class Reports:
    """The reports of one device, over connections and restarts; nothing here waits for the network but who asks."""

    def __init__(
        self, spool: Spool, kept: list[KeptReport], hooks: Hooks, options: Options, check: Callable[[Report], object]
    ) -> None:
        self._spool = spool
        self._check = check  # raises BadInput for what no hub takes
        self._hooks = hooks
        self._options = options
        self._kept = kept  # without an answer, oldest first: at first those of the spool
        self._last = kept[-1].number if kept else 0
        self._on_the_way = 0  # how many of them, from the start, were sent on this connection
        self._asking: dict[str, asyncio.Future[ReportAck]] = {}  # by id: who waits for the answer
        self._changed = asyncio.Event()  # there may be something to send
        self._writes: list[KeptReport | int] = []  # what is to be kept, or the number of what is to be forgotten
        self._to_write = asyncio.Event()
        self._closing = False

    @property
    def open(self) -> list[Report]:
        """Return what has no answer yet, oldest first, as it was said."""
        return [Report(kept.id, kept.kind, kept.at, kept.at, kept.body) for kept in self._kept]

    async def put(self, kind: str, body: Mapping[str, object], report_id: str | None) -> ReportAck:
        """Take a report; returns the hub's answer. Raises ValueError for what no hub takes, SpoolError for too many."""
        report_id = report_id or str(uuid.uuid4())
        given, now = dict(body), self._options.clock()
        try:
            self._check(Report(report_id, kind, now, now, given))
        except BadInput as error:
            raise ValueError(error.detail) from None
        if self._closing:
            raise SpoolError("the client is closed")
        if kind != "sos" and len(self._kept) >= KEPT_MAX:
            raise SpoolError("too many reports wait for the hub")
        answer: asyncio.Future[ReportAck] = asyncio.get_running_loop().create_future()
        self._asking[report_id] = answer
        self._last += 1
        kept = KeptReport(self._last, report_id, kind, now, given)
        self._kept.append(kept)
        self._write(kept)
        self._changed.set()  # it leaves at once: a call for help needs no disk
        try:
            return await answer
        finally:
            self._asking.pop(report_id, None)

    def answered(self, ack: ReportAck) -> None:
        """Take the hub's answer."""
        place = next((place for place, kept in enumerate(self._kept) if kept.id == ack.id), None)
        if place is None:
            return  # it was answered before
        kept = self._kept.pop(place)
        if place < self._on_the_way:
            self._on_the_way -= 1
        self._write(kept.number)
        if self._hooks.on_answer is not None:
            self._hooks.on_answer(ack, Report(kept.id, kept.kind, kept.at, kept.at, kept.body))
        asking = self._asking.get(ack.id)
        if asking is not None and not asking.done():
            asking.set_result(ack)
        self._changed.set()

    async def send_until_cancelled(self, send: Callable[[Encodable], Awaitable[None]]) -> None:
        """Send what has no answer, the oldest first, for as long as a connection lasts."""
        self._on_the_way = 0
        while True:
            self._changed.clear()
            while self._on_the_way < min(ON_THE_WAY_MAX, len(self._kept)):
                kept = self._kept[self._on_the_way]
                self._on_the_way += 1
                await send(Report(kept.id, kept.kind, kept.at, self._options.clock(), kept.body))
            await self._changed.wait()

    async def write_until_closed(self) -> None:
        """Keep and forget on disk until `stop` was called and everything is written."""
        while not self._closing or self._writes:
            await self._to_write.wait()
            self._to_write.clear()
            while self._writes:
                batch, self._writes = self._writes, []
                if not await self._commit(batch):
                    if self._closing:
                        return
                    self._writes = batch + self._writes
                    await asyncio.sleep(RETRY_S)

    async def _commit(self, batch: list[KeptReport | int]) -> bool:
        forgotten = [write for write in batch if isinstance(write, int)]
        keep = [write for write in batch if not isinstance(write, int) and write.number not in forgotten]
        try:
            await asyncio.to_thread(self._spool.write_reports, keep, forgotten)
        except sqlite3.Error as error:
            logger.warning("reports can not be written: %s", error)
            return False
        return True

    def _write(self, write: KeptReport | int) -> None:
        self._writes.append(write)
        self._to_write.set()

    def stop(self) -> None:
        """Take no more reports, and tell who waits; `write_until_closed` returns once the rest is written."""
        self._closing = True
        for asking in self._asking.values():
            if not asking.done():
                asking.set_exception(SpoolError("the client is closed; the report goes on with the next one"))
        self._to_write.set()
