"""A dispatcher who works over HTTP while a browser is the crew's or the patient's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.browser.demo import Demo

PLACE = {"latitude": 18.5304, "longitude": 73.8567}


class ControlRoom:
    """What a dispatcher does: takes calls, offers them, writes to crews, says stages by radio."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Return the answer to a request; fails for a refusal."""
        async with self._http.request(method, f"/api/v1{path}", json=body) as answer:
            said = await answer.text()
            assert answer.status < 400, (method, path, answer.status, said)
            return json.loads(said) if said else None

    async def take_call(self, **more: Any) -> str:
        """Write a call down and return its id."""
        body = {"pickup_location": PLACE, "complaint": "Chest pain", "priority": 2, **more}
        return str((await self.ask("POST", "/ambulance_requests", body))["id"])

    async def offer(self, request_id: str, ambulance_id: int) -> str:
        """Offer a call to an ambulance and return the assignment's id."""
        offered = await self.ask("POST", f"/ambulance_requests/{request_id}/offers", {"ambulance_id": ambulance_id})
        return str(offered["id"])

    async def say(self, assignment_id: str, stage: str) -> None:
        """Enter a stage by radio."""
        await self.ask("POST", f"/assignments/{assignment_id}/stages", {"stage": stage})

    async def ambulance(self, plate: str) -> int:
        """Return the id of an ambulance."""
        found = (await self.ask("GET", "/ambulances?limit=200"))["items"]
        return int(next(one["id"] for one in found if one["plate_number"] == plate))


@asynccontextmanager
async def control_room(demo: Demo) -> AsyncIterator[ControlRoom]:
    """Sign a dispatcher in."""
    credentials = {"email": "dispatcher@arogya.example", "password": demo.password, "client": "app"}
    async with aiohttp.ClientSession(demo.url) as http:
        async with http.post("/api/v1/sessions", json=credentials) as answer:
            token = (await answer.json())["access_token"]
    async with aiohttp.ClientSession(demo.url, headers={"Authorization": f"Bearer {token}"}) as http:
        yield ControlRoom(http)


def claim_code(demo: Demo, plate: str) -> str:
    """Add an ambulance with a tablet that nobody has claimed."""
    words = ["device", "add", "--plate", plate, "--new-ambulance", "--json", "--state", str(demo.state)]
    command = [sys.executable, "-m", "arogya", *words]
    [made] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return str(made["claim_code"])
