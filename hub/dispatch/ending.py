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
    try:
        held, first = await moves.hold([request_id, of])
    except NotFound:
        await moves.hold([request_id])  # raises it again where this is the one that is not there
        raise InvalidValue("there is no such call", field="of") from None
    require_open(held.request.status)
    if first.request.status == "duplicate":
        raise InvalidValue("this repeats another call itself", field="of")
    await stepping.give_up(moves, held, "the call is another one's repeat", actor)
    await moves.become(held, held.request._replace(status="duplicate", duplicate_of=of))
    return held
