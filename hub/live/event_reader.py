"""Reads for an event channel: its newest events when PostgreSQL says that there are some, and pages for laggards."""

from __future__ import annotations

import asyncio

import structlog

from hub.live.events import EventChannel
from storage import events
from storage.errors import StorageError
from storage.pool import Database

RETRY_S = 0.5
_LOG = structlog.get_logger(__name__)


class EventReader:
    """The hands of one channel."""

    def __init__(self, channel: EventChannel, reader: Database) -> None:
        self.channel = channel
        self._reader = reader
        self._asked = asyncio.Event()  # somebody waits for something that has to be read
        self._tail_turn = asyncio.Lock()  # two reads of the tail at once could come back in the other order
        channel.asked = self._asked.set
        self._asked.set()  # for its first events

    async def refresh(self) -> None:
        """Read what happened since the last time; raises `StorageError`."""
        async with self._tail_turn:
            channel = self.channel
            number, after = channel.begin_tail()
            stretch = await events.read(self._reader, channel.name, after=after, rows_max=channel.tail_events)
            channel.take_tail(number, stretch)

    async def run(self) -> None:
        """Read what viewers ask for until cancelled; while PostgreSQL is away they wait, and it goes on by itself."""
        while True:
            await self._asked.wait()
            self._asked.clear()
            try:
                await self.read_wanted()
            except StorageError as error:
                _LOG.warning("viewers wait for events", channel=self.channel.name, reason=type(error).__name__)
                await asyncio.sleep(RETRY_S)
                self._asked.set()

    async def read_wanted(self) -> None:
        """Read what viewers ask for at this moment; raises `StorageError`."""
        channel = self.channel
        if channel.tail_wanted:
            await self.refresh()
        while (ends := channel.page_wanted) is not None:
            after, until = ends
            page = await events.read(self._reader, channel.name, after=after, until=until, rows_max=channel.page_events)
            channel.take_page(after, page)
