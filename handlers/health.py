"""Whether this process lives, and whether it should get work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

import msgspec

from handlers.call import Call, Nothing, Reply
from handlers.context import ReadyCheck
from storage import health, migrate
from storage.errors import StorageError
from storage.pool import Database

CHECK_TIMEOUT_S = 2.0


class Live(msgspec.Struct):
    """The event loop answers."""

    status: Literal["alive"] = "alive"


class Ready(msgspec.Struct):
    """`ok` or a reason for each thing that this hub needs, or only works better with (then it is degraded)."""

    status: Literal["ready", "degraded", "not_ready"]
    checks: dict[str, str]


async def show_live(_call: Call[Nothing, Nothing]) -> Live:
    """GET /live."""
    return Live()


async def show_ready(call: Call[Nothing, Nothing]) -> Reply:
    """GET /ready: 200 or 503, with every reason; a degraded hub does all its work, so it is a 200."""
    needed, wished = call.context.ready_checks, call.context.degraded_checks
    reasons = await asyncio.gather(*(_reason(check) for _, check in (*needed, *wished)))
    found = {name: reason or "ok" for (name, _), reason in zip((*needed, *wished), reasons, strict=True)}
    if any(reasons[: len(needed)]):
        return Reply(Ready("not_ready", found), status=503)
    return Reply(Ready("degraded" if any(reasons) else "ready", found), status=200)


async def is_ready(checks: Sequence[tuple[str, ReadyCheck]]) -> bool:
    """Say whether a hub with these checks should get work."""
    return not any(await asyncio.gather(*(_reason(check) for _, check in checks)))


async def _reason(check: ReadyCheck) -> str | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"


async def database_checks(reader: Database) -> tuple[tuple[str, ReadyCheck], ...]:
    """Return the checks that every hub has: the database answers, and its schema is of this version."""
    known = frozenset(migration.number for migration in await asyncio.to_thread(migrate.known))

    async def check_database() -> str | None:
        try:
            await health.applied_migrations(reader)
        except StorageError:
            return "the database does not answer"
        return None

    async def check_migrations() -> str | None:
        try:
            lacking = known - await health.applied_migrations(reader)
        except StorageError:
            return "the database does not answer"
        return f"{len(lacking)} migrations are still to be applied" if lacking else None

    return (("database", check_database), ("migrations", check_migrations))
