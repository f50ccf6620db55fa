"""How the tests of the tables speak: by table and person, on the small world."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

API = "/api/v1"
TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


class Desk:
    """One hub, its world, and a connection to look behind it."""

    def __init__(self, hub: Hub, world: World, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self.hub = hub
        self.world = world
        self.connection = connection

    def user(self, who: str) -> str:
        """Return somebody's id."""
        return str(self.world.users[who])

    def place(self, name: str) -> str:
        """Return a facility's id."""
        return str(self.world.facilities[name])

    async def call(self, method: str, path: str, who: str, body: object = None, **options: Any) -> Answer:
        """Ask for something under /api/v1."""
        return await self.hub.call(method, f"{API}/{path}", token=self.world.tokens[who], json=body, **options)

    async def get(self, path: str, who: str) -> Answer:
        """Read."""
        return await self.call("GET", path, who)

    async def add(self, table: str, who: str, **body: object) -> Answer:
        """Create."""
        return await self.call("POST", table, who, body)

    async def change(self, path: str, who: str, **body: object) -> Answer:
        """Change."""
        return await self.call("PATCH", path, who, body)

    async def remove(self, path: str, who: str) -> Answer:
        """Remove."""
        return await self.call("DELETE", path, who)

    async def ids(self, path: str, who: str) -> set[str]:
        """Return the ids of a list."""
        answer = await self.get(path, who)
        assert answer.status == 200, answer
        return {str(item["id"]) for item in answer.json["items"]}

    async def insert(self, table: str, **values: object) -> Any:
        """Store a row behind the hub's back and return its id."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join(f"${n}" for n in range(1, len(values) + 1))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id"  # noqa: S608 - our own names
        return await self.connection.fetchval(sql, *values.values())

    async def book(self, patient: str = "PT", doctor: str = "DR", place: str = "north", **values: object) -> UUID:
        """Store an appointment, which makes a care relation."""
        made: UUID = await self.insert(
            "appointments",
            **{
                "patient_id": self.world.users[patient],
                "doctor_id": self.world.users[doctor],
                "facility_id": self.world.facilities[place],
                "scheduled_at": TOMORROW,
                **values,
            },
        )
        return made


def refused(answer: Answer) -> tuple[int, str, str | None]:
    """Return how something was refused: status, code and field."""
    return answer.status, answer.code, answer.json.get("field")
