"""The world of the access tests in a database, behind a running hub, with a credential for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import asyncpg

from handlers.device_socket import device_socket
from handlers.live_socket import live_socket
from handlers.server import ServerLimits
from hub.access import tokens
from hub.changes import Changes
from hub.clock import Clock
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.deliveries import Deliveries
from hub.live.directory import Directory, judged_by
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub, LiveRules
from hub.live.inboxes import Inboxes
from hub.live.physio import Physio
from hub.live.requests import Requests
from hub.metrics import Metrics
from storage.events import ALARMS, DISPATCH
from storage.pool import APP, READER, Database
from tests.access.people import AMBULANCES, DEVICES, PEOPLE, mark, uid
from tests.access.rows import Row
from tests.access.world import World, build
from tests.handlers.rig import Hub, running

LIMITS = ServerLimits(keepalive_s=60.0, lingering_s=0.2, shutdown_s=2.0)
RULES = LiveRules(tick_s=0.02, slow_s=2.0, heartbeat_s=20.0, sockets_per_user=5, subscriptions_max=64)


@dataclass
class Stage:
    """What the access tests ask."""

    hub: Hub
    world: World
    db: asyncpg.Connection[asyncpg.Record]  # a superuser's, to check and to put things back
    live: LiveHub
    directory: Directory
    board: FleetBoard
    changes: Changes
    tokens: dict[str, str] = field(default_factory=dict)  # by name


@asynccontextmanager
async def staged(dsn: str) -> AsyncIterator[Stage]:
    """Store the world in an empty database and run a hub on it."""
    world = build()
    db = await asyncpg.connect(dsn)
    told = await Database.open(dsn, role=READER, size=2, command_timeout_s=5)
    app = await Database.open(dsn, role=APP, size=4, command_timeout_s=5)
    try:
        world = await store(db, world)
        board, clock, metrics = _board(), Clock(), Metrics()
        intake = Intake(app, board, clock, metrics, rules=IntakeRules(), credit_rules=CreditRules())
        alarms = EventReader(EventChannel(ALARMS), told)
        dispatch = EventReader(EventChannel(DISPATCH), told)
        deliveries = Deliveries(app, clock)
        inboxes, requests = Inboxes(told, deliveries), Requests(told)
        learn, to_many = intake.fleet.read_unit, [alarms.channel, dispatch.channel]
        physio = Physio(told, intake.motion, clock)
        directory = Directory(
            board.channel, judged_by(app), learn, to_many, inboxes=inboxes, requests=requests, physio=physio
        )
        live = LiveHub(directory, clock, metrics, RULES)
        changes = Changes(app, app, intake=intake, live=live, channels=[alarms, dispatch], watched=[inboxes, requests])
        async with asyncio.TaskGroup() as tasks:
            shown = tasks.create_task(live.run())
            reading = (each.run() for each in (alarms, dispatch, inboxes, requests, physio, deliveries))
            rounds = [tasks.create_task(work) for work in (changes.rights.patrol(), *reading)]
            async with running(
                dsn, limits=LIMITS, board=board, live_socket=live_socket(live), device_socket=device_socket(intake)
            ) as hub:
                yield Stage(hub, world, db, live, directory, board, changes, await sign_in(db, world))
                async with asyncio.timeout(10):
                    await live.drain(0.0)
            await shown
            for work in rounds:
                work.cancel()
    finally:
        await app.close()
        await told.close()
        await db.close()


def _board() -> FleetBoard:
    board = FleetBoard()
    for name, number in AMBULANCES.items():
        board.upsert_unit(Unit(number, mark(name, "plate_number"), mark(name, "driver_name"), "available"))
        board.move(number, LiveFix(48.0, 11.0, 1.0, 2.0, 3.0, 17))
    return board


async def store(db: asyncpg.Connection[asyncpg.Record], world: World) -> World:
    """Store every row; return the world with those that the database makes: what sensors measured, days of plans."""
    for table, found in groupby(world.rows, key=lambda row: row.table):
        for columns, alike in groupby(found, key=lambda row: tuple(row.values)):
            await _insert(db, table, columns, alike)
    readings = []
    for session in world.of("physio_sessions"):
        if session["status"] in ("in_progress", "completed") or session.name == "glass-session":
            key = await db.fetchval(
                "INSERT INTO joint_motion_logs (session_id, joint, angle) VALUES ($1, $2, 45) RETURNING id",
                session.id,
                session["joint"],
            )
            values = {"id": key, "session_id": session.id, "joint": session["joint"], "angle": 45.0}
            readings.append(Row("joint_motion_logs", f"{session.name}-reading", values))
    days = [
        Row("rehab_days", f"{day['plan_id']}-{day['day']}", dict(day))
        for day in await db.fetch("SELECT id, plan_id, day FROM rehab_days")
    ]
    return World(world.now, (*world.rows, *readings, *days))


async def _insert(
    db: asyncpg.Connection[asyncpg.Record], table: str, columns: Iterable[str], rows: Iterable[Row]
) -> None:
    names = tuple(columns)
    places = ", ".join(f"${place}" for place in range(1, len(names) + 1))
    if table == "rehab_progress":  # made with its plan: it only gets the id that is known here
        await db.executemany(
            "UPDATE rehab_progress SET id = $1 WHERE plan_id = $2", [(row.id, row["plan_id"]) for row in rows]
        )
        return
    await db.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - names of the tests' own
        [tuple(row[name] for name in names) for row in rows],
    )


async def sign_in(db: asyncpg.Connection[asyncpg.Record], world: World) -> dict[str, str]:
    """Give everybody a credential; some do not count any more."""
    made = {name: tokens.new_token() for name in (*PEOPLE, *DEVICES)}
    hour = timedelta(hours=1)
    sessions: list[tuple[Any, ...]] = []
    keys: list[tuple[Any, ...]] = []
    for name, person in PEOPLE.items():
        ends = world.now + (-hour if name == "expired" else hour)
        sessions.append((session_of(name), person.id, "app", world.now - 2 * hour, ends, mark(name, "user_agent")))
        keys.append((tokens.digest(made[name]), session_of(name), "access", world.now - 2 * hour, ends))
    await db.executemany(
        "INSERT INTO sessions (id, user_id, client, created_at, expires_at, user_agent)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        sessions,
    )
    await db.executemany(
        "INSERT INTO session_tokens (hash, session_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)", keys
    )
    secrets = [(tokens.digest(made[device.name]), device.number) for device in DEVICES.values()]
    await db.executemany("INSERT INTO device_secrets (hash, device_id) VALUES ($1, $2)", secrets)
    return made


def session_of(name: str) -> UUID:
    """Return the id of somebody's sign-in."""
    return uid(f"{name}-sign-in")
