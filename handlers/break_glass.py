"""Breaking the glass: a look at a patient without a relation, for a stated reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from handlers.call import API, Call, Nothing, Route
from hub.errors import InvalidValue
from storage import break_glass
from storage.break_glass import Breaking

_REASON_MIN = 10  # characters that the patient can see


class Breach(msgspec.Struct, forbid_unknown_fields=True):
    """Whose record, why, and for how long; the patient is told, and reads the reason."""

    patient_id: UUID
    reason: Annotated[str, Meta(min_length=_REASON_MIN, max_length=500, pattern=r"\S")]
    minutes: Annotated[int, Meta(ge=1, le=60)] = 60


class Broken(msgspec.Struct):
    """Who may see whom, why, and until when."""

    id: UUID
    user_id: UUID
    patient_id: UUID
    reason: str
    granted_at: datetime
    expires_at: datetime


async def create(call: Call[Nothing, Breach]) -> Broken:
    """POST /break_glass; raises InvalidValue for who is no patient, and for a reason that says nothing."""
    context, body, session = call.context, call.body, call.signed_in
    now = context.clock.now()
    if len("".join(character for character in body.reason if character.isprintable()).strip()) < _REASON_MIN:
        raise InvalidValue("say in ten characters or more why", field="reason")
    expires_at = now + timedelta(minutes=body.minutes)
    asked = Breaking(session.user_id, session.name, body.patient_id, body.reason, now, expires_at)
    grant = await break_glass.break_glass(context.app, asked, call.audit_entry("break_glass.C", "break_glass", None))
    if grant is None:
        raise InvalidValue("there is no such patient", field="patient_id")
    return Broken(*grant)


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/break_glass",
        create,
        "break_glass.C",
        "See a patient's record for a stated reason",
        Broken,
        body=Breach,
        status=201,
    ),
)
