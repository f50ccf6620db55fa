"""Every statement that can be generated is one that PostgreSQL takes, for the role that runs it."""

from __future__ import annotations

import asyncpg
import pytest

from handlers.record_routes import ROUTES
from hub.access.policy import CODES
from hub.access.reach import reaches_of
from storage.pool import APP, READER, prepare
from storage.records import changes, statements
from storage.records.catalog import ENTITIES
from storage.records.entity import Entity
from storage.records.reach import Reach
from storage.records.statements import Listing, Position
from storage.sql import Query

STAFF = (frozenset({"SA", "SV"}), frozenset({"RC", "DP"}))
CALLERS = (*(frozenset({code}) for code in CODES), *STAFF)
SERVED = {route.action for route in ROUTES}  # the verbs that are not written by hand
POSITIONS: tuple[Position, ...] = ("start", "value", "null")


async def _takes(connection: asyncpg.Connection[asyncpg.Record], role: str, query: Query, *, run: bool = True) -> None:
    """Let PostgreSQL prepare a statement, and run it about nobody: that is when it looks at the role's rights."""
    await connection.execute(f"SET ROLE {role}")
    try:
        statement = await connection.prepare(query.sql)
        if run:
            await statement.fetch(*(None for _ in query.parameters))
    except asyncpg.PostgresError as error:
        raise AssertionError(f"{query.name}: {error}\n{query.sql}") from error


def _reads(entity: Entity) -> list[tuple[Reach, ...]]:
    return [reads for codes in CALLERS if (reads := reaches_of(codes, entity, "R"))]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
async def test_what_reads(entity: Entity, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
    await prepare(superuser)
    embeds = tuple(sorted(embed.name for embed in entity.embeds))
    filters = tuple(one.column for one in entity.filters)
    spans = tuple(one.column + ending for one in entity.filters if one.span for ending in ("_from", "_until"))
    sorts = tuple(one.column for one in entity.sorts) or ("id",)
    for reads in dict.fromkeys(_reads(entity)):
        await _takes(superuser, READER, statements.one(entity, reads, embeds).query)
        everything = Listing(sorts[0], True, filters + spans, 2 if entity.search else 0, "value", embeds, True)
        await _takes(superuser, READER, statements.page(entity, reads, everything).query)
        for sort in sorts:
            for position in POSITIONS:
                for descends in (True, False):
                    listing = Listing(sort, descends, position=position)
                    await _takes(superuser, READER, statements.page(entity, reads, listing).query)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
async def test_what_writes(entity: Entity, superuser: asyncpg.Connection[asyncpg.Record]) -> None:
    await prepare(superuser)
    for codes in CALLERS:
        reads = reaches_of(codes, entity, "R")
        for verb in "CUD":
            writes = reaches_of(codes, entity, verb)
            if not writes or f"{entity.name}.{verb}" not in SERVED:
                continue
            if verb != "C":
                await _takes(superuser, APP, changes.inspection(entity, reads, writes, None).query)
            if verb == "C":
                await _takes(superuser, APP, changes.inspection(entity, reads, writes, frozenset()).query)
                await _takes(superuser, APP, changes.candidate(entity, writes).query)
                every = tuple(column.name for column in entity.columns if column.create != "no")
                await _takes(superuser, APP, changes.insert(entity, every), run=False)
                if entity.resend:
                    await _takes(superuser, APP, changes.resent(entity))
            if verb == "U":
                changed = tuple(column.name for column in entity.columns if column.change)
                for query in changes.updates(entity, changed):
                    await _takes(superuser, APP, query)
                await _takes(superuser, APP, changes.inspection(entity, reads, writes, frozenset(changed)).query)
            if verb == "D":
                await _takes(superuser, APP, changes.delete(entity))
