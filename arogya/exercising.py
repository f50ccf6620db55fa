"""From the parts of a hub to what happens to physiotherapy sessions by themselves."""

from __future__ import annotations

from typing import NamedTuple

from hub.clock import Clock
from hub.dispatch.leading import Leader
from hub.metrics import Metrics
from hub.motion import keeping
from hub.motion.keeping import Keeper, KeepingRules
from hub.motion.recount import Recount
from storage.pool import Database


class Exercising(NamedTuple):
    """What is kept of physiotherapy by one hub at a time."""

    keeper: Keeper


def build(reader: Database, app: Database, clock: Clock, metrics: Metrics, *, name: str) -> Exercising:
    """Put the parts together; `name` is the hub's, for people."""
    leader = Leader(app, name, metrics, work=keeping.WORK)
    return Exercising(Keeper(leader, app, Recount(reader, app, clock), clock, KeepingRules()))
