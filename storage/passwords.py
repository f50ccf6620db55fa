"""Password hashes: argon2id in two threads, with a bound on who may wait for them."""

from __future__ import annotations

import asyncio
import os
import threading
import unicodedata
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from storage.errors import Full

_NICE = 5


class Passwords:
    """Hashes and checks passwords off the event loop.

    The cost is the OWASP Password Storage Cheat Sheet's argon2id m=19 MiB, t=2, p=1: about 19 ms.
    """

    def __init__(
        self, *, memory_kib: int = 19_456, rounds: int = 2, threads: int = 2, waiting_max: int = 32, wait_s: float = 5.0
    ) -> None:
        self._hasher = PasswordHasher(time_cost=rounds, memory_cost=memory_kib, parallelism=1)
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="argon2", initializer=_give_way)
        self._turns = asyncio.Semaphore(threads)  # a turn is a thread and its memory
        self._waiting = 0  # callers that wait for a turn
        self._waiting_max = waiting_max  # more than these are refused at once
        self._wait_s = wait_s  # and those who wait, after this long
        # What an unknown user's password is compared with, so that its answer takes the same time.
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        """Return the encoded hash; raises Full when too many wait."""
        async with self._turn():
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Say whether a password matches; None, which is no password, takes the same time and never does."""
        async with self._turn():
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._verify, stored, password)

    def close(self) -> None:
        """Give the threads back."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._waiting >= self._waiting_max:
            raise Full("too many password checks at once")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await self._turns.acquire()
        except TimeoutError:
            raise Full("password checks take too long") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_bytes(password))

    def _verify(self, stored: str | None, password: str) -> bool:
        try:
            matches = self._hasher.verify(stored or self._nobody, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return matches and bool(stored)


def _give_way() -> None:
    """Let whatever else wants this processor go first: a storm of sign-ins must not delay the fixes."""
    with suppress(OSError):  # where a sandbox does not let us be more modest
        os.setpriority(
            os.PRIO_PROCESS, threading.get_native_id(), _NICE
        )  # of this thread alone (setpriority(2), Linux)


def _bytes(password: str) -> bytes:
    """Return one form of the password for all keyboards: NFC, the whole of it (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFC", password).encode()
