"""How a call ends without a unit that is cleared: cancelled, or as the repeat of another one."""

from __future__ import annotations

from uuid import UUID

from hub.dispatch import stepping
from hub.dispatch.actor import Actor
from hub.dispatch.moves import Held, Moves
from hub.dispatch.request import require_open
from hub.errors import InvalidValue, NotFound


async def cancel(moves: Moves, request_id: UUID, reason: str, actor: Actor) -> Held:
    """Cancel a call, and call back who is on the way; raises NotFound and `RequestClosed`."""
    [held] = await moves.hold([request_id])
    require_open(held.request.status)
    await stepping.give_up(moves, held, reason, actor)
    await moves.become(held, held.request._replace(status="cancelled", cancel_reason=reason))
    return held


async def mark_duplicate(moves: Moves, request_id: UUID, of: UUID, actor: Actor) -> Held:
    """End a call that repeats another one, and call back who is on the way to it.

    Raises NotFound, `RequestClosed`, and InvalidValue for a call that cannot be repeated.
    """
    held, first = await two(moves, request_id, of, field="of")
    require_open(held.request.status)
    if first.request.status == "duplicate":
        raise InvalidValue("this repeats another call itself", field="of")
    await stepping.give_up(moves, held, "the call is another one's repeat", actor)
    await moves.become(held, held.request._replace(status="duplicate", duplicate_of=of))
    return held


async def two(moves: Moves, request_id: UUID, other_id: UUID, *, field: str) -> tuple[Held, Held]:
    """Hold a call and another one that is named in a field; raises NotFound, and InvalidValue for the other one."""
    if request_id == other_id:
        raise InvalidValue("this is the same call", field=field)
    try:
        first, second = await moves.hold([request_id, other_id])
    except NotFound:
        await moves.hold([request_id])  # raises it again where this is the one that is not there
        raise InvalidValue("there is no such call", field=field) from None
    return first, second
