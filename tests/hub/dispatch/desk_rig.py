"""A desk on a real database, with calls, units and people to move."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from hub.clock import Clock
from hub.dispatch.actor import Actor
from hub.dispatch.assignment import Step
from hub.dispatch.desk import Desk
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.receiving import NewCall
from storage import audit
from storage.dispatch.rows import AssignmentRow, RequestRow
from storage.pool import Database

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
NUMBERS = itertools.count(1)
ENTRY = audit.Entry("assignments.U", "assignments", actor_kind="user")


class Hands(Clock):
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        """Return what the hands show."""
        return self.at

    def pass_s(self, seconds: float) -> datetime:
        """Put it forward."""
        self.at += timedelta(seconds=seconds)
        return self.at


@dataclass
class Rig:
    """What the tests of the desk work with."""

    db: Database
    superuser: asyncpg.Connection[asyncpg.Record]
    clock: Hands = field(default_factory=Hands)
    policy: DispatchPolicy = field(default_factory=DispatchPolicy)
    user_id: UUID | None = None

    @property
    def desk(self) -> Desk:
        """The desk."""
        return Desk(self.db, self.clock, self.policy)

    @property
    def dispatcher(self) -> Actor:
        """A person at the board."""
        return Actor("dispatcher", self.user_id)

    async def start(self) -> None:
        """Add the dispatcher."""
        self.user_id = await self.person("staff")

    async def person(self, role: str = "patient", *, verified: bool = True) -> UUID:
        """Add somebody; a patient is listed as one."""
        user_id: UUID = await self.superuser.fetchval(
            "INSERT INTO users (name, email, password, role, phone_verified_at) VALUES ('Asha Rao', $1, 'x', $2,"
            " CASE WHEN $3 THEN now() END) RETURNING id",
            f"person{next(NUMBERS)}@hub.test",
            role,
            verified,
        )
        if role == "patient":
            await self.superuser.execute(
                "INSERT INTO patients (id, blood_type, date_of_birth) VALUES ($1, 'O+', '1980-02-03')", user_id
            )
        return user_id

    async def unit(self, status: str = "available", *, tablets: int = 0) -> int:
        """Add an ambulance with some tablets."""
        plate = f"MH-12-{next(NUMBERS)}"
        unit: int = await self.superuser.fetchval(
            "INSERT INTO ambulances (plate_number, status) VALUES ($1, $2) RETURNING id", plate, status
        )
        for _ in range(tablets):
            await self.superuser.execute(
                "INSERT INTO devices (kind, name, ambulance_id) VALUES ('tablet', 'Tablet', $1)", unit
            )
        return unit

    async def tablets(self, unit: int) -> list[int]:
        """Return the tablets of a unit."""
        rows = await self.superuser.fetch("SELECT id FROM devices WHERE ambulance_id = $1 ORDER BY id", unit)
        return [row["id"] for row in rows]

    async def crew(self, unit: int) -> Actor:
        """Return the crew of a unit with its first tablet."""
        return Actor("crew", device_id=next(iter(await self.tablets(unit)), None), ambulance_id=unit)

    async def call(self, **given: Any) -> RequestRow:
        """Take a call."""
        return (await self.desk.receive(NewCall(**given), self.dispatcher, None)).row

    async def offered(self, unit: int, **given: Any) -> AssignmentRow:
        """Take a call and ask a unit."""
        request = await self.call(**given)
        return await self.desk.offer(request.id, unit, actor=self.dispatcher)

    async def step(self, row: AssignmentRow, to: str, actor: Actor | None = None, **given: Any) -> AssignmentRow:
        """Make a step now."""
        what = {name: given.pop(name) for name in ("reason", "no_transport") if name in given}
        at = given.pop("at", self.clock.now())
        return await self.desk.step(row.id, Step(to, at, **what), actor=actor or self.dispatcher, **given)

    async def request(self, request_id: UUID) -> asyncpg.Record:
        """Return a call as it is stored."""
        row = await self.superuser.fetchrow("SELECT * FROM ambulance_requests WHERE id = $1", request_id)
        assert row is not None
        return row

    async def status_of(self, unit: int) -> str:
        """Return what a unit is doing."""
        status: str = await self.superuser.fetchval("SELECT status FROM ambulances WHERE id = $1", unit)
        return status

    async def commands(self, unit: int) -> list[tuple[str, str | None]]:
        """Return the kinds of what the tablets of a unit were told, and what became of it, in order."""
        rows = await self.superuser.fetch(
            "SELECT c.kind, c.status FROM device_commands c JOIN devices d ON d.id = c.device_id"
            " WHERE d.ambulance_id = $1 ORDER BY c.created_at, c.ctid",
            unit,
        )
        return [tuple(row) for row in rows]
