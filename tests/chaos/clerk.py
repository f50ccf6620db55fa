"""People at their desks: they change what ambulances do, add and remove some, and answer calls for help."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import aiohttp
import asyncpg

from hub.protocol.filter import STATUSES

PAUSE_S = 0.4  # between two things that are done
ANSWER_S = 4.0
SPARE_MAX = 3  # ambulances without a tablet that are there at once
FAILURES = (
    aiohttp.ClientError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that the server has just ended
    OSError,
)


class Clerk:
    """Does one thing after the other until told to stop; what fails is left, like people do."""

    def __init__(self, dsn: str, fronts: Sequence[str], token: str, ambulances: Sequence[int], *, seed: int) -> None:
        self.answered: set[str] = set()  # ids of alarms that a hub said are acknowledged
        self.broken: list[str] = []  # what no hub may answer
        self.done = 0
        self.working = True
        self._dsn = dsn
        self._fronts = fronts
        self._headers = {"Authorization": f"Bearer {token}"}
        self._ambulances = ambulances
        self._random = random.Random(seed)  # noqa: S311  (replayable)
        self._spare: list[int] = []
        self._added = 0

    async def run(self) -> None:
        """Work until cancelled."""
        deeds: list[Callable[..., Coroutine[Any, Any, None]]] = [self._change, self._change, self._add, self._remove]
        while True:
            await asyncio.sleep(PAUSE_S * self._random.uniform(0.5, 1.5))
            if not self.working:
                continue
            with contextlib.suppress(*FAILURES):
                async with asyncio.timeout(ANSWER_S):
                    if self._random.random() < 0.5:
                        await self._answer()
                    else:
                        await self._at_database(self._random.choice(deeds))
                    self.done += 1

    async def _at_database(self, deed: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
        connection = await asyncpg.connect(self._dsn, timeout=ANSWER_S)
        try:
            await deed(connection)
        finally:
            connection.terminate()

    async def _change(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        chosen, status = self._random.choice(self._ambulances), self._random.choice(sorted(STATUSES))
        await connection.execute("UPDATE ambulances SET status = $2 WHERE id = $1", chosen, status)

    async def _add(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        if len(self._spare) < SPARE_MAX:
            self._added += 1
            sql = "INSERT INTO ambulances (plate_number) VALUES ($1) RETURNING id"
            self._spare.append(await connection.fetchval(sql, f"SPARE-{self._added}"))

    async def _remove(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        if self._spare:
            await connection.execute("DELETE FROM ambulances WHERE id = $1", self._spare[0])
            del self._spare[0]

    async def _answer(self) -> None:
        """Take care of the oldest open alarm that any hub lists."""
        api = f"{self._random.choice(self._fronts)}/api/v1/alarms"
        async with aiohttp.ClientSession(headers=self._headers) as http:
            async with http.get(f"{api}?open=true") as listed:
                if not self._good(listed):
                    return
                alarms = (await listed.json())["items"]
            if alarms:
                chosen = alarms[-1]["id"]
                async with http.post(f"{api}/{chosen}/acknowledge") as answer:
                    if self._good(answer):
                        self.answered.add(chosen)

    def _good(self, answer: aiohttp.ClientResponse) -> bool:
        if answer.status not in (200, 503, 429):
            self.broken.append(f"{answer.method} {answer.url.path} answered {answer.status}")
        return answer.status == 200
