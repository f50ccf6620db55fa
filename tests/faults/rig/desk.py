"""A dispatcher's desk: follows the alarms from the list on, and the fleet, over every loss of the hub."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import aiohttp

from hub.protocol.codec import JSON
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import FROM_LIVE, Delta, Events, Snapshot
from hub.protocol.viewer_frames import Subscribe
from storage.events import ALARMS, Position
from tests.hub.live.follower import Follower
from tests.hub.live.viewer import Viewer

ALARM_AT = 7  # index into a row of the table "fixes"


class Desk:
    """One dispatcher; what it has seen is what a person there was told."""

    def __init__(self, url: str, access_token: str) -> None:
        self.url = url  # of the hub
        self.follower = Follower(None)
        self.fleet = Viewer()
        self.kinds: list[str] = []  # of every event that was taken, in order
        self._headers = {"Authorization": f"Bearer {access_token}"}

    async def run(self) -> None:
        """Follow until cancelled, coming back after every loss."""
        async with aiohttp.ClientSession(headers=self._headers) as http:
            while True:
                with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                    await self._watch(http)
                await asyncio.sleep(0.1)

    async def call(self, method: str, path: str) -> Any:
        """Ask over HTTP."""
        async with (
            aiohttp.ClientSession(headers=self._headers) as http,
            http.request(method, f"{self.url}/api/v1{path}") as answer,
        ):
            assert answer.status == 200, await answer.text()
            return await answer.json()

    def alarm_at(self, ambulance_id: int) -> object:
        """Return what the map says of an ambulance's alarm; None for none, and for an ambulance without a fix."""
        row = self.fleet.state.get("fixes", {}).get(ambulance_id)
        return row[ALARM_AT] if row is not None else None

    async def _watch(self, http: aiohttp.ClientSession) -> None:
        if self.follower.position is None:
            listed = await self.call("GET", "/alarms?open=true")
            self.follower.position = Position(listed["epoch"], listed["offset"])
        async with http.ws_connect(f"{self.url}/ws/live", protocols=(JSON.subprotocol,), max_msg_size=0) as socket:
            await socket.send_str(JSON.encode(Subscribe(ALARMS, *self.follower.position)).decode())
            await socket.send_str(JSON.encode(Subscribe("fleet")).decode())
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(message.data)

    def _take(self, payload: str) -> None:
        message = JSON.decode(payload, FROM_LIVE, bytes_max=2**24)
        if isinstance(message, Snapshot | Delta):
            self.fleet.apply(message)
        if isinstance(message, Events | Error):
            outcome = self.follower.apply(message)
            assert outcome in ("taken", "ignored"), outcome
            if isinstance(message, Events) and outcome == "taken":
                self.kinds += [str(event[2]) for event in message.events]
