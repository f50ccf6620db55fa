"""Work that one hub at a time does: who comes while another one is at it passes, and comes again later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.pool import Database, HeldConnection
from storage.sql import load

_QUERIES = load("turns")


@asynccontextmanager
async def turn(db: Database, name: str) -> AsyncIterator[HeldConnection | None]:
    """Have the turn for as long as the block lasts: the connection that holds it, for the work; None: somebody has it.

    The turn ends with the connection too, so a hub that dies holds nobody up. Raises `StorageError`.
    """
    async with db.hold() as held:
        row = await held.fetch_one(_QUERIES.take, name=name)
        if row is None or not row["taken"]:
            yield None
            return
        try:
            yield held
        finally:
            await _end(held, name)


async def _end(held: HeldConnection, name: str) -> None:
    try:
        await held.execute(_QUERIES.end, name=name)
    except BaseException:
        held.abandon()  # back in the pool it would keep the turn for ever
        raise
