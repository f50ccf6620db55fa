"""Commands of a call: cancel it, call it a repeat, ask a unit; and what follows when it is written as a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from aiohttp import hdrs, web
from msgspec import Meta

from handlers import record_types
from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.answers import keeping
from handlers.dispatch.rights import REQUESTS, actor_of, may_end
from handlers.dispatch.shapes import DispatchAssignment
from handlers.record_reading import access
from hub.dispatch.decision import Decision
from hub.dispatch.receiving import NewCall
from hub.errors import InvalidValue, NotFound
from hub.records.commands import Change, Follow, Join
from hub.records.etag import tagged
from storage.dispatch import decisions, requests
from storage.dispatch.decisions import DecisionRow
from storage.pool import Transaction
from storage.records import store
from storage.records.rows import Fields

SEEN_S: Final = 120.0  # an older suggestion is not what a person goes by
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
_TOLD = (
    *("patient_id", "caller", "callback_number", "complaint", "pickup_location", "location_note", "destination"),
    *("destination_facility_id", "destination_location", "scheduled_for", "needs"),
)  # of a new record, what a call that it repeats takes over


class Ended(msgspec.Struct, forbid_unknown_fields=True):
    """Why a call is cancelled."""

    reason: Reason


class Repeated(msgspec.Struct, forbid_unknown_fields=True):
    """Which call it repeats."""

    of: UUID


class NewOffer(msgspec.Struct, forbid_unknown_fields=True):
    """Which unit is asked; a reason is needed for another one than `decision_id` suggested."""

    ambulance_id: Annotated[int, Meta(ge=1, le=2**63 - 1)]
    reason: Reason | None = None
    decision_id: UUID | None = None


def joining(call: Call[Any, Any]) -> Join:
    """Return what finds the open call that a new one repeats, and adds to it.

    An account repeats its own calls; a bystander's only with the number that was proven to be its own, since whoever
    joins a call reads it.
    """

    async def join(transaction: Transaction, values: Fields) -> UUID | None:
        told: dict[str, Any] = {name: values.get(name) for name in _TOLD}
        user_id = call.principal.user_id
        if "PT" in call.principal.codes and user_id is not None:
            told["callback_number"] = await requests.proven_number(transaction, user_id)
        is_verified = "PT" not in call.principal.codes
        return await call.context.desk.join(transaction, NewCall(**told, is_verified=is_verified))

    return join


def following(call: Call[Any, Any]) -> Follow:
    """Return what follows from a change of a call: crews are told, or called back."""

    async def follow(transaction: Transaction, change: Change) -> None:
        if not isinstance(change.key, UUID):
            raise TypeError(type(change.key))
        reason = change.changed.get("cancel_reason") or change.before["cancel_reason"]
        await call.context.desk.follow(
            transaction,
            change.key,
            was=str(change.before["status"]),
            reason=None if reason is None else str(reason),
            actor=actor_of(call),
        )

    return follow


async def cancel(call: Call[Nothing, Ended]) -> web.Response:
    """POST /ambulance_requests/{id}/cancel: who is on the way is called back; a closed call is a conflict."""
    entry = call.audit_entry("ambulance_requests.U", "ambulance_requests", None)
    gate = may_end(call, call.uuid, patients_too=True)
    await call.context.desk.cancel(call.uuid, call.body.reason, actor=actor_of(call), entry=entry, gate=gate)
    return await _shown(call)


async def mark_duplicate(call: Call[Nothing, Repeated]) -> web.Response:
    """POST /ambulance_requests/{id}/duplicate: it ends, and names the call that it repeats."""
    entry = call.audit_entry("ambulance_requests.U", "ambulance_requests", None)
    gate = may_end(call, call.uuid, patients_too=False)
    await call.context.desk.mark_duplicate(call.uuid, call.body.of, actor=actor_of(call), entry=entry, gate=gate)
    return await _shown(call)


async def _shown(call: Call[Any, Any]) -> web.Response:
    """Return a call as the caller reads it."""
    found = await store.find_one(call.context.app, access(REQUESTS, call), call.uuid)
    if found is None:
        raise NotFound
    tag, body = tagged(REQUESTS, found.fields)
    return web.Response(body=body, content_type="application/json", headers={hdrs.ETAG: tag})


async def offer(call: Call[Nothing, NewOffer]) -> web.Response:
    """POST /ambulance_requests/{id}/offers: ask a unit, which is a conflict while it has another call.

    With the id of a suggestion, another unit than the suggested one needs a reason, and is stored as a decision of its
    own; without it, what was suggested last is taken for what the caller has seen.
    """
    kept = keeping(call, 201)
    await call.context.desk.offer(
        call.uuid,
        call.body.ambulance_id,
        actor=actor_of(call),
        entry=call.audit_entry("assignments.C", "assignments", None),
        decision=await _decided(call),
        reason=call.body.reason,
        keep=kept.keep,
    )
    return kept.answer


async def _decided(call: Call[Nothing, NewOffer]) -> UUID | Decision | None:
    """Return why this unit is asked: as it was suggested, or otherwise for a reason; raises InvalidValue."""
    reader, body = call.context.reader, call.body
    if body.decision_id is None:
        after = call.context.clock.now() - timedelta(seconds=SEEN_S)
        suggested = await decisions.newest_suggestion(reader, call.uuid, after=after)
    else:
        suggested = await decisions.find(reader, body.decision_id)
        if suggested is None or suggested.request_id != call.uuid:
            raise InvalidValue("this is no decision about this call", field="decision_id")
    if suggested is not None and suggested.ambulance_id == body.ambulance_id:
        return suggested.id
    if suggested is None or (body.decision_id is None and body.reason is None):
        return await _unseen(call)  # whoever asks has said nothing of a suggestion
    return _overruled(suggested, body)


async def _unseen(call: Call[Nothing, NewOffer]) -> Decision | None:
    """Return what would have been suggested now: the candidates are kept also where nobody looked at them."""
    try:
        suggested = await call.context.advisor.suggest(call.uuid)
    except NotFound:
        return None  # no open call: the desk says what it is
    return replace(suggested, kind="offer" if call.body.reason is None else "overrule")


def _overruled(suggested: DecisionRow, body: NewOffer) -> Decision:
    """Return the decision of a person who asks another unit; raises InvalidValue without a reason."""
    if body.reason is None:
        raise InvalidValue("say why another unit than the suggested one", field="reason")
    return Decision(
        "overrule",
        suggested.at,
        suggested.travel,
        suggested.duration_ms,
        suggested.candidates,
        suggested.words,
        inputs=suggested.inputs,
    )


ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        f"{API}/ambulance_requests/{{id}}/cancel",
        cancel,
        "ambulance_requests.U",
        "Cancel a call that nobody needs any more",
        record_types.item(REQUESTS),
        body=Ended,
    ),
    Route(
        "POST",
        f"{API}/ambulance_requests/{{id}}/duplicate",
        mark_duplicate,
        "ambulance_requests.U",
        "End a call that repeats another one",
        record_types.item(REQUESTS),
        body=Repeated,
    ),
    Route(
        "POST",
        f"{API}/ambulance_requests/{{id}}/offers",
        offer,
        "assignments.C",
        "Ask a unit to take a call",
        DispatchAssignment,
        body=NewOffer,
        status=201,
    ),
)
