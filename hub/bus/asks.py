"""Commands that wait for their answers: one task sends them, many at a time, and none is ever cancelled on its way."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hub.bus.bus import BusAway
from hub.bus.ending import end_if_cancelled
from hub.bus.shelf import Words

WAITING_MAX = 5_000  # commands; who asks beyond that is told that the bus is away
BATCH_MAX = 256
Answer = asyncio.Future[Any]  # what the server said, also an error; cancelled when there was no answer


class Asks:
    """What waits for an answer of the server."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Words, Answer]] = deque()
        self._arrived = asyncio.Event()
        self._open = False  # while somebody serves

    def ask(self, *words: bytes | str | int) -> Answer:
        """Send a command with the next ones; raises `BusAway` when nobody takes it.

        Who gives up waiting leaves the answer alone: it is read all the same.
        """
        if not self._open or len(self._waiting) >= WAITING_MAX:
            raise BusAway("the bus is away")
        answer: Answer = asyncio.get_running_loop().create_future()
        self._waiting.append((words, answer))
        self._arrived.set()
        return answer

    async def answers(self, commands: Sequence[Words], timeout_s: float) -> list[Any]:
        """Send commands and return what the server said to each, errors too; raises `BusAway`."""
        if not self._open:
            raise BusAway("the bus is away")
        asked = [self.ask(*words) for words in commands]
        if asked:
            await asyncio.wait(asked, timeout=timeout_s)
        if not all(answer.done() and not answer.cancelled() for answer in asked):
            raise BusAway("the bus did not answer")
        return [answer.result() for answer in asked]

    async def serve(self, execute: Callable[[Sequence[Words]], Awaitable[list[Any]]]) -> None:
        """Send what is asked until cancelled or until `execute` raises; what is not answered then never will be."""
        sent: list[tuple[Words, Answer]] = []
        self._open = True
        try:
            while True:
                await self._arrived.wait()
                sent = [self._waiting.popleft() for _ in range(min(BATCH_MAX, len(self._waiting)))]
                if not self._waiting:
                    self._arrived.clear()
                answers = await execute([words for words, _ in sent])
                end_if_cancelled()
                for (_, future), answer in zip(sent, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
        finally:
            self._open = False
            for _, future in (*sent, *self._waiting):
                future.cancel()
            self._waiting.clear()
