"""The parts of one hub process, put together out of its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from arogya import composition, dispatching, exercising, posting
from arogya.composition import Pools
from arogya.config import Settings
from arogya.dispatching import Dispatching, Surroundings
from arogya.exercising import Exercising
from arogya.outside import Outside
from handlers.context import HubContext
from handlers.device_socket import device_socket
from handlers.health import database_checks, is_ready
from handlers.live_socket import live_socket
from handlers.static import add_pages
from hub.audit.trail import AuditTrail
from hub.bus.bus import DEAF_S, Bus
from hub.changes import Changes
from hub.clock import Clock
from hub.dispatch.crew import Crew
from hub.dispatch.desk import Desk
from hub.dispatch.policy import DispatchPolicy
from hub.exchange import meter
from hub.exchange.exchange import FleetExchange, Leave
from hub.exchange.physio import PhysioRelay
from hub.housekeeping import Housekeeping
from hub.ingest.intake import Intake
from hub.ingest.sightings import Sightings
from hub.live.board import FleetBoard
from hub.live.deliveries import Deliveries
from hub.live.directory import Directory, judged_by
from hub.live.event_reader import EventReader
from hub.live.events import EventChannel
from hub.live.hub import LiveHub
from hub.live.inboxes import Inboxes
from hub.live.physio import Physio
from hub.live.requests import Requests
from hub.loop_lag import observe
from hub.mail.post import Post
from hub.metrics import Metrics
from hub.motion.sessions import Sensors
from hub.trackers.uplink import Trackers
from storage.events import ALARMS, DISPATCH
from storage.listen import Listener
from storage.passwords import Passwords
from storage.pool import READER

INGEST_SILENT_S = 5.0  # without a batch going through: not ready


async def _unknown() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The parts of one hub process."""

    clock: Clock
    board: FleetBoard
    intake: Intake
    live: LiveHub
    changes: Changes
    alarms: EventReader
    dispatch: EventReader  # of the channel of dispatchers
    inboxes: Inboxes
    requests: Requests
    physio: Physio  # the sessions that somebody watches
    deliveries: Deliveries
    housekeeping: Housekeeping
    sightings: Sightings
    listener: Listener
    bus: Bus
    exchange: FleetExchange
    audit: AuditTrail
    post: Post
    policy: DispatchPolicy
    dispatching: Dispatching
    exercising: Exercising
    observe: Callable[[], Iterable[Coroutine[None, None, None]]]  # what keeps the metrics
    is_ready: Callable[[], Awaitable[bool]] = _unknown  # whether it should get work

    def rounds(self) -> Iterable[Coroutine[None, None, None]]:
        """Return everything that runs beside the intake until the hub ends."""
        changes = (self.changes.run(), self.changes.rights.patrol(), self.listener.run())
        told = (self.alarms.run(), self.dispatch.run(), self.inboxes.run(), self.requests.run(), self.physio.run())
        people = (self.deliveries.run(), self.post.run(), self.audit.run())
        others = (self.bus.run(), self.exchange.run(), self.sightings.run(), self.housekeeping.run())
        kept = (self.dispatching.engine.run(), self.exercising.keeper.run(), self.exercising.rehab.run())
        return (self.live.run(), *changes, *told, *people, *others, *kept, *self.observe())


async def assemble(
    settings: Settings, pools: Pools, counted: Metrics, outside: Outside, leave: Leave
) -> tuple[Hub, HubContext]:
    """Build the parts of a hub, none of which runs yet, and what its handlers work with."""
    parts = _parts(settings, pools, counted, outside, leave)
    tile_url = settings.map.tile_url
    context = HubContext(
        reader=pools.reader,
        app=pools.app,
        passwords=Passwords(threads=settings.auth.password_threads),
        board=parts.board,
        clock=parts.clock,
        metrics=counted,
        settings=composition.http_settings(settings, cursor_key=composition.cursor_key(settings)),
        device_socket=device_socket(parts.intake, send_buffer_bytes=settings.live.socket_bytes),
        live_socket=live_socket(parts.live, send_buffer_bytes=settings.live.socket_bytes),
        ready_checks=(*await database_checks(pools.reader), ("ingest", partial(_check_ingest, parts.intake))),
        degraded_checks=(("bus", partial(_check_bus, parts.bus)),) if settings.nodes.redis_url else (),
        bus=parts.bus if settings.nodes.redis_url else None,
        add_pages=partial(add_pages, tile_origin=None if tile_url is None else _origin(tile_url)),
        read_audit=parts.audit.queue,
        deliveries=parts.deliveries,
        post=parts.post,
        policy=parts.policy,
        geocoder=outside.geocoder,
        advising=parts.dispatching.advisor,
        trackers=Trackers(parts.intake, pools.ingest, pools.app),
    )
    return replace(parts, is_ready=partial(is_ready, context.ready_checks)), context


def _parts(settings: Settings, pools: Pools, counted: Metrics, outside: Outside, leave: Leave) -> Hub:
    clock, policy = Clock(), dispatching.policy(settings)
    housekeeping = Housekeeping(pools.owner, clock, composition.retention_rules(settings))
    intake = _intake(settings, pools, counted, clock)
    intake.use_crews(Crew(Desk(pools.app, clock, policy), pools.app, clock))
    intake.use_writers(composition.writers(settings, intake.batch_settled, housekeeping.ensure_partitions))
    board = intake.board
    alarms, dispatch = (EventReader(EventChannel(name), pools.reader) for name in (ALARMS, DISPATCH))
    deliveries = Deliveries(pools.app, clock)
    inboxes, requests = Inboxes(pools.reader, deliveries), Requests(pools.reader)
    told, learn, judge = [alarms.channel, dispatch.channel], intake.fleet.read_unit, judged_by(pools.reader)
    audit = AuditTrail(pools.app, clock, counted)
    care_days = settings.auth.care_days
    physio = Physio(pools.reader, intake.motion, clock, care_days=care_days, audit=audit.queue, metrics=counted)
    directory = Directory(board.channel, judge, learn, told, inboxes=inboxes, requests=requests, physio=physio)
    live = LiveHub(directory, clock, counted, composition.live_rules(settings))
    changes = Changes(
        pools.reader, pools.app, intake=intake, live=live, channels=[alarms, dispatch], watched=[inboxes, requests]
    )
    bus = composition.bus(settings)
    exchange = _exchange(settings, pools, bus, intake, changes, leave)
    exchange.carry(PhysioRelay(bus, clock, physio, intake.motion, tick_s=settings.nodes.tick_s))
    bus.listen(exchange, composition.describe(settings, clock, intake, live))
    around = Surroundings(pools.reader, pools.dispatch, board, clock, counted, exchange.is_connected)
    dispatched = dispatching.build(policy, outside.travel, around, name=bus.node)
    changes.wake(DISPATCH, dispatched.engine.wake)
    return Hub(
        clock=clock,
        board=board,
        intake=intake,
        live=live,
        changes=changes,
        alarms=alarms,
        dispatch=dispatch,
        inboxes=inboxes,
        requests=requests,
        physio=physio,
        deliveries=deliveries,
        housekeeping=housekeeping,
        sightings=Sightings(pools.app, intake.roster, clock),
        listener=Listener(composition.dsn_of(settings), changes.heard, changes.missed, role=READER),
        bus=bus,
        exchange=exchange,
        audit=audit,
        post=posting.post(settings, pools.app, clock),
        policy=policy,
        dispatching=dispatched,
        exercising=exercising.build(settings, pools, clock, counted, name=bus.node),
        observe=lambda: (observe(clock, counted), meter.observe(bus, counted)),
    )


def _intake(settings: Settings, pools: Pools, counted: Metrics, clock: Clock) -> Intake:
    board = FleetBoard(tombstones_max=settings.live.tombstones)
    intake_rules, credit_rules = composition.intake_rules(settings), composition.credit_rules(settings)
    intake = Intake(pools.ingest, board, clock, counted, rules=intake_rules, credit_rules=credit_rules)
    intake.use_sensors(Sensors(pools.app, clock))
    return intake


def _exchange(
    settings: Settings, pools: Pools, bus: Bus, intake: Intake, changes: Changes, leave: Leave
) -> FleetExchange:
    databases = pools.reader, pools.app
    exchange = FleetExchange(bus, intake, changes, databases=databases, leave=leave, tick_s=settings.nodes.tick_s)
    intake.tell(exchange)
    changes.tell(exchange)
    return exchange


async def _check_ingest(intake: Intake) -> str | None:
    if intake.draining:
        return "this hub is going away"
    since = intake.failing_since
    silent_s = 0.0 if since is None else asyncio.get_running_loop().time() - since
    return None if silent_s < INGEST_SILENT_S else f"no batch has been stored for {silent_s:.0f} s"


async def _check_bus(bus: Bus) -> str | None:
    return f"this hub has not heard the other hubs for {bus.deaf_s + DEAF_S:.0f} s" if bus.deaf_s else None


def _origin(tile_url: str) -> str:
    parts = urlsplit(tile_url)
    return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*")
