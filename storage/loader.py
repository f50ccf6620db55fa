"""Answers many callers with one query: while a query runs, those who ask meanwhile gather for the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from storage.errors import StorageError, Unavailable

BATCH_MAX = 1_000  # callers of one query

Key = TypeVar("Key")
Answer = TypeVar("Answer")


class _Question(Generic[Key, Answer]):
    """One caller's question, and what became of it."""

    __slots__ = ("answers", "error", "key", "turn")

    def __init__(self, key: Key, turn: asyncio.Future[None] | None) -> None:
        self.key = key
        self.answers: list[Answer] = []  # one, once it is answered
        self.error: StorageError | None = None  # why it will not be
        # Of who waits: set when it is settled, or when its caller is to ask for everybody; cancelled with its caller.
        self.turn = turn

    @property
    def settled(self) -> bool:
        """Tell whether its caller need not ask any more."""
        return bool(self.answers) or self.error is not None

    @property
    def gone(self) -> bool:
        """Tell whether its caller waits no more."""
        return self.turn is not None and self.turn.done()

    def wake(self) -> None:
        """Let its caller go on."""
        if self.turn is not None:
            self.turn.set_result(None)


class Loader(Generic[Key, Answer]):
    """A question that is asked for many keys at once.

    There is no task and no timer: the first caller asks at once, alone, and whoever gathered meanwhile is asked for by
    the first of them. A caller who is cancelled while it asks leaves the others to ask again, so what is asked must be
    safe to ask twice.
    """

    def __init__(
        self, ask: Callable[[Sequence[Key]], Awaitable[Sequence[Answer]]], *, batch_max: int = BATCH_MAX
    ) -> None:
        self._ask = ask  # returns as many answers as it got keys, in their order
        self._batch_max = batch_max
        self._waiting: deque[_Question[Key, Answer]] = deque()  # at most one for each caller
        self._asking = False  # a caller asks, or was told to

    async def load(self, key: Key) -> Answer:
        """Return the answer to one key; raises the `StorageError` that its batch met."""
        turn = asyncio.get_running_loop().create_future() if self._asking else None
        mine: _Question[Key, Answer] = _Question(key, turn)
        self._waiting.append(mine)
        if turn is not None:
            await self._wait(mine, turn)
        if not mine.settled:
            self._asking = True
            await self._lead()
        if mine.error is not None:
            raise mine.error.with_traceback(None)  # many raise it: their tracebacks would grow into one
        return mine.answers[0]

    async def _wait(self, mine: _Question[Key, Answer], turn: asyncio.Future[None]) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            if not (turn.cancelled() or mine.settled):
                self._hand_over()  # it was cancelled in the moment in which it was told to ask
            raise

    async def _lead(self) -> None:
        """Ask for the first in the queue, who is the caller, and for those behind it."""
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < self._batch_max:
            question = self._waiting.popleft()
            if not question.gone:  # else its caller was cancelled
                batch.append(question)
        try:
            answers = await self._ask([question.key for question in batch])
            for question, answer in zip(batch, answers, strict=True):
                question.answers.append(answer)
        except StorageError as error:
            self._fail(batch, error)
        finally:
            self._settle(batch)
            self._hand_over()

    def _fail(self, batch: list[_Question[Key, Answer]], error: StorageError) -> None:
        """Refuse a batch; with a server that is away also everybody behind it, who would wait for it in vain."""
        if isinstance(error, Unavailable):
            batch.extend(self._waiting)
            self._waiting.clear()
        for question in batch:
            question.error = error

    def _settle(self, batch: list[_Question[Key, Answer]]) -> None:
        """Wake those who have their answer; the others of a leader that was cancelled come first in the next batch."""
        for question in reversed(batch[1:]):
            if question.gone:
                continue
            if question.settled:
                question.wake()
            else:
                self._waiting.appendleft(question)

    def _hand_over(self) -> None:
        while self._waiting and self._waiting[0].gone:
            self._waiting.popleft()
        self._asking = bool(self._waiting)
        if self._waiting:
            self._waiting[0].wake()
