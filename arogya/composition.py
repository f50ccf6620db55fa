"""From settings to the plain values that each part of a hub takes."""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from arogya import posting
from arogya.config import Settings
from handlers import capacity
from handlers.context import HttpSettings, MapSettings
from handlers.server import ServerLimits
from hub.bus.bus import PROTOCOL, Bus, Peer
from hub.bus.memory import MemoryBus
from hub.clock import Clock
from hub.housekeeping import RetentionRules
from hub.ingest.credit import CreditRules
from hub.ingest.intake import Intake, IntakeRules
from hub.live.hub import LiveHub, LiveRules
from storage.copy_writer import BatchReport, CopyWriter, FlushRules
from storage.pool import APP, INGEST, INGEST_SETTINGS, OWNER, READER, Database, connect

DISPATCH_CONNECTIONS = 5  # three offers at once, its lease, its advice
POOL_CLOSE_S = 1.0  # nobody uses the pools any more; whatever has not said goodbye by then is cut
# Without these aiohttp and msgpack fall back to Python and lose an order of magnitude without a word.
EXTENSIONS = ("aiohttp._http_parser", "aiohttp._websocket.reader_c", "aiohttp._websocket.mask", "msgpack._cmsgpack")


class ExtensionMissing(RuntimeError):
    """A C extension that the hub's speed rests on is not there."""


class Pools(NamedTuple):
    """Connections, a pool for each database role."""

    ingest: Database
    reader: Database
    app: Database
    owner: Database
    dispatch: Database  # as app; its own, so that timers run whatever people ask for


def require_extensions() -> None:
    """Raise `ExtensionMissing` when a C extension is missing."""
    for name in EXTENSIONS:
        try:
            importlib.import_module(name)
        except ImportError:
            raise ExtensionMissing(f"{name} is missing: install the wheels of aiohttp and msgpack") from None


def dsn_of(settings: Settings) -> str:
    """Return the database's address, which the supervisor has filled in where it was not set."""
    if settings.database.url is None:
        raise ValueError("database.url is not set")
    return settings.database.url


@asynccontextmanager
async def pools(settings: Settings) -> AsyncIterator[Pools]:
    """Open a pool for each role, and close them all at once: a server that hangs must not hold up a stop four times."""
    database, dsn = settings.database, dsn_of(settings)
    opened: list[Database] = []
    try:

        async def open_one(role: str, size: int, timeout_s: float) -> Database:
            pool = await Database.open(
                dsn,
                role=role,
                size=size,
                command_timeout_s=timeout_s,
                acquire_timeout_s=database.acquire_timeout_s,
                settings=INGEST_SETTINGS if role == INGEST else None,
            )
            opened.append(pool)
            return pool

        yield Pools(
            await open_one(INGEST, 4, database.command_timeout_s),
            await open_one(READER, database.reader_connections, database.command_timeout_s),
            await open_one(APP, database.app_connections, database.command_timeout_s),
            await open_one(OWNER, 1, 600.0),
            await open_one(APP, DISPATCH_CONNECTIONS, database.command_timeout_s),
        )
    finally:
        async with asyncio.TaskGroup() as closing:
            for pool in opened:
                closing.create_task(pool.close(POOL_CLOSE_S))


def writers(
    settings: Settings, on_settled: Callable[[BatchReport], None], repair: Callable[[set[date]], Awaitable[None]]
) -> list[CopyWriter]:
    """Return the copy writers, each with a connection of its own."""
    ingest, dsn = settings.ingest, dsn_of(settings)
    rules = FlushRules(
        flush_s=ingest.flush_s,
        flush_bytes=ingest.flush_bytes,
        flush_rows=ingest.flush_rows,
        batch_bytes_max=ingest.batch_bytes,
        timeout_s=ingest.commit_timeout_s,
    )

    open_connection = partial(
        connect, dsn, role=INGEST, command_timeout_s=ingest.commit_timeout_s, settings=INGEST_SETTINGS
    )
    die = _exit_after_commit if ingest.failpoint == "exit_after_commit" else None
    return [
        CopyWriter(open_connection, rules, on_settled=on_settled, repair_partitions=repair, after_commit=die)
        for _ in range(ingest.writers)
    ]


def _exit_after_commit() -> None:
    os._exit(86)


def intake_rules(settings: Settings) -> IntakeRules:
    """Return the bounds of device connections."""
    ingest = settings.ingest
    return IntakeRules(
        hello_s=ingest.hello_s,
        heartbeat_s=ingest.heartbeat_s,
        message_bytes=ingest.message_bytes,
        strikes=ingest.strikes,
        live_hints_per_s=ingest.live_hints_per_s,
        location_s=ingest.location_s,
        sessions_max=settings.limits.sockets,
    )


def credit_rules(settings: Settings) -> CreditRules:
    """Return the bounds of credit."""
    return CreditRules(budget_samples=settings.ingest.budget_samples, high_samples=settings.ingest.credit_samples)


def live_rules(settings: Settings) -> LiveRules:
    """Return the numbers that viewers depend on."""
    live = settings.live
    return LiveRules(
        tick_s=live.tick_s,
        heartbeat_s=live.heartbeat_s,
        slow_s=live.slow_s,
        sockets_per_user=settings.limits.sockets_per_user,
        viewers_max=settings.limits.sockets,
        subscriptions_max=live.subscriptions,
    )


def retention_rules(settings: Settings) -> RetentionRules:
    """Return how long telemetry is kept."""
    retention = settings.retention
    return RetentionRules(
        positions_days=retention.ambulance_positions_days,
        motion_days=retention.motion_frames_days,
        dead_letters_days=retention.dead_letters_days,
        sessions_days=retention.sessions_days,
        events_days=retention.channel_events_days,
        ahead_days=retention.partitions_ahead_days,
    )


def bus(settings: Settings) -> Bus:
    """Return this hub's end of what carries words between hubs; without a Redis, there are no others."""
    nodes = settings.nodes
    name = nodes.name or socket.gethostname()
    if nodes.redis_url is None:
        return MemoryBus(name)
    if nodes.secret is None:
        raise ValueError("nodes.secret is not set")
    from hub.bus.relay import RedisBus  # a hub alone does not wait for the library

    return RedisBus(name, nodes.redis_url, nodes.secret)


def describe(settings: Settings, clock: Clock, intake: Intake, live: LiveHub) -> Callable[[], Peer]:
    """Return what a hub says about itself to the others; the bus fills in what it knows better."""
    scheme = "http" if settings.server.tls_certificate is None else "https"
    host = socket.gethostname()
    said = Peer(
        node=settings.nodes.name or host,
        epoch="",
        protocol=PROTOCOL,
        version=version("arogya-hub"),
        host=host,
        pid=os.getpid(),
        url=f"{scheme}://{settings.server.host}:{settings.server.port}",
        started_at=clock.now_us(),
        devices=0,
        viewers=0,
        state="serving",
        lag_s=0.0,
        said_at=0,
    )

    def about() -> Peer:
        state = "draining" if intake.draining else "serving"
        return said._replace(devices=len(intake.roster), viewers=len(live), state=state)

    return about


def cursor_key(settings: Settings) -> bytes:
    """Return the key of list cursors: the same on all nodes, and none (they end with the process) without a secret."""
    if settings.nodes.secret is None:
        return b""
    return hashlib.blake2s(settings.nodes.secret.encode(), person=b"cursors").digest()


def server_limits(settings: Settings) -> ServerLimits:
    """Return what one HTTP connection may cost."""
    return ServerLimits(
        keepalive_s=settings.limits.header_s,
        backlog=settings.server.backlog,
        shutdown_s=settings.server.shutdown_s / 3,
        connections=capacity.raise_descriptor_limit(),
    )


def http_settings(settings: Settings, *, cursor_key: bytes) -> HttpSettings:
    """Return every number and name that HTTP depends on."""
    auth, limits, chosen = settings.auth, settings.limits, settings.map
    center = None
    if chosen.latitude is not None and chosen.longitude is not None:
        center = (chosen.latitude, chosen.longitude)
    return HttpSettings(
        origins=origins(settings),
        cors_origins=frozenset(settings.server.cors_origins),
        trusted_proxies=settings.server.trusted_proxies,
        cursor_key=cursor_key,
        map=MapSettings(
            tile_url=chosen.tile_url,
            attribution=chosen.attribution,
            center=center,
            zoom=None if chosen.zoom is None else round(chosen.zoom),
            roads=None if chosen.roads is None else Path(chosen.roads),
        ),
        page_rows_max=limits.page_rows,
        care_days=auth.care_days,
        body_bytes_max=limits.body_bytes,
        body_timeout_s=limits.body_s,
        web_session_s=auth.session_s,
        access_s=auth.access_s,
        refresh_s=auth.refresh_s,
        ticket_s=auth.ticket_s,
        claim_s=auth.claim_s,
        rotation_overlap_s=auth.rotation_overlap_s,
        sessions_per_user=auth.sessions_per_user,
        totp_required=auth.totp != "off",
        workstation_s=auth.workstation_s,
        bypass_s=auth.bypass_s,
        activation_s=auth.activation_s,
        link_origin=posting.link_origin(settings),
        sign_ins_per_min=limits.login_per_minute,
        sign_ins_per_network_per_min=limits.login_per_network_per_minute,
        registrations_per_network_per_min=limits.strangers_per_minute,
        codes_per_hour=limits.codes_per_hour,
        refusals_per_network_per_min=limits.refusals_per_minute,
        api_per_s=limits.api_per_s,
        api_burst=limits.api_burst,
        metrics_token=settings.server.metrics_token,
    )


def origins(settings: Settings) -> frozenset[str]:
    """Return where browsers may come from: the given origins, and the hub's own on this machine."""
    server = settings.server
    scheme = "http" if server.tls_certificate is None else "https"
    own = {f"{scheme}://{name}:{server.port}" for name in ("127.0.0.1", "localhost", "[::1]")}
    return frozenset(own | set(server.public_origins) | set(server.cors_origins))
