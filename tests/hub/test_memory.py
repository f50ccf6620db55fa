"""After a crowd has left, what it needed is collected and given back; otherwise nothing is disturbed."""

from __future__ import annotations

import asyncio
import gc

import pytest

from hub import memory


class Knot:
    """Refers to itself, so that only the collector can free it."""

    freed = 0

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Knot.freed += 1


@pytest.mark.parametrize(("left", "freed"), [(memory.CROWD, 1), (memory.CROWD - 1, 0)])
async def test_the_collector_runs_after_a_crowd_and_not_otherwise(
    monkeypatch: pytest.MonkeyPatch, left: int, freed: int
) -> None:
    monkeypatch.setattr(memory, "LOOK_S", 0.01)
    connections = 1_000
    gc.collect()
    gc.disable()
    try:
        async with asyncio.TaskGroup() as tasks:
            tidying = tasks.create_task(memory.tidy(lambda: connections))
            await asyncio.sleep(0.03)
            Knot.freed = 0
            Knot()
            connections -= left
            await asyncio.sleep(0.05)
            assert Knot.freed == freed
            tidying.cancel()
    finally:
        gc.enable()
        gc.collect()


def test_giving_back_works_or_does_nothing() -> None:
    memory.give_back()
