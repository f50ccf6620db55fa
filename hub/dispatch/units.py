"""Whether a unit takes part: by its crew's word, and by being heard of."""

from __future__ import annotations

from hub.dispatch.actor import Actor
from hub.dispatch.moves import Moves
from hub.errors import Conflict, Forbidden, InvalidValue, NotFound
from storage.dispatch import assignments, units

DUTIES = ("available", "out_of_service")


async def set_duty(moves: Moves, ambulance_id: int, status: str, actor: Actor) -> str:
    """Let a unit take part or not; return what it was. Raises Conflict while it has an assignment."""
    if status not in DUTIES:
        raise InvalidValue("a unit is available or out of service", field="status")
    if actor.ambulance_id is not None and actor.ambulance_id != ambulance_id:
        raise Forbidden("this is another ambulance")
    moves.units |= await units.lock(moves.transaction, [ambulance_id])
    unit = moves.units.get(ambulance_id)
    if unit is None:
        raise NotFound
    doing = await assignments.live_of(moves.transaction, ambulance_id)
    if doing is not None:
        raise Conflict(f"{unit.plate_number} has a call: it is {doing.status.replace('_', ' ')}", field="status")
    await moves.set_status(ambulance_id, status)
    return unit.status


async def set_presence(moves: Moves, ambulance_id: int, *, offline: bool) -> bool:
    """Note that a free unit fell silent or is heard again; False where that changes nothing."""
    present, wanted = ("available", "offline") if offline else ("offline", "available")
    return await units.set_presence(moves.transaction, ambulance_id, present, wanted)
