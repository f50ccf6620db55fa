"""A write, its audit entry and its kept answer are stored together or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from hub.access.principal import Principal
from hub.access.reach import reaches
from hub.errors import Conflict, Forbidden, InvalidValue, NotFound
from hub.records import commands
from hub.records.commands import Written
from storage.audit import Entry
from storage.pool import Database, Transaction
from storage.records.catalog import entity
from storage.records.reach import Caller
from storage.records.store import Access

FACILITIES = entity("facilities")
ADMIN = Principal(frozenset({"AD"}), user_id=uuid4())
GIVEN: dict[str, object] = {"name": "East", "type": "clinic"}
ENTRY = Entry("facilities.C", "facilities")


def _access(principal: Principal, verb: str) -> Access:
    caller = Caller(principal.user_id, principal.facility_id, None, None, datetime.now(UTC), 90)
    return Access(FACILITIES, caller, reaches(principal, FACILITIES, "R"), reaches(principal, FACILITIES, verb))


async def _counts(superuser: asyncpg.Connection[asyncpg.Record]) -> tuple[int, int]:
    facilities = await superuser.fetchval("SELECT count(*) FROM facilities")
    return facilities, await superuser.fetchval("SELECT count(*) FROM audit_log")


async def test_a_record_whose_answer_cannot_be_kept_is_not_stored(
    app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async def keep(_transaction: Transaction, written: Written) -> None:
        assert written.fields["name"] == "East"
        raise Conflict("another request with this key was quicker")

    with pytest.raises(Conflict):
        await commands.create(app_pool, _access(ADMIN, "C"), ADMIN, GIVEN, ENTRY, keep=keep)
    assert await _counts(superuser) == (0, 0)


async def test_a_change_and_a_removal_leave_an_entry_and_a_refused_one_leaves_nothing(
    app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    made = await commands.create(app_pool, _access(ADMIN, "C"), ADMIN, GIVEN, ENTRY)
    change, remove = _access(ADMIN, "U"), _access(ADMIN, "D")
    await commands.change(app_pool, change, made.key, {"name": "West"}, ENTRY, if_match=None)
    await commands.change(app_pool, change, made.key, {"name": "West"}, ENTRY, if_match=None)
    assert await _counts(superuser) == (1, 2)
    with pytest.raises(InvalidValue):
        await commands.change(app_pool, change, made.key, {"name": ""}, ENTRY, if_match=None)
    with pytest.raises(NotFound):
        await commands.remove(app_pool, remove, uuid4(), ENTRY, if_match=None)
    desk = Principal(frozenset({"RC"}), user_id=uuid4(), facility_id=uuid4())
    with pytest.raises(Forbidden):
        await commands.remove(app_pool, _access(desk, "D"), made.key, ENTRY, if_match=None)
    assert await _counts(superuser) == (1, 2)
    await commands.remove(app_pool, remove, made.key, ENTRY, if_match=None)
    assert await _counts(superuser) == (0, 3)
