"""From settings to the plain values that the parts of dispatch take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from arogya.config import Settings
from hub.clock import Clock
from hub.dispatch.advising import Advising
from hub.dispatch.advisor import Advisor
from hub.dispatch.bulletin import Bulletin
from hub.dispatch.chooser import Chooser
from hub.dispatch.desk import Desk
from hub.dispatch.engine import Engine
from hub.dispatch.leading import Leader
from hub.dispatch.lookout import Lookout
from hub.dispatch.offers import Offers
from hub.dispatch.policy import DispatchPolicy, Mode, PriorityPolicy
from hub.dispatch.pursuit import Pursuit
from hub.dispatch.travel import Travel
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from storage.pool import Database


class Dispatching(NamedTuple):
    """What dispatch does by itself, and whom people ask."""

    engine: Engine
    advisor: Advisor


class Surroundings(NamedTuple):
    """What dispatch stands on."""

    reader: Database
    own: Database  # of the engine alone: whatever people ask for, it need not wait for a connection
    board: FleetBoard
    clock: Clock
    metrics: Metrics
    is_connected: Callable[[int], bool]  # whether a device has a connection, to whichever hub


def build(rules: DispatchPolicy, travel: Travel, around: Surroundings, *, name: str) -> Dispatching:
    """Put the parts together; `name` is the hub's, for people."""
    reader, own, board, clock, metrics, is_connected = around

    def advisor_by(db: Database) -> tuple[Lookout, Chooser, Advisor]:
        lookout = Lookout(db, board, clock, rules, is_connected=is_connected)
        chooser = Chooser(db, travel, rules, clock, metrics)
        return lookout, chooser, Advisor(db, lookout, chooser, rules, clock)

    leader = Leader(own, name, metrics)
    lookout, chooser, advisor = advisor_by(own)
    desk = Desk(own, clock, rules)
    engine = Engine(
        leader,
        lookout,
        desk,
        offers=Offers(leader, own, desk, chooser, rules, metrics),
        pursuit=Pursuit(board.current, chooser),
        bulletin=Bulletin(leader, own, chooser, metrics),
        advising=Advising(leader, own, advisor),
        policy=rules,
        clock=clock,
        metrics=metrics,
    )
    return Dispatching(engine, advisor_by(reader)[2])


def policy(settings: Settings) -> DispatchPolicy:
    """Return what dispatch goes by; a time of 0 s is never, where never makes sense."""
    chosen, standard = settings.dispatch, DispatchPolicy()
    return DispatchPolicy(
        priorities={number: _priority(settings, number, default) for number, default in standard.priorities.items()},
        batch_s=chosen.batch_s,
        undelivered_s=chosen.undelivered_s,
        silent_warn_s=chosen.silent_warn_s,
        silent_alarm_s=chosen.silent_alarm_s,
        offline_s=chosen.offline_s,
        joins_s=chosen.joins_s,
        scheduled_lead_s=chosen.scheduled_lead_s,
        time_zone=chosen.time_zone,
    )


def _priority(settings: Settings, number: int, default: PriorityPolicy) -> PriorityPolicy:
    def value(name: str) -> Any:
        return getattr(settings.dispatch, f"p{number}_{name}")

    return PriorityPolicy(
        target_s=value("target_s"),
        offer_expires_s=value("offer_expires_s"),
        re_alert_s=value("re_alert_s") or None,
        next_unit_s=value("next_unit_s") or None,
        not_moving_warn_s=value("not_moving_warn_s") or None,
        not_moving_alarm_s=value("not_moving_alarm_s") or None,
        mode=cast(Mode, value("mode")),
        unattended_s=value("unattended_s"),
        batched=default.batched,
        coverage_weight_s=value("coverage_weight_s"),
        needs=default.needs,
        waiting_alarm_s=value("waiting_alarm_s") or None,
        leave_s=default.leave_s,
        leave_growth=default.leave_growth,
    )
