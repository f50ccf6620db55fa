"""What dispatch goes by: for each priority when to offer, to remind, to alarm; and what a choice weighs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hub.dispatch.weights import Weights

Mode = Literal["suggest", "automatic"]


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """The rules of one priority; times in seconds, None = never."""

    target_s: float  # from the call to the unit at the scene
    offer_expires_s: float  # an offer that nobody answers is over
    re_alert_s: float | None  # it is sounded again
    next_unit_s: float | None  # the next unit is offered it too: the first to accept has it
    not_moving_warn_s: float | None  # accepted, and standing
    not_moving_alarm_s: float | None  # the same, for the supervisor; a second unit is suggested
    mode: Mode = "suggest"
    unattended_s: float = 0.0  # in automatic mode: how long a person has the first word
    batched: bool = True  # chosen together with others each `batch_s`; False: at once
    coverage_weight_s: float = 0.0  # seconds of ETA that one more call that comes late is worth: λ
    needs: str = "basic"  # what the unit has to be able to do, where the request does not say
    waiting_alarm_s: float | None = None  # without a unit being asked: dispatchers hear of it
    leave_s: float = 3_000.0  # leaving it queued costs this at first, in seconds of ETA
    leave_growth: float = 1.0  # and this much more for each second that it has waited


def _priorities() -> Mapping[int, PriorityPolicy]:
    return {
        1: PriorityPolicy(480.0, 120.0, 20.0, 30.0, 60.0, 90.0, batched=False, waiting_alarm_s=30.0, leave_s=100_000.0),
        2: PriorityPolicy(
            900.0, 45.0, 20.0, None, 90.0, 180.0, batched=False, coverage_weight_s=15.0, waiting_alarm_s=60.0
        ),
        3: PriorityPolicy(1_800.0, 90.0, 45.0, None, 120.0, 300.0, coverage_weight_s=60.0, waiting_alarm_s=300.0),
        4: PriorityPolicy(
            3_600.0, 120.0, 60.0, None, None, None, coverage_weight_s=60.0, needs="transport", waiting_alarm_s=600.0
        ),
    }


@dataclass(frozen=True, slots=True)
class DispatchPolicy:
    """All of it."""

    priorities: Mapping[int, PriorityPolicy] = field(default_factory=_priorities)
    batch_s: float = 3.0  # between two batches of the less urgent
    shortlist: int = 10  # cheapest units that a request is matched with
    fix_fresh_s: float = 300.0  # an older fix counts for nothing: the base does
    detour: float = 1.3  # of a straight line
    undelivered_s: float = 5.0  # an offer that no tablet has by then: radio them
    silent_warn_s: float = 30.0  # without a fix on an assignment
    silent_alarm_s: float = 90.0
    offline_s: float = 300.0  # without a fix otherwise
    slip_s: float = 120.0  # an ETA that is later than promised by this and by `slip_share` is told
    slip_share: float = 0.25
    swap_gain_s: float = 120.0  # a choice is changed only for a gain above this and above `swap_gain_share`
    swap_gain_share: float = 0.2
    joins_s: float = 300.0  # a repeat of the same patient or number within this joins the open request
    busy_share: float = 0.4  # how likely a unit is busy (MEXCLP's q)
    assigned_interval_s: float = 1.0  # between two fixes of a unit with an assignment
    idle_interval_s: float = 5.0
    time_zone: str = "UTC"  # whose hours the speeds of streets follow
    scheduled_lead_s: float = 900.0  # how long before its time a scheduled request is looked at
    weights: Weights = field(default_factory=Weights)  # what a choice weighs beside the ETA

    def of(self, priority: int) -> PriorityPolicy:
        """Return the rules of a priority, 1 to 4."""
        return self.priorities[priority]
