"""What an application may hear from its device client, and what it may be told to do."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from arogya.client.backoff import Backoff
from arogya.client.window import FRAME_FIXES
from hub.protocol.fix import Fix
from hub.protocol.hub_frames import Command
from hub.protocol.reports import Report, ReportAck


class Refusal(NamedTuple):
    """A sample that the hub will never store; it is in its dead letters, and no longer the device's business."""

    stream: int
    seq: int
    code: str  # stable, see docs/protocol.md
    detail: str  # a sentence
    fix: Fix | None  # the sample, where it is still at hand and readable


class CommandRefused(Exception):
    """Raise it in `on_command` to answer that the command was not done; its text goes to the hub."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Callbacks, all optional; they run on the event loop, so the plain ones must be quick."""

    on_refused: Callable[[Refusal], None] | None = None
    on_command: Callable[[Command], Awaitable[None]] | None = None  # returning means done; called once for each id
    # The hub has answered a report: also one of an earlier run of the program, for which nobody waits any more.
    on_answer: Callable[[ReportAck, Report], None] | None = None
    on_sent: Callable[[int, int], None] | None = None  # (stream, seq) just before it is written to the socket
    on_ack: Callable[[int, int], None] | None = None  # (stream, seq): everything up to seq is durable


def wall_clock_us() -> int:
    """Return the device's own time in microseconds since 1970 UTC."""
    return time.time_ns() // 1_000


@dataclass(frozen=True, slots=True)
class Options:
    """What seldom needs another value."""

    clock: Callable[[], int] = wall_clock_us  # the device's clock, µs: stamps `sent_at` on every frame
    frame_fixes: int = FRAME_FIXES  # samples in a frame while a backlog drains; the protocol allows 500
    hint_every_s: float = 1.0  # live hints while a backlog drains; the protocol allows one a second
    heartbeat_s: float = 10.0  # a ping this often; without an answer in half of it the connection is given up
    spool_rows: int = 1_000_000  # above it the oldest samples are dropped, and the hub is told
    spool_bytes: int = 128 * 2**20  # likewise
    power_safe: bool = True  # fsync every commit of the spool; see arogya.client.spool
    agent: str | None = None  # names the application in the hub's log, at most 100 characters
    backoff: Callable[[], Backoff] = field(default=Backoff)
