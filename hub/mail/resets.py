"""Forgotten passwords: links by e-mail, made after the answer, so that its time tells nobody which accounts exist."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from hub.access import tokens
from hub.access.rate import RateLimit
from hub.clock import Clock
from hub.mail.letters import forgotten, link_address
from hub.mail.mailer import Mailer
from storage import accounts, audit
from storage.errors import StorageError
from storage.pool import Database

WAITING_MAX = 200  # addresses; more are dropped, whoever is in need asks again
LETTERS_PER_H, LETTERS_AT_ONCE = 6.0, 3.0  # to one address
_LOG = structlog.get_logger(__name__)


class Resets:
    """Takes addresses without waiting, and writes to those that have an account."""

    def __init__(self, app: Database, mailer: Mailer, clock: Clock, *, origin: str, link_s: float) -> None:
        self._app = app
        self._mailer = mailer
        self._clock = clock
        self._origin = origin  # where links lead
        self._link_s = link_s  # how long they count
        self._waiting: asyncio.Queue[str] = asyncio.Queue(WAITING_MAX)
        self._rate = RateLimit(per_s=LETTERS_PER_H / 3_600, burst=LETTERS_AT_ONCE)  # by address

    def ask(self, email: str) -> None:
        """Take note that somebody forgot the password of this account, if there is one."""
        if not self._waiting.full():
            self._waiting.put_nowait(email)

    async def run(self) -> None:
        """Write letters until cancelled."""
        while True:
            email = await self._waiting.get()
            if self._rate.take(email.casefold(), self._clock.monotonic_s()):
                continue
            try:
                await self._write(email)
            except StorageError as error:
                _LOG.warning("a link was not made", reason=type(error).__name__)

    async def _write(self, email: str) -> None:
        token, now = tokens.new_token(), self._clock.now()
        expires_at = now + timedelta(seconds=self._link_s)
        async with self._app.transaction() as transaction:
            user_id = await accounts.reinvite(transaction, email, tokens.digest(token), now, expires_at=expires_at)
            if user_id is None:
                return
            await audit.record(
                transaction, audit.Entry("password_resets.C", "users", str(user_id), actor_kind="anonymous")
            )
        invitation = await accounts.find_invitation(self._app, tokens.digest(token), now)
        if invitation is not None:
            link = link_address(self._origin, token, invitation.email)
            await self._mailer.send(
                forgotten(name=invitation.name, email=invitation.email, link=link, expires_at=expires_at)
            )
