"""The routes of every declared table, but those that have handlers of their own."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.call import Route
from handlers.dispatch import calls
from handlers.physio import sessions as physio
from handlers.records import NO_HOOKS, Hooks, routes
from storage.records.catalog import ENTITIES

# Making an account is a command, with an invitation; ambulances are read with their newest position; devices send
# their motion over a socket; a device is made with its claim code, and revoked rather than removed; what is listed of
# an inbox counts as delivered.
BY_HAND: Mapping[str, frozenset[str]] = {
    "users": frozenset({"create"}),
    "break_glass": frozenset({"create"}),
    "devices": frozenset({"create", "remove"}),
    "joint_motion_logs": frozenset({"create"}),
    "messages": frozenset({"list"}),
    "notifications": frozenset({"list"}),
}

# A call may repeat an open one; when it is changed or cancelled, crews hear of it. Who ended a session is noted.
HOOKS: Mapping[str, Hooks] = {
    "ambulance_requests": Hooks(calls.joining, calls.following),
    "physio_sessions": Hooks(follow=physio.following),
}

ROUTES: tuple[Route, ...] = tuple(
    route
    for entity in ENTITIES
    for route in routes(entity, without=BY_HAND.get(entity.name, frozenset()), hooks=HOOKS.get(entity.name, NO_HOOKS))
)
