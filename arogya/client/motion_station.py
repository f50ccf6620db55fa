"""What a sensor's connections share: what outlives them, and which logs each of them names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from arogya.client.commands import Commands
from arogya.client.counters import Counters
from arogya.client.hooks import Options
from arogya.client.motion_hooks import MotionHooks
from arogya.client.motion_log import MotionLog
from arogya.client.reports import Reports
from arogya.client.window import Window
from hub.protocol.codec import Codec
from hub.protocol.limits import STREAMS_PER_HELLO_MAX


@dataclass(slots=True)
class MotionStation:
    """What outlives a connection: the sensor's logs, its counters and its application's wishes."""

    codec: Codec
    hooks: MotionHooks
    options: Options
    counters: Counters
    commands: Commands
    reports: Reports
    waiting: Callable[[], list[MotionLog]]  # logs with something to send or still in use, the most urgent first
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # there may be something new to send
    connected: asyncio.Event = field(default_factory=asyncio.Event)  # set between a welcome and the connection's end


@dataclass(slots=True)
class Lane:
    """A log on a connection."""

    log: MotionLog
    stream: int
    window: Window


class Claims:
    """The logs that one connection has named: so many, and no more than it may."""

    def __init__(self) -> None:
        self.logs: dict[str, MotionLog] = {}  # by log id

    def take(self, station: MotionStation) -> list[MotionLog]:
        """Return the logs that are to be claimed now, and note them.

        A session that the sensor itself begins is claimed once the hub has answered that.
        """
        beginning = {report.body.get("session") for report in station.reports.open if report.kind == "session_start"}
        fresh = [
            log for log in station.waiting() if log.log_id not in self.logs and str(log.of.session) not in beginning
        ][: STREAMS_PER_HELLO_MAX - len(self.logs)]
        self.logs |= {log.log_id: log for log in fresh}
        return fresh

    def need_another_connection(self, station: MotionStation) -> bool:
        """Return whether a log waits that can not be named here, while one that was named has nothing to send."""
        waiting = station.waiting()
        unnamed = any(log.log_id not in self.logs for log in waiting)
        full = len(self.logs) >= STREAMS_PER_HELLO_MAX
        return full and unnamed and any(log not in waiting for log in self.logs.values())
