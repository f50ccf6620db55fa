"""Commands from the hub: each is carried out once, however often it is delivered, and always answered."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from arogya.client.hooks import CommandRefused
from hub.protocol.device_frames import CommandAck
from hub.protocol.hub_frames import Command
from hub.protocol.limits import DETAIL_CHARS_MAX

logger = logging.getLogger(__name__)

WAITING_MAX = 32  # commands not yet begun; one above it is left unanswered, and the hub sends it again
REMEMBERED_MAX = 256  # answers kept, because the hub repeats a command whose answer was lost


class Commands:
    """The queue between a connection that takes commands and the application that carries them out."""

    def __init__(self, carry_out: Callable[[Command], Awaitable[None]] | None) -> None:
        self.reply: Callable[[CommandAck], Awaitable[None]] | None = None  # set while a connection stands
        self._carry_out = carry_out
        self._waiting: asyncio.Queue[Command] = asyncio.Queue(WAITING_MAX)
        self._answers: OrderedDict[str, CommandAck] = OrderedDict()

    def take(self, command: Command) -> None:
        """Queue a command."""
        try:
            self._waiting.put_nowait(command)
        except asyncio.QueueFull:
            logger.warning("more than %d commands are waiting; one is left to be sent again", WAITING_MAX)

    async def answer_until_cancelled(self) -> None:
        """Carry out what was taken, one after the other, and answer; outlives connections."""
        while True:
            command = await self._waiting.get()
            if command.id not in self._answers:
                self._answers[command.id] = await self._answer(command)
                if len(self._answers) > REMEMBERED_MAX:
                    self._answers.popitem(last=False)
            if self.reply is None:
                continue  # the hub asks again on the next connection
            try:
                await self.reply(self._answers[command.id])
            except ConnectionError as error:
                logger.info("an answer was lost with its connection: %s", error)

    async def _answer(self, command: Command) -> CommandAck:
        if self._carry_out is None:
            return CommandAck(command.id, "refused", "this device takes no commands")
        try:
            await self._carry_out(command)
        except CommandRefused as refusal:
            return CommandAck(command.id, "refused", str(refusal)[:DETAIL_CHARS_MAX] or None)
        except Exception:  # the application's own code; its mistake must not stop the samples
            logger.exception("the application failed to carry out a command of kind %s", command.kind)
            return CommandAck(command.id, "refused", "the application failed")
        return CommandAck(command.id, "done")
