"""The daily partitions of telemetry: created ahead, detached and dropped behind, without stopping a reader or a writer.

Both run as the role `arogya_owner` and may be repeated at any time; days are made by any number of hubs at once, and
removed by one at a time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from storage.pool import Database, HeldConnection
from storage.sql import Query, load

_QUERIES = load("partitions")

Table = Literal["ambulance_positions", "motion_frames"]


async def ensure(db: Database, today: date, days_ahead: int) -> int:
    """Create what is missing from the day before `today` (UTC) to `days_ahead` days after it; return how many.

    The day before is for batches that were admitted before midnight and are stored after it. Raises `StorageError`.
    """
    first, last = today - timedelta(days=1), today + timedelta(days=days_ahead)
    async with db.transaction() as transaction:
        await transaction.execute(_QUERIES.take_turn)
        statements = await transaction.fetch(_QUERIES.missing, first=first, last=last)
        for row in statements:
            await transaction.execute(Query(row["statement"], name="partitions.create"))
    return len(statements)


async def retire(held: HeldConnection, table: Table, before: date) -> list[str]:
    """Remove the partitions of `table` that hold only days before `before` (UTC); return their names.

    Detaching waits for the transactions that read the table now, while new ones go on. If it is cut short (a timeout,
    a crash), the next call finishes it. The caller has the turn (`storage.turns`): two at once would meet over a
    partition. Raises `StorageError`.
    """
    removed: list[str] = []
    for row in await held.fetch(_QUERIES.retirable, table=table, before=before):
        if row["detach"] is not None:
            await held.execute(Query(row["detach"], name="partitions.detach"))
        await held.execute(Query(row["remove"], name="partitions.drop"))
        removed.append(row["name"])
    return removed
