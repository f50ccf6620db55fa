"""A dispatcher at work, over HTTP."""

from __future__ import annotations

from typing import Any

from tests.handlers.dispatch.scene import Connection
from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

API = "/api/v1"
MISSING = "00000000-0000-4000-8000-000000000000"


class Board:
    """A dispatcher at work."""

    def __init__(self, hub: Hub, world: World, superuser: Connection) -> None:
        self.hub, self.world, self.db = hub, world, superuser

    async def post(self, path: str, body: Any = None, who: str = "DP", **headers: str) -> Answer:
        """Post something."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        token = self.world.tokens[who]
        return await self.hub.call("POST", f"{API}/{path}", token=token, json=body or {}, headers=named)

    async def patch(self, path: str, body: Any, who: str = "DP") -> Answer:
        """Change something."""
        return await self.hub.call("PATCH", f"{API}/{path}", token=self.world.tokens[who], json=body)

    async def call(self, who: str = "DP", **body: Any) -> str:
        """Take a call."""
        answer = await self.post("ambulance_requests", body, who)
        assert answer.status == 201, answer.body
        key: str = answer.json["id"]
        return key

    async def offered(self, unit: str = "free", **body: Any) -> dict[str, Any]:
        """Take a call and ask a unit."""
        key = await self.call(**body)
        answer = await self.post(f"ambulance_requests/{key}/offers", {"ambulance_id": self.world.ambulances[unit]})
        assert answer.status == 201, answer.body
        row: dict[str, Any] = answer.json
        return row

    async def stage(self, row: dict[str, Any], stage: str, who: str = "DP", **body: Any) -> Answer:
        """Say where a unit is."""
        return await self.post(f"assignments/{row['id']}/stages", {"stage": stage, **body}, who)


async def free_everybody(superuser: Connection) -> None:
    """Let every call of the small world be over, and every unit free."""
    await superuser.execute(
        "UPDATE assignments SET status = 'cancelled', cancelled_at = now() WHERE status <> 'cleared'"
    )
    await superuser.execute(
        "UPDATE ambulance_requests SET status = 'cancelled', cancel_reason = 'over', ambulance_id = NULL"
    )
