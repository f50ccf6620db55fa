"""Keeps the alerts as they should be: raises what is new, takes off what is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from hub.dispatch.chooser import Chooser
from hub.dispatch.leading import Leader
from hub.dispatch.notices import SEVERITIES
from hub.dispatch.picture import Picture
from hub.metrics import Metrics
from storage.dispatch import alerts
from storage.dispatch.alerts import NewAlert
from storage.pool import Database

SUGGESTS: Final = (("not_moving", "alarm"), ("eta_slip", "warning"), ("eta_slip", "alarm"))  # another unit
SLICE: Final = 200  # of one transaction: it holds the lease and the channel, and no offer is made meanwhile


class Bulletin:
    """What dispatchers are told without having asked."""

    def __init__(self, leader: Leader, db: Database, chooser: Chooser, metrics: Metrics) -> None:
        self._leader = leader
        self._db = db  # role arogya_app
        self._chooser = chooser
        self._metrics = metrics

    async def tell(self, picture: Picture, wanted: Sequence[NewAlert]) -> bool:
        """Let exactly these be open, alarms first; tell whether some are left for the next look.

        What somebody moved since the look is left for the next one too, which sees it. Raises `StorageError` and
        `Deposed`.
        """
        known = {alert.key: alert.severity for alert in picture.alerts}
        keys = {alert.key for alert in wanted}
        new = [alert for alert in wanted if known.get(alert.key) != alert.severity]
        over = [alert for alert in picture.alerts if alert.key not in keys]
        if not new and not over:
            return False
        is_more = len(new) + len(over) > SLICE
        new = sorted(new, key=lambda alert: -SEVERITIES.index(alert.severity))[:SLICE]
        over = over[: SLICE - len(new)]
        new = [await self._with_suggestion(picture, alert) for alert in new]
        about = [*(alert.key for alert in new), *(alert.key for alert in over)]
        requests = {key.request_id for key in about if key.request_id is not None}
        async with self._db.transaction() as transaction:
            await self._leader.gate(transaction)
            await alerts.hold(transaction, requests)
            unmoved = await alerts.unmoved(transaction, _stages(picture, new))
            new = [alert for alert in new if alert.key.assignment_id in (None, *unmoved)]
            await alerts.raise_all(transaction, new, at=picture.at)
            await alerts.resolve(transaction, [alert.id for alert in over], at=picture.at)
        for alert in new:
            self._metrics.dispatch_alerts.labels(alert.key.kind, alert.severity).inc()
        return is_more

    async def _with_suggestion(self, picture: Picture, alert: NewAlert) -> NewAlert:
        """Name the unit that could go as well, where the one that has the call may fail it."""
        request = picture.requests.get(alert.key.request_id) if alert.key.request_id else None
        if request is None or (alert.key.kind, alert.severity) not in SUGGESTS:
            return alert
        if alert.key.kind == "eta_slip" and alert.key.ambulance_id is not None:
            made = await self._chooser.reconsider(picture, request, alert.key.ambulance_id)
        else:
            [made] = await self._chooser.choose(picture, [request], kind="suggest")
        other = made.choice.candidate(made.choice.ambulance_id) if made is not None else None
        if other is None:
            return alert
        facts: dict[str, Any] = {"unit_id": other.ambulance_id, "unit": other.plate_number, "unit_eta_s": other.eta_s}
        return alert._replace(facts={**alert.facts, **facts})


def _stages(picture: Picture, new: Sequence[NewAlert]) -> dict[UUID, str]:
    wanted = {alert.key.assignment_id for alert in new}
    return {each.id: each.status for asked in picture.asked.values() for each in asked if each.id in wanted}
