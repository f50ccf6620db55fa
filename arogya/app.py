"""The composition root: builds one hub process out of its settings, runs it, and takes it apart in order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
import uvloop

from arogya import composition, logs, posting, readiness
from arogya.composition import Pools
from arogya.config import Settings
from arogya.exits import DRAINED, FAILED, STOPPED
from handlers import application, metrics, server
from handlers.context import HubContext
from handlers.device_socket import device_socket
from handlers.health import database_checks, is_ready
from handlers.live_socket import live_socket
from handlers.static import add_pages
from hub.audit.trail import AuditTrail
from hub.bus.bus import DEAF_S, Bus
from hub.changes import Changes
from hub.clock import Clock
from hub.exchange import meter
from hub.exchange.exchange import DRAIN, FleetExchange, Leave
from hub.housekeeping import Housekeeping
from hub.ingest.intake import Intake
from hub.ingest.sightings import Sightings
from hub.live.board import FleetBoard
from hub.live.directory import Directory, judged_by
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub
from hub.loop_lag import observe
from hub.mail.post import Post
from hub.metrics import Metrics
from storage.errors import StorageError, forgotten
from storage.events import ALARMS
from storage.listen import Listener
from storage.passwords import Passwords
from storage.pool import READER

_LOG = structlog.get_logger(__name__)
ANSWERING_S = 0.1  # whoever was let in last is answered as before
INGEST_SILENT_S = 5.0  # without a batch going through: not ready


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts of one hub process."""

    board: FleetBoard
    intake: Intake
    live: LiveHub
    changes: Changes
    alarms: EventReader
    housekeeping: Housekeeping
    sightings: Sightings
    listener: Listener
    bus: Bus
    exchange: FleetExchange
    audit: AuditTrail
    post: Post
    observe: Callable[[], Iterable[Coroutine[None, None, None]]]  # what keeps the metrics
    is_ready: Callable[[], Awaitable[bool]]  # whether it should get work


def run(settings: Settings, listen_fd: int, metrics_fd: int | None, *, ready_fd: int | None = None) -> int:
    """Serve on bound sockets until SIGTERM, SIGINT or a word of another hub; returns the exit status.

    Says on `ready_fd` when it is ready.
    """
    logs.configure(settings.logging.level, settings.logging.format)
    composition.require_extensions()
    calm_collector()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        try:
            return runner.run(_main(settings, listen_fd, metrics_fd, ready_fd))
        except StorageError as error:  # only a start ends so: what runs waits until the database is back
            _LOG.error("the hub cannot start", reason=str(error))
            return FAILED


def calm_collector() -> None:
    """Let the garbage collector look less often, and never at what was loaded at the start.

    Rows and frames are freed by their reference counts; the collector finds next to nothing, and with thousands of
    connections each of its full rounds held the event loop up for tens of milliseconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


async def _main(settings: Settings, listen_fd: int, metrics_fd: int | None, ready_fd: int | None) -> int:
    stop, status = asyncio.Event(), STOPPED

    def leave(how: str) -> None:
        nonlocal status
        status = DRAINED if how == DRAIN else STOPPED
        stop.set()

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_complain)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    serving = serving_hub(settings, listen_fd, metrics_fd, leave=leave)
    async with serving as (hub, running), asyncio.TaskGroup() as announcing:
        telling = None if ready_fd is None else announcing.create_task(readiness.announce(hub.is_ready, ready_fd))
        await _first(stop, running)
        if telling is not None:
            telling.cancel()
    return status


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not forgotten(context):
        loop.default_exception_handler(context)


def _stay(_how: str) -> None:
    """Pass over what another hub asks for."""


@asynccontextmanager
async def serving_hub(
    settings: Settings, listen_fd: int, metrics_fd: int | None, *, leave: Leave = _stay
) -> AsyncIterator[tuple[Hub, asyncio.Task[None]]]:
    """Serve as long as the block lasts, then drain; yields the parts, and the task that ends only when one fails.

    `leave` is called when another hub, or somebody at a command line, wants this one to go.
    """
    async with AsyncExitStack() as stack:
        pools = await stack.enter_async_context(composition.pools(settings))
        counted = Metrics()
        hub, context = await _compose(settings, pools, counted, leave)
        await hub.changes.read_everything()
        running = await stack.enter_async_context(_running(hub))
        stack.push_async_callback(hub.audit.drain, settings.server.shutdown_s / 4)  # when everything has been answered
        site = await stack.enter_async_context(
            server.serving(
                application.build(context),
                socket.socket(fileno=os.dup(listen_fd)),
                composition.server_limits(settings),
                tls=_tls(settings),
            )
        )
        if metrics_fd is not None:
            listener = socket.socket(fileno=os.dup(metrics_fd))
            built = metrics.build(counted, settings.server.metrics_token)
            await stack.enter_async_context(server.serving(built, listener))
        _LOG.info("hub serves", port=settings.server.port)
        yield hub, running
        _LOG.info("hub stops")
        for accepting in list(site.sites):
            await accepting.stop()
        await asyncio.sleep(ANSWERING_S)
        await _drain(hub, settings.server.shutdown_s)


async def _compose(settings: Settings, pools: Pools, counted: Metrics, leave: Leave) -> tuple[Hub, HubContext]:
    clock = Clock()
    board = FleetBoard(tombstones_max=settings.live.tombstones)
    intake = Intake(
        pools.ingest,
        board,
        clock,
        counted,
        rules=composition.intake_rules(settings),
        credit_rules=composition.credit_rules(settings),
    )
    housekeeping = Housekeeping(pools.owner, clock, composition.retention_rules(settings))
    intake.use_writers(composition.writers(settings, intake.batch_settled, housekeeping.ensure_partitions))
    alarms = EventReader(EventChannel(ALARMS), pools.reader)
    directory = Directory(board.channel, judged_by(pools.reader), intake.fleet.read_unit, [alarms.channel])
    live = LiveHub(directory, clock, counted, composition.live_rules(settings))
    changes = Changes(pools.reader, pools.app, intake=intake, live=live, channels=[alarms])
    listener = Listener(composition.dsn_of(settings), changes.heard, changes.missed, role=READER)
    bus = composition.bus(settings)
    databases = pools.reader, pools.app
    exchange = FleetExchange(bus, intake, changes, databases=databases, leave=leave, tick_s=settings.nodes.tick_s)
    bus.listen(exchange, composition.describe(settings, clock, intake, live))
    intake.tell(exchange)
    changes.tell(exchange)
    audit = AuditTrail(pools.app, clock, counted)
    post = posting.post(settings, pools.app, clock)
    tile_url = settings.map.tile_url
    context = HubContext(
        reader=pools.reader,
        app=pools.app,
        passwords=Passwords(threads=settings.auth.password_threads),
        board=board,
        clock=clock,
        metrics=counted,
        settings=composition.http_settings(settings, cursor_key=composition.cursor_key(settings)),
        device_socket=device_socket(intake, send_buffer_bytes=settings.live.socket_bytes),
        live_socket=live_socket(live, send_buffer_bytes=settings.live.socket_bytes),
        ready_checks=(*await database_checks(pools.reader), ("ingest", partial(_check_ingest, intake))),
        degraded_checks=(("bus", partial(_check_bus, bus)),) if settings.nodes.redis_url else (),
        bus=bus if settings.nodes.redis_url else None,
        add_pages=partial(add_pages, tile_origin=None if tile_url is None else _origin(tile_url)),
        read_audit=audit.queue,
        post=post,
    )

    def observing() -> Iterable[Coroutine[None, None, None]]:
        return observe(clock, counted), meter.observe(bus, counted)

    ready = partial(is_ready, context.ready_checks)
    sightings = Sightings(pools.app, intake.roster, clock)
    return (
        Hub(
            board,
            intake,
            live,
            changes,
            alarms,
            housekeeping,
            sightings,
            listener,
            bus,
            exchange,
            audit,
            post,
            observing,
            ready,
        ),
        context,
    )


@asynccontextmanager
async def _running(hub: Hub) -> AsyncIterator[asyncio.Task[None]]:
    """Run the hub's tasks; the yielded task ends only when one of them fails."""

    async def together() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hub.intake.run())
            changes = (hub.changes.run(), hub.changes.rights.patrol(), hub.listener.run(), hub.alarms.run())
            others = (hub.bus.run(), hub.exchange.run(), hub.sightings.run(), hub.post.run(), hub.audit.run())
            for rounds in (hub.live.run(), hub.housekeeping.run(), *others, *hub.observe(), *changes):
                tasks.create_task(rounds)

    async with asyncio.TaskGroup() as owner:
        task = owner.create_task(together())
        try:
            yield task
        finally:
            task.cancel()


async def _first(stop: asyncio.Event, running: asyncio.Task[None]) -> None:
    """Wait for a signal, or for a task that fails: then the process ends, and the supervisor starts another."""
    async with asyncio.TaskGroup() as waiting:
        stopped = waiting.create_task(stop.wait())
        await asyncio.wait((stopped, running), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()


async def _drain(hub: Hub, shutdown_s: float) -> None:
    """Store and ack what was taken, then send devices and viewers to another hub."""
    async with asyncio.TaskGroup() as leaving:
        leaving.create_task(hub.intake.drain(shutdown_s * 0.6))
        leaving.create_task(hub.live.drain(min(2.0, shutdown_s / 4)))


async def _check_ingest(intake: Intake) -> str | None:
    if intake.draining:
        return "this hub is going away"
    since = intake.failing_since
    silent_s = 0.0 if since is None else asyncio.get_running_loop().time() - since
    return None if silent_s < INGEST_SILENT_S else f"no batch has been stored for {silent_s:.0f} s"


async def _check_bus(bus: Bus) -> str | None:
    return f"this hub has not heard the other hubs for {bus.deaf_s + DEAF_S:.0f} s" if bus.deaf_s else None


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.server.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(settings.server.tls_certificate, settings.server.tls_key)
    return context


def _origin(tile_url: str) -> str:
    parts = urlsplit(tile_url)
    return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")
