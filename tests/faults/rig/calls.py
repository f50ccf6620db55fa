"""A dispatcher who takes calls and sends units, and asks again until an answer comes."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

import aiohttp

ANSWER_S = 5.0
AGAIN_S = 0.1
TRIES_MAX = 400


@dataclass
class Dispatcher:
    """One person at one board; everything is said with a key of its own, so that a repeat is no second deed."""

    urls: list[str]  # of the hubs: the next one is asked when one does not answer
    token: str
    requests: list[str] = field(default_factory=list)  # that were answered with 201
    offered: dict[str, str] = field(default_factory=dict)  # assignment by request, as answered

    async def call(self, complaint: str, latitude: float, priority: int = 2) -> str:
        """Take a call; returns its id."""
        place = {"latitude": latitude, "longitude": 73.85}
        body = {"complaint": complaint, "priority": priority, "pickup_location": place, "caller": complaint}
        status, answer = await self.ask("POST", "/ambulance_requests", body)
        assert status == 201, answer
        self.requests.append(str(answer["id"]))
        return str(answer["id"])

    async def offer(self, request_id: str, ambulance_id: int) -> tuple[int, Any]:
        """Offer a call to a unit, whatever the suggestion is."""
        body = {"ambulance_id": ambulance_id, "reason": "the rig says so"}
        status, answer = await self.ask("POST", f"/ambulance_requests/{request_id}/offers", body)
        if status == 201:
            self.offered[request_id] = str(answer["id"])
        return status, answer

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        """Ask until there is an answer that is one; returns its status and body."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid.uuid4())}
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        for tried in range(TRIES_MAX):
            url = self.urls[tried % len(self.urls)]
            try:
                async with (
                    aiohttp.ClientSession(timeout=timeout, headers=headers) as http,
                    http.request(method, f"{url}/api/v1{path}", json=body) as reply,
                ):
                    answer = await reply.json(content_type=None)
                    if reply.status < 500 and not _is_busy(reply.status, answer):
                        return reply.status, answer
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass
            await asyncio.sleep(AGAIN_S)
        raise AssertionError(f"no answer to {method} {path}")


def _is_busy(status: int, answer: Any) -> bool:
    return status == 409 and "still at work" in str(answer.get("detail", ""))
