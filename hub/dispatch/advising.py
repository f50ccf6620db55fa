"""Looks after each change where free units should wait, and keeps the advice when it is another one than before."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog

from hub.dispatch.advisor import Advisor
from hub.dispatch.decision import Decision
from hub.dispatch.leading import Leader
from hub.dispatch.offers import stored
from storage.dispatch import decisions
from storage.errors import StorageError
from storage.pool import Database

PERIOD_S: Final = 15.0  # between two looks: units move slowly, and nobody should be sent to and fro
_LOG = structlog.get_logger(__name__)


class Advising:
    """Part of the work of the hub that leads."""

    def __init__(self, leader: Leader, db: Database, advisor: Advisor) -> None:
        self._leader = leader
        self._db = db  # role arogya_app
        self._advisor = advisor
        self._given: frozenset[tuple[object, object]] = frozenset()  # unit and post of the advice that stands

    async def run(self) -> None:
        """Look every now and then, until cancelled; raises `Deposed`."""
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except StorageError as error:
                _LOG.warning("advice waits for the database", reason=type(error).__name__)

    async def look(self) -> Decision:
        """Give advice, and keep it where it is new; raises `StorageError` and `Deposed`."""
        decision = await self._advisor.advise()
        given = frozenset((each["ambulance_id"], each["post"]) for each in decision.candidates)
        if given - self._given:
            async with self._db.transaction() as transaction:
                await self._leader.gate(transaction)
                await decisions.insert(transaction, stored(decision))
        self._given = given
        return decision
