"""Making a person nobody: what names them goes, what medicine and the law need stays without a name."""

from __future__ import annotations

from datetime import datetime

from storage import audit, people, totp
from storage.people import Person
from storage.pool import Database
from storage.sql import load

_QUERIES = load("pseudonyms")
REMOVED = "[removed]"  # in the place of what people wrote


async def pseudonymise(db: Database, person: Person, now: datetime, entry: audit.Entry) -> None:
    """Remove what names a person, all or nothing, and end their access; raises Conflict as `people.disable`.

    The audit log is left as it is: it holds ids and no names, and its seals cover every row.
    """
    async with db.transaction() as transaction:
        await people.judge_again(transaction, person, entry)
        await people.end_access(transaction, person.id, "disabled", now)
        await totp.forget(transaction, person.id)
        await transaction.execute(_QUERIES.blur_told, user_id=person.id, removed=REMOVED)  # while the name is known
        await transaction.execute(_QUERIES.rename_user, user_id=person.id, now=now)
        for change in (
            *(_QUERIES.blur_patient, _QUERIES.blur_doctor, _QUERIES.blur_requests, _QUERIES.blur_sessions),
            *(_QUERIES.remove_notifications, _QUERIES.remove_answers, _QUERIES.blur_calls_told, _QUERIES.blur_orders),
        ):
            await transaction.execute(change, user_id=person.id)
        for change in (
            *(_QUERIES.empty_messages, _QUERIES.empty_events, _QUERIES.empty_own_events),
            *(_QUERIES.empty_crew_messages, _QUERIES.empty_crew_reports, _QUERIES.empty_crew_events),
        ):
            await transaction.execute(change, user_id=person.id, removed=REMOVED)
        await audit.record(transaction, entry)
