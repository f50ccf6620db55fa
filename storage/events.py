"""Event channels as they are stored: contiguous offsets, and the events that are kept of them."""

from __future__ import annotations

from typing import NamedTuple

from storage.errors import StorageError
from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("events")
ALARMS = "alarms"  # the channel that tells what becomes of alarms
DISPATCH = "dispatch"  # the channel that tells dispatchers what becomes of calls
NEWEST = 2**63 - 1  # an offset that no event has yet


class Event(NamedTuple):
    """Something that happened, with all that a viewer needs to show it."""

    offset: int
    at: int  # µs since 1970
    kind: str
    body: dict[str, object]


class Position(NamedTuple):
    """A place in a channel: everything up to `offset` is known."""

    epoch: str  # names the numbering
    offset: int


class Stretch(NamedTuple):
    """A run of events without holes, and where the channel stood when they were read."""

    epoch: str
    head: int  # the newest offset
    oldest: int  # the lowest offset that can be continued from: events up to it were removed
    events: tuple[Event, ...]


async def read(db: Database, channel: str, *, after: int, until: int = NEWEST, rows_max: int) -> Stretch:
    """Return the events with offsets in (after, until], in order; the newest `rows_max` of them if there are more.

    Raises `StorageError`, for a channel that does not exist too.
    """
    rows = await db.fetch(_QUERIES.read, channel=channel, after=after, until=until, rows_max=rows_max)
    if not rows:
        raise StorageError(f"there is no channel {channel}")
    epoch, head, oldest = rows[0][:3]
    events = tuple(Event(*row[3:]) for row in rows if row["offset"] is not None)
    return Stretch(str(epoch), head, oldest, events)


async def position(db: Database | HeldConnection, channel: str) -> Position:
    """Return where a channel stands; raises as `read`."""
    row = await db.fetch_one(_QUERIES.position, channel=channel)
    if row is None:
        raise StorageError(f"there is no channel {channel}")
    return Position(str(row["epoch"]), row["last_offset"])
