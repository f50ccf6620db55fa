"""The composition root: builds one hub process out of its settings, runs it, and takes it apart in order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
import uvloop

from arogya import certificate, composition, logs, outside, readiness
from arogya.assembly import Hub, assemble
from arogya.config import Settings
from arogya.exits import DRAINED, FAILED, STOPPED
from handlers import application, metrics, server
from hub.clock import Clock
from hub.exchange.exchange import DRAIN, Leave
from hub.metrics import Metrics
from hub.motion import compiled
from storage.errors import StorageError, forgotten

_LOG = structlog.get_logger(__name__)
ANSWERING_S = 0.1  # whoever was let in last is answered as before


def run(settings: Settings, listen_fd: int, metrics_fd: int | None, *, ready_fd: int | None = None) -> int:
    """Serve on bound sockets until SIGTERM, SIGINT or a word of another hub; returns the exit status.

    Says on `ready_fd` when it is ready.
    """
    logs.configure(settings.logging.level, settings.logging.format)
    composition.require_extensions()
    complaint = compiled.complaint(compiled.state())
    if complaint:
        _LOG.warning("the counter is not compiled", reason=complaint, remedy="see `arogya doctor`")
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
        foreign = await stack.enter_async_context(outside.outside(settings, Clock(), counted))
        hub, context = await assemble(settings, pools, counted, foreign, leave)
        await hub.changes.read_everything()
        running = await stack.enter_async_context(_running(hub))
        stack.push_async_callback(hub.audit.drain, settings.server.shutdown_s / 4)  # when everything has been answered
        site = await stack.enter_async_context(
            server.serving(
                application.build(context),
                socket.socket(fileno=os.dup(listen_fd)),
                composition.server_limits(settings),
                tls=await stack.enter_async_context(certificate.tls(settings)),
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


@asynccontextmanager
async def _running(hub: Hub) -> AsyncIterator[asyncio.Task[None]]:
    """Run the hub's tasks; the yielded task ends only when one of them fails."""

    async def together() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(hub.intake.run())
            for rounds in hub.rounds():
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
