"""Whose motion is read, and what the audit log is told of it."""

from __future__ import annotations

from typing import Any

from handlers.call import Call
from handlers.record_reading import caller, note_reading
from hub.access.reach import reaches
from hub.errors import NotFound
from storage.records import store
from storage.records.store import Access
from storage.records.tables.joint_motion_logs import JOINT_MOTION_LOGS
from storage.records.tables.physio_sessions import PHYSIO_SESSIONS


async def note_motion(call: Call[Any, Any]) -> None:
    """Write down whose motion is read; raises NotFound for a session that is not there or whose motion is not theirs.

    The scopes of a session's readings are those of the session, so its rows answer for them.
    """
    reads = reaches(call.principal, JOINT_MOTION_LOGS, "R")
    access = Access(PHYSIO_SESSIONS, caller(call), reads)
    found = await store.find_one(call.context.reader, access, call.uuid)
    if found is None:
        raise NotFound
    await note_reading(JOINT_MOTION_LOGS, call, [found], str(call.uuid))
