"""One query for many callers: who asks, who waits, and what becomes of them when something goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from storage.errors import Poison, Unavailable
from storage.loader import Loader


class Database:
    """Answers each key with its double, once the test lets it."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.may_answer = asyncio.Event()
        self.error: Exception | None = None

    async def ask(self, keys: Sequence[int]) -> list[int]:
        self.asked.append(list(keys))
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return [key * 2 for key in keys]


@pytest.fixture
def database() -> Database:
    return Database()


async def begun(tasks: asyncio.TaskGroup, loader: Loader[int, int], keys: Sequence[int]) -> list[asyncio.Task[int]]:
    """Let callers ask and come as far as they can."""
    callers = [tasks.create_task(loader.load(key)) for key in keys]
    for _ in range(3):
        await asyncio.sleep(0)
    return callers


async def test_the_first_caller_is_answered_at_once(database: Database) -> None:
    database.may_answer.set()
    assert await Loader(database.ask).load(4) == 8
    assert database.asked == [[4]]


async def test_those_who_ask_meanwhile_are_answered_by_one_query(database: Database) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, range(10))
        assert database.asked == [[0]]
        database.may_answer.set()
    assert [caller.result() for caller in callers] == [key * 2 for key in range(10)]
    assert database.asked == [[0], list(range(1, 10))]
    assert await loader.load(50) == 100


async def test_a_batch_has_a_bound(database: Database) -> None:
    loader = Loader(database.ask, batch_max=3)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, range(8))
        database.may_answer.set()
    assert [caller.result() for caller in callers] == [key * 2 for key in range(8)]
    assert database.asked == [[0], [1, 2, 3], [4, 5, 6], [7]]


async def test_one_key_asked_twice_is_answered_twice(database: Database) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, [1, 5, 5])
        database.may_answer.set()
    assert [caller.result() for caller in callers] == [2, 10, 10]


async def test_an_error_reaches_everybody_of_its_batch_and_nobody_else(database: Database) -> None:
    loader = Loader(database.ask, batch_max=2)
    database.error = Poison("t", None)
    async with asyncio.TaskGroup() as tasks:
        callers = [tasks.create_task(failing(loader, key)) for key in range(4)]
        for _ in range(3):
            await asyncio.sleep(0)
        database.may_answer.set()
    assert [type(caller.result()) for caller in callers] == [Poison] * 4
    assert database.asked == [[0], [1, 2], [3]]
    database.error = None
    assert await loader.load(1) == 2


async def test_a_server_that_is_away_is_away_for_all_who_wait(database: Database) -> None:
    loader = Loader(database.ask, batch_max=2)
    database.error = Unavailable("gone")
    async with asyncio.TaskGroup() as tasks:
        callers = [tasks.create_task(failing(loader, key)) for key in range(7)]
        for _ in range(3):
            await asyncio.sleep(0)
        database.may_answer.set()
    assert [type(caller.result()) for caller in callers] == [Unavailable] * 7
    assert database.asked == [[0]]


async def failing(loader: Loader[int, int], key: int) -> Exception:
    try:
        await loader.load(key)
    except (Poison, Unavailable) as error:
        return error
    raise AssertionError("it was answered")


@pytest.mark.parametrize("leaver", range(5))
async def test_a_caller_that_is_cancelled_harms_nobody(database: Database, leaver: int) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, range(5))
        callers[leaver].cancel()
        await asyncio.sleep(0)
        database.may_answer.set()
    answers = [caller.result() for caller in callers if not caller.cancelled()]
    assert answers == [key * 2 for key in range(5) if key != leaver]
    assert await loader.load(9) == 18


async def test_the_leader_of_a_full_batch_is_cancelled_and_the_others_ask_again(database: Database) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, range(4))
        callers[0].cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        assert database.asked == [[0], [1, 2, 3]]
        callers[1].cancel()
        database.may_answer.set()
    assert [caller.result() for caller in callers[2:]] == [4, 6]
    assert database.asked == [[0], [1, 2, 3], [2, 3]]


async def test_a_caller_cancelled_in_the_moment_of_its_turn_passes_the_turn_on(database: Database) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        callers = await begun(tasks, loader, range(4))
        callers[0].cancel()
        callers[0].add_done_callback(lambda _: callers[1].cancel())  # runs between being told and running
        for _ in range(4):
            await asyncio.sleep(0)
        database.may_answer.set()
    assert [caller.result() for caller in callers[2:]] == [4, 6]


async def test_everybody_leaves_and_the_next_one_is_answered(database: Database) -> None:
    loader = Loader(database.ask)
    async with asyncio.TaskGroup() as tasks:
        for caller in await begun(tasks, loader, range(6)):
            caller.cancel()
    database.may_answer.set()
    assert await loader.load(1) == 2
