"""Hubs that take the posts of trackers, on a real database, and trackers that post to them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import asyncpg

from handlers.context import HttpSettings
from hub.access import tokens
from hub.clock import Clock
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.board import FleetBoard
from hub.metrics import Metrics
from hub.trackers.uplink import Trackers
from storage.copy_writer import CopyWriter, FlushRules
from storage.pool import APP, INGEST, INGEST_SETTINGS, Database, connect
from tests.handlers.rig import SETTINGS, Answer, Hub, running

JSON = {"Content-Type": "application/json"}


@dataclass
class Station:
    """A hub whose trackers are taken, and the parts that a test looks at."""

    hub: Hub
    intake: Intake
    board: FleetBoard
    metrics: Metrics

    def counted(self, protocol: str, result: str) -> float:
        """Return how often something was the result of a post."""
        name, labels = "hub_tracker_posts_total", {"protocol": protocol, "result": result}
        return self.metrics.registry.get_sample_value(name, labels) or 0.0


@asynccontextmanager
async def station(
    dsn: str, *, settings: HttpSettings = SETTINGS, stored_s: float = 5.0, clock: Clock | None = None
) -> AsyncIterator[Station]:
    """Run a hub with one writer until the block ends."""
    ingest = await Database.open(dsn, role=INGEST, size=3, command_timeout_s=5)
    app = await Database.open(dsn, role=APP, size=2, command_timeout_s=5)
    board, metrics, clock = FleetBoard(), Metrics(), clock or Clock()
    intake = Intake(ingest, board, clock, metrics, rules=IntakeRules(restart_spread_s=0.0), credit_rules=CreditRules())

    async def nothing(_days: set[date]) -> None:
        return None

    async def open_connection() -> Any:
        return await connect(dsn, role=INGEST, command_timeout_s=5, settings=INGEST_SETTINGS)

    settled: dict[str, Any] = {"on_settled": intake.batch_settled, "repair_partitions": nothing}
    intake.use_writers([CopyWriter(open_connection, FlushRules(flush_s=0.01), **settled)])
    parts: dict[str, Any] = {
        "board": board,
        "metrics": metrics,
        "trackers": Trackers(intake, ingest, app, stored_s=stored_s),
    }
    try:
        async with running(dsn, settings=settings, clock=clock, **parts) as hub, asyncio.TaskGroup() as tasks:
            tasks.create_task(intake.run())
            await asyncio.sleep(0)
            try:
                yield Station(hub, intake, board, metrics)
            finally:
                if not intake.draining:
                    await intake.drain(4.0)
    finally:
        await ingest.close()
        await app.close()


@dataclass(frozen=True)
class Posting:
    """A tracker with its secret."""

    device_id: int
    ambulance_id: int | None
    secret: str

    @property
    def link(self) -> str:
        """Where Traccar Client posts to."""
        return f"/track/{self.secret}"

    @property
    def basic(self) -> dict[str, str]:
        """How OwnTracks says who it is."""
        packed = base64.b64encode(f"{self.device_id}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {packed}", **JSON}

    def with_secret(self, secret: str) -> Posting:
        """Return the same with another secret."""
        return replace(self, secret=secret)


async def add_tracker(
    connection: asyncpg.Connection[asyncpg.Record], protocol: str = "traccar", *, is_mounted: bool = True
) -> Posting:
    """Store a tracker in an ambulance of its own, or in none."""
    ambulance_id = None
    if is_mounted:
        ambulance_id = await connection.fetchval(
            "INSERT INTO ambulances (plate_number) VALUES ('T-' || nextval('ambulances_id_seq')) RETURNING id"
        )
    device_id = await connection.fetchval(
        "INSERT INTO devices (kind, name, ambulance_id, protocol) VALUES ('tablet', 'phone', $1, $2) RETURNING id",
        *(ambulance_id, protocol),
    )
    secret = tokens.new_token()
    await connection.execute(
        "INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", tokens.digest(secret), device_id
    )
    return Posting(device_id, ambulance_id, secret)


async def stored(connection: asyncpg.Connection[asyncpg.Record], posting: Posting) -> list[tuple[Any, ...]]:
    """Return what is stored of a tracker's fixes: number, latitude, longitude, flags."""
    rows = await connection.fetch(
        "SELECT p.seq, p.latitude, p.longitude, p.flags FROM ambulance_positions p JOIN streams s ON s.id = p.stream_id"
        " WHERE s.device_id = $1 ORDER BY p.seq",
        posting.device_id,
    )
    return [tuple(row) for row in rows]


async def say(station: Station, posting: Posting, **pairs: Any) -> Answer:
    """Post a fix as Traccar Client up to 8 does."""
    params = {name: str(value) for name, value in {"id": "7", **pairs}.items()}
    return await station.hub.call("POST", posting.link, params=params)
