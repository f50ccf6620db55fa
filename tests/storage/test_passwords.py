"""Hashing passwords off the loop, with a bound on who waits."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator

import pytest

from storage.errors import Full
from storage.passwords import Passwords


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(memory_kib=64, rounds=1, waiting_max=2)
    yield made
    made.close()


async def test_only_the_same_password_matches(passwords: Passwords) -> None:
    stored = await passwords.hash("a\0b")
    assert stored.startswith("$argon2id$v=19$m=64,t=1,p=1$")
    assert await passwords.verify(stored, "a\0b")
    for other in ("a", "a\0c", "", "a\0b "):
        assert not await passwords.verify(stored, other)


async def test_nothing_matches_where_no_password_is(passwords: Passwords) -> None:
    for stored in (None, "", "plain", "$argon2id$broken"):
        for password in ("nobody", "", "plain"):
            assert not await passwords.verify(stored, password)


async def test_a_long_password_counts_to_its_end(passwords: Passwords) -> None:
    stored = await passwords.hash("x" * 1000 + "a")
    assert not await passwords.verify(stored, "x" * 1000 + "b")


async def test_the_default_cost_is_the_documented_one() -> None:
    made = Passwords()
    try:
        assert (await made.hash("x")).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    finally:
        made.close()


async def test_hashing_gives_way_to_everything_else(passwords: Passwords) -> None:
    await asyncio.gather(*(passwords.hash("x") for _ in range(2)))
    threads = [thread.native_id for thread in threading.enumerate() if thread.name.startswith("argon2")]
    assert threads
    own = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert all(os.getpriority(os.PRIO_PROCESS, number or 0) > own for number in threads)


async def test_who_finds_too_many_waiting_is_refused_at_once() -> None:
    slow = Passwords(rounds=4, threads=1, waiting_max=2)
    try:
        results = await asyncio.gather(*(slow.hash("x") for _ in range(8)), return_exceptions=True)
        refused = [result for result in results if isinstance(result, Full)]
        assert 1 <= len(refused) <= 6
        assert all(isinstance(result, (str, Full)) for result in results)
        assert await slow.verify(await slow.hash("y"), "y")
    finally:
        slow.close()


async def test_a_caller_who_gives_up_leaves_the_turn_to_others() -> None:
    slow = Passwords(rounds=4, threads=1, waiting_max=10)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(slow.hash("x")) for _ in range(4)]
            await asyncio.sleep(0)
            tasks[1].cancel()
        assert await slow.verify(await slow.hash("y"), "y")
    finally:
        slow.close()
