"""What an application may hear from its motion client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from hub.protocol.hub_frames import Command
from hub.protocol.reports import Report, ReportAck


class MotionRefusal(NamedTuple):
    """Samples that the hub will never store; they are in its dead letters, and no longer the sensor's business."""

    session: UUID
    stream: int
    first: int  # seq
    last: int  # inclusive
    code: str  # stable, see docs/protocol.md
    detail: str  # a sentence


class ClaimRefusal(NamedTuple):
    """A whole log that the hub does not take: its session is over for long, or is not of this sensor."""

    session: UUID
    log_id: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class MotionHooks:
    """Callbacks, all optional; they run on the event loop, so the plain ones must be quick."""

    on_command: Callable[[Command], Awaitable[None]] | None = None  # returning means done; called once for each id
    on_refused: Callable[[MotionRefusal], None] | None = None
    on_set_aside: Callable[[ClaimRefusal], None] | None = None  # its file is kept as `NAME.refused`
    # The hub has answered a report: also one of an earlier run of the program, for which nobody waits any more.
    on_answer: Callable[[ReportAck, Report], None] | None = None
    on_sent: Callable[[int, int, int], None] | None = None  # (stream, first, last) just before it is written
    on_ack: Callable[[int, int], None] | None = None  # (stream, seq): everything up to seq is durable
