"""Creating, changing and removing a record: rights, rules, statement and audit entry in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from hub.access.principal import Principal
from hub.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from hub.records import writing
from hub.records.etag import etag, matches
from storage import audit
from storage.audit import Entry
from storage.errors import Conflict as StoredConflict
from storage.errors import Poison
from storage.pool import Database, Transaction
from storage.records import store
from storage.records.rows import Fields
from storage.records.store import Access, Key, Seen

Also = Callable[[Transaction, Key], Awaitable[None]]  # what else a new record takes, in its transaction
# Finds the record that new values belong to, where they are no record of their own, and adds to it.
Join = Callable[[Transaction, Fields], Awaitable[Key | None]]


class Written(NamedTuple):
    """A record after it was written, as its writer sees it."""

    key: Key
    fields: Fields
    is_new: bool = True


class Change(NamedTuple):
    """A change of a record, as what follows from it looks at it."""

    key: Key
    before: Fields  # every column
    changed: Fields  # what was stored


Follow = Callable[[Transaction, Change], Awaitable[None]]  # does what follows from a change, in its transaction
Keep = Callable[[Transaction, Written], Awaitable[None]]  # stores the answer in the transaction of what it tells of


async def create(  # noqa: PLR0913 - who makes what, and what goes with it
    db: Database,
    access: Access,
    principal: Principal,
    given: Mapping[str, object],
    entry: Entry,
    also: Also | None = None,
    *,
    join: Join | None = None,
    keep: Keep | None = None,
) -> Written:
    """Store a record, and what belongs to it, unless it joins another one.

    Raises FieldForbidden, Forbidden, InvalidValue or Conflict.
    """
    entity = access.entity
    values = writing.creation(entity, principal, access.writes, given)
    async with db.transaction() as transaction:
        weighed = await store.weigh(transaction, access, values)
        if not weighed.writes:
            raise Forbidden("this is not yours to add")
        writing.check(weighed.broken)
        joined = None if join is None else await join(transaction, values)
        try:
            key, is_new = (joined, False) if joined else await store.insert(transaction, access, values)
        except (StoredConflict, Poison) as error:
            writing.refuse(entity, error)
        if is_new and also is not None:
            await also(transaction, key)
        seen = await store.look_again(transaction, access, key, frozenset())
        if is_new or joined:
            await _audit(transaction, replace(entry, detail={"joined": True}) if joined else entry, key, seen)
        written = Written(key, _shown(key, seen), is_new)
        if keep is not None:
            await keep(transaction, written)
    return written


async def change(  # noqa: PLR0913 - who changes what, and what follows from it
    db: Database,
    access: Access,
    key: Key,
    given: Mapping[str, object],
    entry: Entry,
    *,
    if_match: str | None,
    follow: Follow | None = None,
) -> Written:
    """Change a record, with what follows from that.

    Raises NotFound, Forbidden, FieldForbidden, PreconditionFailed, InvalidValue or Conflict.
    """
    entity = access.entity
    async with db.transaction() as transaction:
        seen = await _locked(transaction, access, key, if_match)
        changed = writing.change(entity, seen.values, seen.writes, seen.closed, given)
        if not changed:
            return Written(key, _shown(key, seen), is_new=False)
        try:
            await store.update(transaction, access, key, changed)
        except (StoredConflict, Poison) as error:
            writing.refuse(entity, error)
        if follow is not None:
            await follow(transaction, Change(key, seen.values, changed))
        after = await store.look_again(transaction, access, key, frozenset(changed))
        # A move may end the caller's own say: a sensor's session that it stops is not its any more.
        if after is None or not (after.writes or "status" in changed):
            raise Forbidden("this would not be yours any more")
        writing.check(after.broken)
        await _audit(transaction, replace(entry, detail=_told(seen, changed)), key, after)
    return Written(key, _shown(key, after), is_new=False)


async def remove(db: Database, access: Access, key: Key, entry: Entry, *, if_match: str | None) -> None:
    """Remove a record; raises NotFound, Forbidden, PreconditionFailed, or Conflict while something points at it."""
    async with db.transaction() as transaction:
        seen = await _locked(transaction, access, key, if_match)
        if not seen.writes:
            raise Forbidden("this is not yours to remove")
        try:
            await store.delete(transaction, access, key)
        except StoredConflict as error:
            raise Conflict(access.entity.conflicts.get(error.constraint, "it is still in use")) from error
        await _audit(transaction, entry, key, seen)


async def _locked(transaction: Transaction, access: Access, key: Key, if_match: str | None) -> Seen:
    seen = await store.lock(transaction, access, key)
    if seen is None or not seen.shown:
        raise NotFound
    if if_match is not None and not matches(if_match, etag(access.entity, _shown(key, seen))):
        raise PreconditionFailed("it has been changed since")
    return seen


async def _audit(transaction: Transaction, entry: Entry, key: Key, seen: Seen | None) -> None:
    patient = None if seen is None else seen.patient
    about = patient if isinstance(patient, UUID) else None
    await audit.record(transaction, replace(entry, entity_id=str(key), patient_id=about))


def _shown(key: Key, seen: Seen | None) -> Fields:
    if seen is None or not seen.shown:
        return {"id": key}
    return {name: value for name, value in seen.values.items() if name in seen.shown}


def _told(seen: Seen, changed: Fields) -> dict[str, object]:
    """Return what the audit log says of a change: names, and of a status where it went."""
    told: dict[str, object] = {"changed": sorted(changed)}
    if "status" in changed:
        told |= {"from": seen.values["status"], "to": changed["status"]}
    return told
