"""A simulated sensor on a patient: it sends while a session is in progress, and the patient does what is asked for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from arogya.client import Backoff, Command, CommandRefused, MotionClient, MotionHooks, MotionStream, Options
from arogya.client.hooks import wall_clock_us
from arogya.replay.recordings import Recording
from arogya.simulator.knowing import in_progress
from arogya.simulator.wearer import Block, Wearer, recorded, repetition, still

logger = logging.getLogger(__name__)
FRAME_US = 100_000  # in one message
STILLS = 3  # blocks at rest in the beginning: the rest pose is measured in the last two seconds of them
REPS = 8  # where nobody says how many
REPS_MAX = 30  # nobody looks longer
IDLE_BLOCKS = 30  # at rest after the last repetition, where somebody else is to end the session
DRAINED_WITHIN_S = 30.0


@dataclass(slots=True)
class Effort:
    """One session, as the sensor knows of it."""

    session: UUID
    target: float  # degrees
    reps: int
    own: bool  # the patient began it at the sensor
    stopped: bool = False  # somebody has ended it


class Sensor:
    """One patient's sensor."""

    def __init__(self, url: str, wearer: Wearer, recording: Recording | None, rng: np.random.Generator) -> None:
        self.wearer = wearer
        self._url = url
        self.asked = asyncio.Event()  # somebody else has begun a session
        self._recording = recording
        self._rng = rng
        self._asked: Effort | None = None
        self._effort: Effort | None = None  # the one in hand
        options = Options(power_safe=False, agent="arogya simulate", backoff=lambda: Backoff(stay_away_s=30.0))
        hooks = MotionHooks(on_command=self._hear)
        self.client = MotionClient(url, wearer.secret, hooks=hooks, options=options)

    async def take_up(self) -> None:
        """Go on with what others had begun before a restart."""
        for session in await in_progress(self._url, self.wearer.secret):
            told = (session.get("target_angle"), session.get("target_reps"))
            self.ask(self._effort_of(UUID(str(session["id"])), *told))

    async def _hear(self, command: Command) -> None:
        try:
            session = UUID(str(command.body.get("session")))
        except ValueError:
            raise CommandRefused("which session?") from None
        if command.kind == "session_start":
            self.ask(self._effort_of(session, command.body.get("target_angle"), command.body.get("target_reps")))
            return
        known = [effort for effort in (self._effort, self._asked) if effort is not None and effort.session == session]
        for effort in known:
            if command.kind == "session_stop":
                effort.stopped = True
            elif command.kind == "session_target":
                told = self._effort_of(session, command.body.get("target_angle"), command.body.get("target_reps"))
                effort.target, effort.reps = told.target, told.reps
        if command.kind not in ("session_stop", "session_target"):
            raise CommandRefused(f"a simulated sensor knows no {command.kind}")

    def _effort_of(self, session: UUID, target: object, reps: object) -> Effort:
        return Effort(
            session,
            float(target) if isinstance(target, int | float) else self.wearer.target,
            min(REPS_MAX, reps) if isinstance(reps, int) else REPS,
            own=False,
        )

    def ask(self, effort: Effort) -> None:
        """Have a session that somebody else began be done next, if it is not being done already."""
        if self._effort is None or self._effort.session != effort.session:
            self._asked = effort
            self.asked.set()

    def take_asked(self) -> Effort | None:
        """Return the session that somebody else began, once."""
        effort, self._asked = self._asked, None
        self.asked.clear()
        return effort

    async def exert(self, effort: Effort) -> bool:
        """Do a session from its beginning to its end; tells whether the hub let it begin."""
        self._effort = effort
        told = {"session": str(effort.session)}
        try:
            if effort.own and (await self.client.report("session_start", told)).status == "refused":
                return False
            stream = await self.client.open(effort.session, self._joints())
            async for block in self._blocks(effort):
                await self._send(stream, block, effort)
                if effort.stopped or stream.refused:
                    break
            await stream.finish()
            if stream.refused is None:
                await self._settle(stream)
            if not effort.stopped:
                await self.client.report("session_stop", told)
            return True
        finally:
            self._effort = None

    async def _settle(self, stream: MotionStream) -> None:
        try:
            await stream.drained(DRAINED_WITHIN_S)
        except TimeoutError:
            logger.info("a session ends before the hub has all of it")

    def _joints(self) -> tuple[str, ...]:
        return self.wearer.joints if self._recording is None else self._recording.joints

    async def _blocks(self, effort: Effort) -> AsyncIterator[Block]:
        """Yield what the patient does: rest, the repetitions, and rest."""
        if self._recording is not None:
            for place, block in enumerate(recorded(self._recording)):
                if place == 1:
                    await self._calibrate(effort)
                yield block
            return
        for _ in range(STILLS):
            yield still(self.wearer, self._rng)
        await self._calibrate(effort)
        done = 0
        while done < effort.reps:  # which may change meanwhile, as the target does
            yield repetition(self.wearer, effort.target, self._rng)
            done += 1
        for _ in range(1 if effort.own else IDLE_BLOCKS):
            yield still(self.wearer, self._rng)

    async def _calibrate(self, effort: Effort) -> None:
        """Have the hub take how the joint is held now for its rest; a page that began the session does so itself."""
        if effort.own:
            await self.client.report("session_rest", {"session": str(effort.session)})

    async def _send(self, stream: MotionStream, block: Block, effort: Effort) -> None:
        """Send a block in messages of 100 ms, each when it has been measured, until the session is stopped."""
        loop = asyncio.get_running_loop()
        began_s, began_us = loop.time(), wall_clock_us()
        message = block.at_us // FRAME_US
        for number in np.unique(message).tolist():
            places = np.flatnonzero(message == number)
            await asyncio.sleep(began_s + (number + 1) * FRAME_US / 1e6 - loop.time())
            if effort.stopped or stream.refused:
                return
            at = block.at_us[places]
            await stream.send(began_us + int(at[0]), (at - at[0]).tolist(), block.angles[:, places].tolist())
        await asyncio.sleep(began_s + block.lasts_us / 1e6 - loop.time())
