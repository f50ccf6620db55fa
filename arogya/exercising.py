"""From the parts of a hub to what happens by itself to physiotherapy sessions, and to the days of plans."""

from __future__ import annotations

from typing import NamedTuple

from hub.clock import Clock
from hub.dispatch.leading import Leader
from hub.metrics import Metrics
from hub.motion import keeping, rehab
from hub.motion.keeping import Keeper, KeepingRules
from hub.motion.recount import Recount
from hub.motion.rehab import Rehab, RehabRules
from storage.pool import Database


class Exercising(NamedTuple):
    """What is kept of physiotherapy by one hub at a time."""

    keeper: Keeper
    rehab: Rehab


def build(reader: Database, app: Database, clock: Clock, metrics: Metrics, *, name: str) -> Exercising:
    """Put the parts together; `name` is the hub's, for people."""
    leader = Leader(app, name, metrics, work=keeping.WORK)
    keeper = Keeper(leader, app, Recount(reader, app, clock), clock, KeepingRules())
    days = Leader(app, name, metrics, work=rehab.WORK)
    return Exercising(keeper, Rehab(days, app, clock, RehabRules()))
