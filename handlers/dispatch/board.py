"""The board of dispatchers: what they begin with, before they follow the channel `dispatch`."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import msgspec

from handlers.call import API, Call, Nothing, Route
from handlers.dispatch.shapes import CrewMessage, DispatchAlert, DispatchAssignment, DispatchRequest, all_typed
from hub.dispatch.policy import DispatchPolicy
from storage import events
from storage.dispatch import board

CLOSED_FOR: Final = timedelta(minutes=15)  # a call that has ended stays on the board
UNREAD_FOR: Final = timedelta(hours=24)  # and what a crew wrote until somebody has read it
MESSAGES: Final = 50


class PriorityRules(msgspec.Struct):
    """What dispatch goes by for one priority; times in seconds, null = never."""

    priority: int
    target_s: float
    offer_expires_s: float
    re_alert_s: float | None
    next_unit_s: float | None
    not_moving_warn_s: float | None
    not_moving_alarm_s: float | None
    mode: str
    unattended_s: float
    needs: str


class BoardRules(msgspec.Struct):
    """What dispatch goes by: what timers on the board count to."""

    priorities: list[PriorityRules]
    undelivered_s: float
    silent_warn_s: float
    silent_alarm_s: float
    scheduled_lead_s: float


class Board(msgspec.Struct):
    """Open calls and those that ended lately, with everybody who was asked to take them; what happens next comes on
    the live channel `dispatch` from this position.
    """

    requests: list[DispatchRequest]
    assignments: list[DispatchAssignment]
    alerts: list[DispatchAlert]
    messages: list[CrewMessage]
    policy: BoardRules
    epoch: str
    offset: int


async def show(call: Call[Nothing, Nothing]) -> Board:
    """GET /dispatch/board: the position is read before the rows, so that nothing falls between them and the channel."""
    now = call.context.clock.now()
    async with call.context.reader.hold() as held:
        position = await events.position(held, board.CHANNEL)
        requests = await board.requests(held, closed_after=now - CLOSED_FOR)
        assignments = await board.assignments(held, [body["id"] for body in requests])
        alerts = await board.alerts(held)
        messages = await board.messages(
            held, unread_after=now - UNREAD_FOR, written_after=now - CLOSED_FOR, rows_max=MESSAGES
        )
    return Board(
        all_typed(requests, DispatchRequest),
        all_typed(assignments, DispatchAssignment),
        all_typed(alerts, DispatchAlert),
        all_typed(messages, CrewMessage),
        rules_of(call.context.policy),
        *position,
    )


def rules_of(policy: DispatchPolicy) -> BoardRules:
    """Return what the board is told of a policy."""
    names = PriorityRules.__struct_fields__[1:]
    priorities = [
        PriorityRules(priority, *(getattr(rules, name) for name in names))
        for priority, rules in sorted(policy.priorities.items())
    ]
    return BoardRules(priorities, *(getattr(policy, name) for name in BoardRules.__struct_fields__[1:]))


ROUTES: tuple[Route, ...] = (
    Route("GET", f"{API}/dispatch/board", show, "dispatch.R", "What stands on the board of dispatchers", Board),
)
