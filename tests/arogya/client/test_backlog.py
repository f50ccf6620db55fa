"""The spool as the event loop sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from arogya.client.backlog import TAIL_ROWS, Backlog
from arogya.client.counters import Counters
from arogya.client.spool import Spool
from arogya.client.spool_file import SpoolError
from arogya.client.window import Run


@asynccontextmanager
async def running() -> AsyncIterator[Backlog]:
    backlog = Backlog(await asyncio.to_thread(Spool, None), Counters())
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(backlog.commit_until_closed())
        yield backlog
        backlog.stop()
    await backlog.close()


async def test_samples_offered_together_share_a_commit_and_keep_their_order() -> None:
    async with running() as backlog:
        numbers = await asyncio.gather(*(backlog.put(b"%d" % number) for number in range(1, 101)))
        assert numbers == list(range(1, 101))
        assert await backlog.read(Run(99, 2)) == (99, [b"99", b"100"])


async def test_the_newest_samples_are_read_from_memory_and_the_others_from_disk() -> None:
    async with running() as backlog:
        count = TAIL_ROWS + 100
        await asyncio.gather(*(backlog.put(b"%d" % number) for number in range(1, count + 1)))
        assert backlog.peek(Run(count, 1)) == [b"%d" % count]
        assert backlog.peek(Run(101, 2)) == [b"101", b"102"]
        assert backlog.peek(Run(100, 2)) is None
        assert backlog.peek(Run(count, 2)) is None
        assert await backlog.read(Run(100, 2)) == (100, [b"100", b"101"])


async def test_it_is_drained_when_everything_is_acked_and_not_before() -> None:
    async with running() as backlog:
        assert backlog.drained.is_set()
        backlog.offer(b"a")
        assert not backlog.drained.is_set()
        await backlog.put(b"b")
        backlog.accept(1)
        assert not backlog.drained.is_set()
        backlog.accept(2)
        assert backlog.drained.is_set()


async def test_a_disk_that_refuses_is_told_to_who_waits() -> None:
    backlog = Backlog(await asyncio.to_thread(Spool, None), Counters())
    await backlog.close()  # from here on every commit fails
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(backlog.commit_until_closed())
        with pytest.raises(SpoolError, match="closed"):
            await backlog.put(b"a")
        backlog.stop()
        with pytest.raises(SpoolError, match="closed"):
            backlog.offer(b"b")
