"""Puts rows back as they were, and tells which of them changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from tests.access.rows import Row
from tests.access.stage import Stage

# What goes with a row when it is removed.
PARTS = {"workout_plans": (("plan_exercises", "plan_id"), ("rehab_progress", "plan_id"))}
# What the database makes of others, and makes again: a row a plan, which only keeps its id here.
PROJECTED = "rehab_progress"
# What a change of a row may change too, in the row of the same id.
ELSEWHERE = {"patients": "users"}
UNIT = re.compile(r'"ambulance_id": (\d+)')
Key = tuple[str, UUID | int]


@dataclass(frozen=True)
class Keeper:
    """The stored rows of the world as they were when it was asked to keep them."""

    db: asyncpg.Connection[asyncpg.Record]
    kept: Mapping[Key, str]  # each row as a JSON document
    columns: Mapping[str, tuple[str, ...]]  # of each table, without what the database makes of others
    numbered: Mapping[str, frozenset[str]]  # those that only an INSERT may set

    async def changed(self) -> list[str]:
        """Return the names of the rows that are not any more what they were, and how many there are too many."""
        now = await _documents(self.db, tuple(self.columns))
        gone = [
            f"{key[0]}/{key[1]}: {document}, now {now.get(key)}"
            for key, document in self.kept.items()
            if now.get(key) != document and key[0] != PROJECTED
        ]
        added = [key for key in now if key not in self.kept and key[0] != PROJECTED]
        return gone + [f"{key[0]}/{key[1]} is new" for key in added]

    async def put_back(self, row: Row) -> None:
        """Make a row, and what was removed with it, what it was."""
        for _ in range(2):  # a status that goes back is a move, too, and may be dated
            await self._put_back(row.table, row.id)
        if row.table in ELSEWHERE and (ELSEWHERE[row.table], row.id) in self.kept:
            await self._put_back(ELSEWHERE[row.table], row.id)
        if row.table == "ambulance_requests":
            await self._put_units_back(row.id)
        for table, column in PARTS.get(row.table, ()):
            for (found, key), document in self.kept.items():
                if found == table and f'"{column}": "{row.id}"' in document:
                    await self._put_back(table, key)

    async def _put_units_back(self, request_id: UUID | int) -> None:
        """Send the units of a call, which were called back, on their way again; nobody was told."""
        for (table, key), document in self.kept.items():
            if table == "assignments" and f'"request_id": "{request_id}"' in document:
                await self._put_back(table, key)
                unit = UNIT.search(document)
                assert unit is not None
                await self._put_back("ambulances", int(unit[1]))
        known = [key for table, key in self.kept if table == "notifications"]
        await self.db.execute("DELETE FROM notifications WHERE id <> ALL ($1)", known)

    async def _put_back(self, table: str, key: UUID | int) -> None:
        if table == PROJECTED:
            plan = "(jsonb_populate_record(NULL::rehab_progress, $2)).plan_id"
            await self.db.execute(f"UPDATE {table} SET id = $1 WHERE plan_id = {plan}", key, self.kept[table, key])  # noqa: S608
            return
        names = ", ".join(f'"{name}"' for name in self.columns[table])
        sets = ", ".join(
            f'"{name}" = excluded."{name}"' for name in self.columns[table] if name not in self.numbered[table]
        )
        await self.db.execute(
            f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE"  # noqa: S608 - names of the schema
            f" SELECT {names} FROM jsonb_populate_record(NULL::{table}, $1)"
            f" ON CONFLICT (id) DO UPDATE SET {sets}",
            self.kept[table, key],
        )


async def keeper(stage: Stage) -> Keeper:
    """Keep everything."""
    tables = tuple(table for table in stage.world.by_table if table not in ("joint_motion_logs", "rehab_days"))
    rows = await stage.db.fetch(
        "SELECT table_name, array_agg(column_name::text) AS names, coalesce(array_agg(column_name::text)"
        " FILTER (WHERE identity_generation = 'ALWAYS'), '{}') AS numbered FROM information_schema.columns"
        " WHERE table_name = ANY ($1) AND column_name <> 'updated_at'"
        " AND is_generated = 'NEVER' GROUP BY 1",
        list(tables),
    )
    return Keeper(
        stage.db,
        await _documents(stage.db, tables),
        {row["table_name"]: tuple(row["names"]) for row in rows},
        {row["table_name"]: frozenset(row["numbered"]) for row in rows},
    )


async def _documents(db: asyncpg.Connection[asyncpg.Record], tables: tuple[str, ...]) -> dict[Key, Any]:
    found: dict[Key, Any] = {}
    for table in tables:
        for row in await db.fetch(f"SELECT id, (to_jsonb(t) - 'updated_at')::text AS document FROM {table} t"):  # noqa: S608
            found[table, row["id"]] = row["document"]
    return found
