"""What dispatch does by itself: offers, reminders, ends of offers, alerts. It runs on one hub, whatever the number.

Each round looks at everything anew, finds what is due, and moves it through the desk; nothing that matters is kept in
memory, so another hub goes on where this one stopped. Every transaction of it asks first whether this hub still leads.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from hub.clock import Clock
from hub.dispatch import timers
from hub.dispatch.actor import ENGINE
from hub.dispatch.advising import Advising
from hub.dispatch.assignment import Step
from hub.dispatch.bulletin import Bulletin
from hub.dispatch.desk import Desk
from hub.dispatch.leading import Leader
from hub.dispatch.lookout import Lookout
from hub.dispatch.offers import Offers
from hub.dispatch.picture import Picture
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.pursuit import Pursuit
from hub.dispatch.timers import Action, Due, Expire, Offer, Presence, ReAlert
from hub.errors import HubError
from hub.metrics import Metrics
from storage.errors import StorageError

WATCH_S: Final = 1.0  # between two looks at units that have a call
IDLE_S: Final = 3.0  # between two looks when nothing is due
RETRY_S: Final = 0.5
PRESENCES_MAX: Final = 20  # of one round: a fleet that falls silent at once keeps no offer waiting
_LOG = structlog.get_logger(__name__)


class Engine:
    """The rounds."""

    def __init__(  # noqa: PLR0913 - the composition root names each part once
        self,
        leader: Leader,
        lookout: Lookout,
        desk: Desk,
        *,
        offers: Offers,
        pursuit: Pursuit,
        bulletin: Bulletin,
        advising: Advising,
        policy: DispatchPolicy,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.leader = leader
        self._lookout = lookout
        self._desk = desk
        self._offers = offers
        self._pursuit = pursuit
        self._bulletin = bulletin
        self._advising = advising
        self._policy = policy
        self._clock = clock
        self._metrics = metrics
        self._woken = asyncio.Event()  # something of dispatch has changed since the last look

    def wake(self) -> None:
        """Look again at once: calls, assignments or units have changed. It neither waits nor raises."""
        self._woken.set()

    async def run(self) -> None:
        """Work whenever it is this hub's turn, until cancelled."""
        await self.leader.run(self._work)

    async def _work(self) -> None:
        self._offers.begin()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._look_after())
            tasks.create_task(self._advising.run())

    async def _look_after(self) -> None:
        while True:
            self._woken.clear()
            try:
                pause_s = await self.round()
            except StorageError as error:
                _LOG.warning("dispatch waits for the database", reason=type(error).__name__)
                self._metrics.dispatch_failures.inc()
                await asyncio.sleep(RETRY_S)
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()

    async def round(self) -> float:
        """Do what is due; return in how many seconds to look again. Raises `Deposed` and `StorageError`."""
        picture = await self._lookout.look()
        due = timers.due(picture, self._policy)
        wanted = [action for action in due.actions if isinstance(action, Offer)]
        if await self._offers.make(picture, wanted) or await self._run_out(due.actions):
            return 0.0  # what follows would go by what is no longer so
        if await self._offers.queue(picture) or await self._offers.reconsider(picture):
            return 0.0
        if await self._follow(picture):
            return 0.0
        if await self._bulletin.tell(picture, due.alerts) or await self._set_presences(due.actions):
            return 0.0
        return self._pause_s(picture, due)

    async def _run_out(self, actions: tuple[Action, ...]) -> bool:
        """Let timers of offers run out; tell whether that changed anything."""
        changed = False
        for action in actions:
            with suppress(HubError):  # somebody was quicker: the next look will show it
                if isinstance(action, Expire):
                    step = Step("expired", self._clock.now())
                    await self._desk.step(action.assignment_id, step, actor=ENGINE, gate=self.leader.gate)
                elif isinstance(action, ReAlert):
                    now = self._clock.now()
                    await self._desk.note(action.assignment_id, gate=self.leader.gate, re_alerted_at=now)
                else:
                    continue
                changed = True
                self._metrics.dispatch_timers.labels(type(action).__name__.lower()).inc()
        return changed

    async def _follow(self, picture: Picture) -> bool:
        """Note what the fixes of units on a call say; tell whether that was anything."""
        noted = False
        for assignment_id, times in (await self._pursuit.notice(picture)).items():
            with suppress(HubError):
                await self._desk.note(assignment_id, gate=self.leader.gate, **times)
                noted = True
        return noted

    async def _set_presences(self, actions: tuple[Action, ...]) -> bool:
        """Note which units have gone silent, or are back; tell whether there may be more."""
        presences = [action for action in actions if isinstance(action, Presence)][:PRESENCES_MAX]
        changed = False
        for ambulance_id, is_offline in presences:
            with suppress(HubError):
                changed |= await self._desk.set_presence(ambulance_id, offline=is_offline, gate=self.leader.gate)
        return changed

    def _pause_s(self, picture: Picture, due: Due) -> float:
        longest_s = WATCH_S if any(True for _ in picture.taken()) else IDLE_S
        if due.next_at is None:
            return longest_s
        return min(longest_s, max(0.0, (due.next_at - self._clock.now()).total_seconds()))
