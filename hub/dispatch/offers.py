"""Carries out choices: asks units, leaves calls waiting, and changes an unaccepted offer for a better one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final
from uuid import UUID

import structlog

from hub.dispatch.actor import ENGINE
from hub.dispatch.assignment import Step
from hub.dispatch.chooser import Chooser, Made
from hub.dispatch.decision import Decision
from hub.dispatch.desk import Desk
from hub.dispatch.leading import Leader
from hub.dispatch.picture import MORE_URGENT, NEARER, Picture
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.timers import Offer
from hub.errors import HubError
from hub.metrics import Metrics
from storage.dispatch import decisions
from storage.dispatch.decisions import NewDecision
from storage.dispatch.picture import AskedUnit, OpenRequest
from storage.pool import Database

AT_ONCE: Final = 3  # offers that are being made: each is some fifteen statements, one after the other
_LOG = structlog.get_logger(__name__)


class Offers:
    """Makes the moves that the engine decides on; all of them may raise `StorageError` and `Deposed`."""

    def __init__(
        self, leader: Leader, db: Database, desk: Desk, chooser: Chooser, policy: DispatchPolicy, metrics: Metrics
    ) -> None:
        self._leader = leader
        self._db = db  # role arogya_app
        self._desk = desk
        self._chooser = chooser
        self._policy = policy
        self._metrics = metrics
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._free: frozenset[int] = frozenset()  # units that were free at the last look
        self._left: dict[UUID, int | None] = {}  # calls left waiting by a decision that is stored: for which unit

    def begin(self) -> None:
        """Start anew: what was looked at before was another hub's, or too long ago."""
        self._free = frozenset()
        self._left.clear()

    async def make(self, picture: Picture, wanted: Sequence[Offer]) -> bool:
        """Choose units and ask them; tell whether anything was moved."""
        self._left = {key: unit for key, unit in self._left.items() if key in picture.requests}
        made = await self._choose(picture, wanted)
        # Of other calls and units each: nothing waits for another one but for a connection.
        told = await asyncio.gather(*map(partial(self._carry_out, picture), wanted, made), return_exceptions=True)
        for each in told:
            if isinstance(each, BaseException):
                raise each
        return any(told)

    async def _carry_out(self, picture: Picture, offer: Offer, made: Made) -> bool:
        """Do what was chosen for one call; tell whether anything was moved."""
        async with self._at_once:
            if made.choice.ambulance_id is not None:
                return await self._ask(picture, offer, made.choice.ambulance_id, made.decision)
            if await self._take_over(picture, made):
                return True
            if not offer.is_parallel:
                await self._leave(made)
            return False

    async def queue(self, picture: Picture) -> bool:
        """Note which calls wait, and since when no unit can take them; tell whether that is news."""
        waiting, changed = picture.waiting(self._policy), False
        unserved = self._chooser.unserved(picture, waiting)
        for request in waiting:
            is_unserved = request in unserved
            if request.status == "received" or is_unserved != (request.unserved_since is not None):
                with suppress(HubError):
                    await self._desk.queue(request.id, unserved=is_unserved, gate=self._leader.gate)
                    changed = True
        return changed

    async def reconsider(self, picture: Picture) -> bool:
        """Look at an offer again that nobody has accepted, when units have become free; tell whether one was changed.

        Only at those of the hub itself: what a person has decided, a person changes. One at a time: the unit that it
        goes to is no longer free for the others, which the next look sees.
        """
        free = frozenset(unit.id for unit in picture.units.values() if unit.status == "available")
        former, self._free = self._free, free
        freed = free - former
        if not freed:
            return False
        for request in picture.requests.values():
            live = picture.live(request.id)
            if len(live) == 1 and _is_ours(live[0]):
                swapped = await self._swap(picture, request, live[0], freed)
                if swapped is not None:
                    self._free = former | {swapped}
                    return True
        return False

    async def _choose(self, picture: Picture, wanted: Sequence[Offer]) -> list[Made]:
        """Choose for all together; where nobody is left, ask those once more who let their offers lapse."""
        if not wanted:
            return []
        made = await self._chooser.choose(picture, [picture.requests[offer.request_id] for offer in wanted])
        for number, offer in enumerate(wanted):
            lapsed = any(each.status == "expired" for each in picture.asked.get(offer.request_id, ()))
            if made[number].choice.ambulance_id is None and lapsed and not offer.is_parallel:
                [made[number]] = await self._chooser.choose(picture, [picture.requests[offer.request_id]], again=True)
        return made

    async def _ask(self, picture: Picture, offer: Offer, ambulance_id: int, decision: Decision) -> bool:
        try:
            await self._desk.offer(
                offer.request_id, ambulance_id, actor=ENGINE, decision=decision, gate=self._leader.gate
            )
        except HubError as error:  # the unit or the call has moved on: the next look will show it
            _LOG.info("an offer came too late", ambulance=ambulance_id, reason=type(error).__name__)
            return False
        wanted_s = (picture.at - offer.wanted_at).total_seconds()
        self._metrics.dispatch_offer_seconds.observe(max(0.0, wanted_s))
        return True

    async def _take_over(self, picture: Picture, made: Made) -> bool:
        """Ask a unit that has been offered a less urgent call, and has not accepted it: nobody else may be moved."""
        wanted, urgent = made.choice.better_divert, picture.requests[made.choice.request_id]
        unit = picture.units.get(wanted) if wanted is not None else None
        if unit is None or unit.request_id is None or picture.live(urgent.id):
            return False
        for each in picture.live(unit.request_id):
            if each.ambulance_id == unit.id and _is_ours(each):
                with suppress(HubError):
                    await self._desk.divert(
                        each.id,
                        urgent.id,
                        actor=ENGINE,
                        reason=MORE_URGENT,
                        decision=made.decision,
                        gate=self._leader.gate,
                    )
                    return True
        return False

    async def _swap(
        self, picture: Picture, request: OpenRequest, offered: AskedUnit, freed: frozenset[int]
    ) -> int | None:
        """Ask one of these units in place of the one that was asked; return which, None where nothing was changed."""
        made = await self._chooser.reconsider(picture, request, offered.ambulance_id, among=freed)
        if made is None or made.choice.ambulance_id is None:
            return None
        with suppress(HubError):
            step = Step("cancelled", picture.at, reason=NEARER)
            await self._desk.step(offered.id, step, actor=ENGINE, gate=self._leader.gate)
            offer = Offer(request.id, picture.at, is_parallel=False)
            await self._ask(picture, offer, made.choice.ambulance_id, made.decision)
            return made.choice.ambulance_id
        return None

    async def _leave(self, made: Made) -> None:
        """Store why a call is left waiting, once for each unit that it waits for."""
        request_id, waits_for = made.choice.request_id, made.choice.waits_for
        if self._left.get(request_id, -1) == waits_for:
            return
        async with self._db.transaction() as transaction:
            await self._leader.gate(transaction)
            await decisions.insert(transaction, stored(made.decision))
        self._left[request_id] = waits_for


def stored(decision: Decision) -> NewDecision:
    """Return a decision as it is stored."""
    return NewDecision(
        decision.request_id,
        decision.ambulance_id,
        decision.at,
        decision.kind,
        decision.travel,
        decision.duration_ms,
        decision.inputs,
        decision.candidates,
        decision.words,
        decision.decided_by,
        decision.reason,
    )


def _is_ours(asked: AskedUnit) -> bool:
    return asked.status == "offered" and asked.offered_by is None
