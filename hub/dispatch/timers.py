"""What is due, and when the next thing will be: offers, reminders, ends of offers, and what to tell dispatchers. Pure.

Every rule says from which moment on something is to be done. What lies behind is due, the earliest of the others is
when to look again. Nothing is remembered: who looks at the same picture, on whatever hub, finds the same things due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final, NamedTuple
from uuid import UUID

from hub.dispatch import notices
from hub.dispatch.assignment import TAKEN
from hub.dispatch.notices import Timed
from hub.dispatch.picture import Picture, ended_at, looked_at_from
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.unit import Unit
from storage.dispatch.alerts import NewAlert
from storage.dispatch.picture import AskedUnit, OpenRequest

OFFERS_MAX: Final = 2  # that live at once for one request
BACK_AGE_S: Final = 60.0  # an offline unit whose newest fix is younger than this is back


class Offer(NamedTuple):
    """A unit is to be chosen for a request, and asked."""

    request_id: UUID
    wanted_at: datetime  # since when
    is_parallel: bool  # the one that was asked before has not answered


class Expire(NamedTuple):
    """Nobody has answered an offer in time."""

    assignment_id: UUID


class ReAlert(NamedTuple):
    """An unanswered offer is to be sounded again."""

    assignment_id: UUID


class Presence(NamedTuple):
    """A unit has gone silent, or is back."""

    ambulance_id: int
    is_offline: bool


Action = Offer | Expire | ReAlert | Presence


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be done now, and when to look again if nothing happens before."""

    actions: tuple[Action, ...]
    alerts: tuple[NewAlert, ...]  # all that should be open; others are over
    next_at: datetime | None


def due(picture: Picture, policy: DispatchPolicy) -> Due:
    """Return what is due at the moment of the picture."""
    now = picture.at
    later: list[datetime] = []
    actions: list[Action] = []
    for at, action in _actions(picture, policy):
        if at <= now:
            actions.append(action)
        else:
            later.append(at)
    told: list[Timed] = []
    for notice in notices.all_of(picture, policy):
        if notice.at <= now:
            told.append(notice)
        else:
            later.append(notice.at)
    return Due(tuple(actions), notices.worst(told), min(later, default=None))


def _actions(picture: Picture, policy: DispatchPolicy) -> Iterator[tuple[datetime, Action]]:
    for request in picture.requests.values():
        live = picture.live(request.id)
        if not live:
            yield from _first_offer(picture, request, policy)
        for each in live:
            if each.status == "offered":
                yield from _unanswered(request, each, policy)
        yield from _next_offer(request, live, policy)
    for unit in picture.units.values():
        yield from _presence(picture, unit, policy)


def _first_offer(picture: Picture, request: OpenRequest, policy: DispatchPolicy) -> Iterator[tuple[datetime, Action]]:
    """A waiting request: people have the first word for a while, also after an offer that a person has sent failed."""
    rules = policy.of(request.priority)
    if rules.mode != "automatic" or not request.is_verified:
        return
    at = looked_at_from(request, policy)
    first_word_s = rules.unattended_s
    asked = picture.asked.get(request.id, ())
    if asked:
        at = max([at, *_ends(asked)])
        if asked[-1].offered_by is None:
            first_word_s = 0.0
    at += timedelta(seconds=first_word_s)
    at = _batch(at, policy.batch_s) if rules.batched else at
    yield at, Offer(request.id, at, is_parallel=False)


def _next_offer(
    request: OpenRequest, live: list[AskedUnit], policy: DispatchPolicy
) -> Iterator[tuple[datetime, Action]]:
    """Whoever was asked is silent: the next unit is asked too, and the first to accept has it."""
    wait_s = policy.of(request.priority).next_unit_s
    if wait_s is None or not request.is_verified or not 0 < len(live) < OFFERS_MAX:
        return
    if any(each.status in TAKEN for each in live):
        return
    at = max(each.offered_at for each in live) + timedelta(seconds=wait_s)
    yield at, Offer(request.id, at, is_parallel=True)


def _unanswered(request: OpenRequest, asked: AskedUnit, policy: DispatchPolicy) -> Iterator[tuple[datetime, Action]]:
    rules = policy.of(request.priority)
    if rules.re_alert_s is not None and asked.re_alerted_at is None:
        yield asked.offered_at + timedelta(seconds=rules.re_alert_s), ReAlert(asked.id)
    expires_at = asked.offer_expires_at or asked.offered_at + timedelta(seconds=rules.offer_expires_s)
    yield expires_at, Expire(asked.id)


def _presence(picture: Picture, unit: Unit, policy: DispatchPolicy) -> Iterator[tuple[datetime, Action]]:
    if unit.fix_age_s is None:
        return
    if unit.status == "available":
        silent_s = policy.offline_s - unit.fix_age_s
        yield picture.at + timedelta(seconds=silent_s), Presence(unit.id, is_offline=True)
    elif unit.status == "offline" and unit.fix_age_s < BACK_AGE_S:
        yield picture.at, Presence(unit.id, is_offline=False)


def _batch(at: datetime, batch_s: float) -> datetime:
    """Return the first moment of a choice for all together that is not before another; the same on every hub."""
    return datetime.fromtimestamp(ceil(at.timestamp() / batch_s) * batch_s, UTC)


def _ends(asked: Iterable[AskedUnit]) -> list[datetime]:
    return [moment for each in asked if (moment := ended_at(each)) is not None]
