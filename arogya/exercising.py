"""From the parts of a hub to what happens by itself to physiotherapy sessions, and to the days of plans."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from arogya.composition import Pools
from arogya.config import Settings
from hub.clock import Clock
from hub.dispatch.leading import Leader
from hub.metrics import Metrics
from hub.motion import keeping, rehab
from hub.motion.keeping import Keeper, KeepingRules
from hub.motion.recount import Recount
from hub.motion.rehab import Rehab, RehabRules


class Exercising(NamedTuple):
    """What is kept of physiotherapy by one hub at a time."""

    keeper: Keeper
    rehab: Rehab


def build(settings: Settings, pools: Pools, clock: Clock, metrics: Metrics, *, name: str) -> Exercising:
    """Put the parts together; `name` is the hub's, for people."""
    reader, app, kept_days = pools.reader, pools.app, settings.retention.motion_frames_days - 1
    leader = Leader(app, name, metrics, work=keeping.WORK)
    recount = Recount(reader, app, clock, kept=timedelta(days=kept_days))
    keeper = Keeper(leader, app, recount, clock, KeepingRules())
    days = Leader(app, name, metrics, work=rehab.WORK)
    return Exercising(keeper, Rehab(days, app, clock, RehabRules()))
