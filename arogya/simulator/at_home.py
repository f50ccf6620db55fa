"""Patients at home with their sensors: they book a session by their plan, exercise, and say how much it hurt."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import aiohttp
import numpy as np

from arogya.client.address import http_url
from arogya.client.sign_in import AccessRefused, sign_in
from arogya.simulator.sensor import REPS, REPS_MAX, Effort, Sensor
from arogya.simulator.wearer import Wearer, open_recording

logger = logging.getLogger(__name__)
FIRST_S = (1.0, 20.0)  # after the start
PAUSE_S = (15.0, 45.0)  # between two sessions of one patient
MINUTES = 5  # of a booking
ANSWER_S = 15.0
UNAUTHORIZED, REFUSED = 401, 400  # HTTP statuses


class Hand:
    """What a patient does on their page, over HTTP."""

    def __init__(self, url: str, http: aiohttp.ClientSession, email: str, password: str) -> None:
        self._url = url
        self._http = http
        self._email = email
        self._password = password
        self._token: str | None = None  # None: sign in first

    async def book(self, joint: str) -> Effort | None:
        """Book a session for now by the plan of this joint; None where that cannot be."""
        day = await self._ask("GET", "/api/v1/exercise_day")
        exercises = [one for one in (day or {}).get("exercises", ()) if one["joint"] == joint]
        exercises.sort(key=lambda one: (not one["due"], one["done_reps"] >= one["target_reps"]))
        if not exercises:
            return None
        exercise = exercises[0]
        now = datetime.now(UTC).isoformat()
        body = {"plan_id": exercise["plan_id"], "exercise_id": exercise["id"], "scheduled_at": now}
        made = await self._ask("POST", "/api/v1/physio_sessions", body | {"duration_min": MINUTES})
        if made is None:
            return None
        reps = min(REPS_MAX, made.get("target_reps") or REPS)
        return Effort(UUID(made["id"]), float(made.get("target_angle") or 0.0), reps, own=True)

    async def say_pain(self, effort: Effort, when: str, pain: int) -> None:
        """Say how much it hurts, before or after."""
        await self._ask("PATCH", f"/api/v1/physio_sessions/{effort.session}", {f"pain_{when}": pain})

    async def tidy(self) -> None:
        """End what an earlier run has left open."""
        for status, end in (("in_progress", "completed"), ("scheduled", "cancelled")):
            found = await self._ask("GET", f"/api/v1/physio_sessions?status={status}")
            for session in (found or {}).get("items", ()):
                await self._ask("PATCH", f"/api/v1/physio_sessions/{session['id']}", {"status": end})

    async def _ask(self, method: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any] | None:
        """Return the hub's answer; None where there is none, or a refusal."""
        try:
            if self._token is None:
                self._token = await sign_in(self._url, self._email, self._password)
            headers = {"Authorization": f"Bearer {self._token}"}
            async with self._http.request(method, http_url(self._url, path), json=body, headers=headers) as answer:
                if answer.status == UNAUTHORIZED:
                    self._token = None
                if answer.status >= REFUSED:
                    logger.info("%s %s was refused (HTTP %d)", method, path, answer.status)
                    return None
                found: dict[str, Any] = await answer.json()
                return found
        except (aiohttp.ClientError, TimeoutError, AccessRefused) as error:
            logger.info("%s waits: %s", self._email, error)
            return None


class Patient:
    """One patient with a sensor."""

    def __init__(self, sensor: Sensor, hand: Hand | None, rng: Random) -> None:
        self._sensor = sensor
        self._hand = hand  # None: sessions are begun by others
        self._rng = rng

    async def live(self) -> None:
        """Exercise until cancelled: what others begin at once, and what they begin themselves now and then."""
        if self._hand is not None:
            await self._hand.tidy()
        else:
            await self._sensor.take_up()
        pause_s = self._rng.uniform(*FIRST_S)
        while True:
            effort = await self._next(pause_s)
            pause_s = self._rng.uniform(*PAUSE_S)
            if effort is None:
                continue
            pain = self._rng.randrange(1, 6)
            if self._hand is not None and effort.own:
                await self._hand.say_pain(effort, "before", pain)
            begun = await self._sensor.exert(effort)
            if self._hand is not None and effort.own and begun:
                await self._hand.say_pain(effort, "after", max(0, pain + self._rng.randrange(-2, 2)))

    async def _next(self, pause_s: float) -> Effort | None:
        """Wait for a session that somebody else begins, or for the time of an own one."""
        try:
            async with asyncio.timeout(pause_s if self._hand is not None else None):
                await self._sensor.asked.wait()
        except TimeoutError:
            return await self._hand.book(self._sensor.wearer.joint) if self._hand is not None else None
        return self._sensor.take_asked()


async def run(url: str, wearers: Sequence[Wearer], seed: int) -> None:
    """Let the patients exercise until cancelled; raises `WearersError` for a recording that cannot be read."""
    recordings = [await asyncio.to_thread(open_recording, wearer) for wearer in wearers]
    async with AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
        limit = aiohttp.ClientTimeout(total=ANSWER_S)
        http = await opened.enter_async_context(aiohttp.ClientSession(timeout=limit))
        for number, (wearer, recording) in enumerate(zip(wearers, recordings, strict=True)):
            sensor = Sensor(url, wearer, recording, np.random.default_rng((seed, number)))
            await opened.enter_async_context(sensor.client)
            hand = None
            if wearer.email is not None and wearer.password is not None:
                hand = Hand(url, http, wearer.email, wearer.password)
            rng = Random(f"{seed}:{wearer.name}")  # noqa: S311 - a seed
            tasks.create_task(Patient(sensor, hand, rng).live())
