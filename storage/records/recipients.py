"""Whom somebody may write to: the people for whom the rules of a new message hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from storage.pool import Database
from storage.records.reach import Caller, Reach, any_of
from storage.records.statements import named
from storage.records.tables.messages import MESSAGES
from storage.sql import Query


class Recipient(NamedTuple):
    """Somebody to write to."""

    id: UUID
    name: str
    role: str


@lru_cache(maxsize=128)
def statement(reaches: tuple[Reach, ...], words: int) -> Query:
    """Return the search for `:rows_max` people by so many words of their names, `:word_0` and so on."""
    searched = "".join(f" AND person.name ILIKE :word_{place}::text" for place in range(words))
    sql = (
        "SELECT person.id, person.name, person.role FROM users person"
        " CROSS JOIN LATERAL (SELECT :user_id AS sender_id, person.id AS receiver_id) r"
        f" WHERE person.id <> :user_id AND person.disabled_at IS NULL AND ({any_of(MESSAGES, reaches)}){searched}"
        " ORDER BY person.name, person.id LIMIT :rows_max::int"
    )
    return named(MESSAGES, "recipients", sql)


async def find(
    db: Database, caller: Caller, reaches: tuple[Reach, ...], patterns: Sequence[str], rows_max: int
) -> list[Recipient]:
    """Return people by name whose names match all patterns of LIKE; raises `StorageError`."""
    query = statement(reaches, len(patterns))
    given = {**caller._asdict(), **{f"word_{place}": one for place, one in enumerate(patterns)}, "rows_max": rows_max}
    rows = await db.fetch(query, **{name: given[name] for name in query.parameters})
    return [Recipient(*row) for row in rows]
