"""What dispatchers have to be told of calls and units, and from which moment on. Pure.

A notice lasts as long as its rule holds: it is open while it is among what should be told, and over when it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from hub.dispatch.assignment import TAKEN
from hub.dispatch.picture import Picture, ended_at, looked_at_from
from hub.dispatch.policy import DispatchPolicy
from storage.dispatch.alerts import AlertKey, NewAlert
from storage.dispatch.picture import AskedUnit, OpenRequest

KINDS: Final = (
    *("no_unit", "unanswered", "undelivered", "declined", "not_moving", "silent", "no_fix", "eta_slip"),
    *("at_scene", "left_scene", "at_destination", "unattended"),
)  # that come and go by these rules alone
SEVERITIES: Final = ("info", "warning", "alarm")
URGENT: Final = (1, 2)  # priorities of which a failed offer is heard


class Timed(NamedTuple):
    """Something that is to be told from a moment on."""

    at: datetime
    alert: NewAlert


def all_of(picture: Picture, policy: DispatchPolicy) -> Iterator[Timed]:
    """Yield what is to be told, now and later; of one thing perhaps several times, the worse the later."""
    for request in picture.requests.values():
        asked = picture.asked.get(request.id, ())
        live = picture.live(request.id)
        if not live:
            yield from _waiting(request, asked, policy)
        for each in live:
            if each.status == "offered":
                yield from _offered(request, each, policy)
            else:
                yield from _on_the_way(picture, request, each, policy)
                yield from _seen(picture, request, each, policy)
                yield from _noticed(request, each)


def worst(told: Iterable[Timed]) -> tuple[NewAlert, ...]:
    """Return what is to be told, each thing once, as severe as it has become."""
    by_key: dict[AlertKey, NewAlert] = {}
    for _, alert in told:
        other = by_key.get(alert.key)
        if other is None or SEVERITIES.index(alert.severity) > SEVERITIES.index(other.severity):
            by_key[alert.key] = alert
    return tuple(by_key.values())


def _waiting(request: OpenRequest, asked: Iterable[AskedUnit], policy: DispatchPolicy) -> Iterator[Timed]:
    """Nobody has it, and nobody is asked."""
    since = looked_at_from(request, policy)
    if request.unserved_since is not None:
        yield Timed(request.unserved_since, NewAlert(AlertKey("no_unit", request.id), "alarm", {}))
    last = max(asked, key=lambda each: ended_at(each) or each.offered_at, default=None)
    if last is not None:
        ended = ended_at(last) or last.offered_at
        since = max(since, ended)
        severity = "alarm" if request.priority in URGENT else "warning"
        if last.status == "declined":
            yield Timed(ended, _about("declined", request, last, severity, reason=last.decline_reason))
        elif last.status == "expired":
            yield Timed(ended, _about("unanswered", request, last, severity, asked_s=_seconds(last.offered_at, ended)))
    alarm_s = policy.of(request.priority).waiting_alarm_s
    if alarm_s is not None:
        facts = {"after_s": alarm_s}
        at = since + timedelta(seconds=alarm_s)
        yield Timed(at, NewAlert(AlertKey("unattended", request.id), "alarm", facts))


def _offered(request: OpenRequest, asked: AskedUnit, policy: DispatchPolicy) -> Iterator[Timed]:
    """A unit is asked, and has not answered."""
    rules = policy.of(request.priority)
    if asked.delivered_at is None and asked.seen_at is None:
        severity = "alarm" if request.priority in URGENT else "warning"
        at = asked.offered_at + timedelta(seconds=policy.undelivered_s)
        yield Timed(at, _about("undelivered", request, asked, severity, after_s=policy.undelivered_s))
    if rules.re_alert_s is not None:
        at = asked.offered_at + timedelta(seconds=rules.re_alert_s)
        yield Timed(at, _about("unanswered", request, asked, "warning", asked_s=rules.re_alert_s))


def _on_the_way(picture: Picture, request: OpenRequest, asked: AskedUnit, policy: DispatchPolicy) -> Iterator[Timed]:
    """A unit has accepted, and should be driving."""
    if asked.status not in ("accepted", "en_route") or asked.accepted_at is None:
        return
    rules, unit = policy.of(request.priority), picture.units.get(asked.ambulance_id)
    is_seen = unit is not None and unit.fix_age_s is not None and unit.fix_age_s < policy.silent_warn_s
    if asked.moved_at is None and asked.scene_noticed_at is None and is_seen:
        for after_s, severity in ((rules.not_moving_warn_s, "warning"), (rules.not_moving_alarm_s, "alarm")):
            if after_s is not None:
                at = asked.accepted_at + timedelta(seconds=after_s)
                yield Timed(at, _about("not_moving", request, asked, severity, after_s=after_s))
    if asked.eta_at is not None and asked.promised_at is not None:
        late_s = _seconds(asked.promised_at, asked.eta_at)
        if late_s > max(policy.slip_s, policy.slip_share * _seconds(asked.accepted_at, asked.promised_at)):
            severity = "alarm" if request.priority == 1 else "warning"
            yield Timed(picture.at, _about("eta_slip", request, asked, severity, late_s=late_s))


def _seen(picture: Picture, request: OpenRequest, asked: AskedUnit, policy: DispatchPolicy) -> Iterator[Timed]:
    """A unit that has a call should be on the map, wherever it is with it."""
    unit = picture.units.get(asked.ambulance_id)
    if asked.status not in TAKEN or unit is None or unit.id in picture.untracked:
        return
    since = asked.accepted_at or asked.offered_at
    if unit.fix_age_s is not None:
        since = max(since, picture.at - timedelta(seconds=unit.fix_age_s))
    kind = "no_fix" if unit.id in picture.sends else "silent"
    for after_s, severity in ((policy.silent_warn_s, "warning"), (policy.silent_alarm_s, "alarm")):
        at = since + timedelta(seconds=after_s)
        yield Timed(at, _about(kind, request, asked, severity, after_s=after_s))


def _noticed(request: OpenRequest, asked: AskedUnit) -> Iterator[Timed]:
    """What fixes say and the crew has not: they suggest, the crew confirms."""
    if asked.status in ("accepted", "en_route") and asked.scene_noticed_at is not None:
        yield Timed(asked.scene_noticed_at, _about("at_scene", request, asked, "info"))
    if asked.status == "on_scene" and asked.left_noticed_at is not None:
        yield Timed(asked.left_noticed_at, _about("left_scene", request, asked, "info"))
    if asked.status in ("on_scene", "transporting") and asked.destination_noticed_at is not None:
        yield Timed(asked.destination_noticed_at, _about("at_destination", request, asked, "info"))


def _about(kind: str, request: OpenRequest, asked: AskedUnit, severity: str, **facts: Any) -> NewAlert:
    return NewAlert(AlertKey(kind, request.id, asked.id, asked.ambulance_id), severity, facts)


def _seconds(since: datetime, until: datetime) -> float:
    return round((until - since).total_seconds(), 1)
