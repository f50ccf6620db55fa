"""From settings to the plain values that the parts of dispatch take."""

from __future__ import annotations

from typing import Any, cast

from arogya.config import Settings
from hub.dispatch.policy import DispatchPolicy, Mode, PriorityPolicy


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
    )
