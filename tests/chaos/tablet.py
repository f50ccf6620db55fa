"""A tablet that goes to any hub, gives up on a silent one, calls for help, and sends hints while a backlog drains."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence

import aiohttp

from hub.protocol.codec import MSGPACK
from hub.protocol.device_frames import LiveHint
from hub.protocol.fix import Alarm, Fix
from tests.faults.rig.journal import Journal
from tests.faults.rig.population import Credential
from tests.faults.rig.tablet import Tablet

HEARTBEAT_S = 3.0
HINT_S = 1.0
BACKLOG_FIXES = 10  # from here on hints are worth it
STAY_AWAY = 4500  # close codes from here on keep a real tablet away for minutes


class RovingTablet(Tablet):
    """One device with one stream, at whichever hub takes it."""

    def __init__(
        self,
        fronts: Sequence[str],
        credential: Credential,
        *,
        journal: Journal,
        rate_hz: float,
        calls_every_s: float | None = None,
        hints: bool = False,
        parks_after_s: float | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(
            fronts[0],
            credential.secret,
            ambulance_id=credential.ambulance_id,
            journal=journal,
            rate_hz=rate_hz,
            seed=seed,
            heartbeat_s=HEARTBEAT_S,
        )
        self.device_id = credential.device_id
        self.calls: dict[str, int] = {}  # alarm id → seq of the first sample that carried it
        self.refusals: list[int] = []  # HTTP statuses that keep a real tablet away
        self._fronts = fronts  # addresses of all hubs
        self._calls_every_s = calls_every_s  # the mean between two calls for help; None: it never calls
        self._hints = hints
        self._parks_after_s = parks_after_s  # when it records nothing more; None: it drives to the end

    def next_fix(self) -> Fix:
        """Drive on; a call for help rides on each fix until one of them is acked."""
        fix = super().next_fix()
        if self._calls_every_s is None:
            return fix
        call = next(reversed(self.calls), None)
        if call is None or self.mine.acked >= self.calls[call]:
            if self.random.random() > 1 / (self._calls_every_s * self.rate_hz):
                return fix
            call = f"call-{len(self.calls) + 1}"
            self.calls[call] = self.recorded + 1
        return fix._replace(alarm=Alarm("sos", call))

    async def run(self) -> None:
        """Record and send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(super().run())
            if self._parks_after_s is not None:
                tasks.create_task(self._park(self._parks_after_s))
            if self._hints:
                tasks.create_task(self._keep_hinting())

    @property
    def parks(self) -> bool:
        """Tell whether it falls silent before the end: what is missed of it then, no later fix makes up for."""
        return self._parks_after_s is not None

    async def _park(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        self.recording = False

    async def _connect(self, http: aiohttp.ClientSession) -> None:
        self.url = f"{self.random.choice(self._fronts)}/ws/device"
        try:
            await super()._connect(http)
        except aiohttp.WSServerHandshakeError as refusal:
            if 400 <= refusal.status < 500 and refusal.status != 429:
                self.refusals.append(refusal.status)
            raise

    async def _keep_hinting(self) -> None:
        while True:
            await asyncio.sleep(HINT_S)
            if not self.connected or self._socket is None or len(self.spool) < BACKLOG_FIXES:
                continue
            seq, fix = self.spool[-1]
            if seq < self.next_seq:
                continue  # on its way already
            hint = LiveHint(self.stream, seq, time.time_ns() // 1000 + self.clock_offset_us, fix)
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._socket.send_bytes(MSGPACK.encode(hint))
