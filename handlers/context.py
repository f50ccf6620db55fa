"""What the handlers work with: composed once at start, found under one typed key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from handlers.cursors import Cursors
from hub.access.limits import SharedRate
from hub.bus.bus import Bus
from hub.clock import Clock
from hub.dispatch.advisor import Advisor, by_lines
from hub.dispatch.crew import Crew
from hub.dispatch.desk import Desk
from hub.dispatch.geocoding import Geocoder
from hub.dispatch.policy import DispatchPolicy
from hub.live.board import FleetBoard
from hub.live.deliveries import Deliveries
from hub.mail.post import Post
from hub.metrics import Metrics
from hub.trackers.uplink import Trackers
from storage.audit_queue import AuditQueue
from storage.passwords import Passwords
from storage.pool import Database

ReadyCheck = Callable[[], Awaitable[str | None]]  # None when healthy, else a reason that is safe to show
SocketHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AddPages = Callable[[web.Application], None]  # adds the routes of the built web pages


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What the page draws below the ambulances."""

    tile_url: str | None = None  # template with {z}/{x}/{y}; None draws the offline backdrop
    attribution: str | None = None  # what the tiles' owner wants to be shown
    center: tuple[float, float] | None = None  # latitude, longitude
    zoom: int | None = None
    roads: Path | None = None  # a GeoJSON file


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """Every number and name that HTTP depends on, as plain values."""

    origins: frozenset[str] = frozenset()  # the Origins that browsers may come from, "https://hub.example"
    cors_origins: frozenset[str] = frozenset()  # whose pages may use the API from elsewhere; among `origins` too
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For counts
    cursor_key: bytes = b""  # MACs list cursors; the same on every node
    map: MapSettings = field(default_factory=MapSettings)
    page_rows_max: int = 200
    care_days: int = 90  # how long a doctor reads on after the last appointment or physio session
    body_bytes_max: int = 65_536
    body_timeout_s: float = 10.0
    web_session_s: float = 12 * 3_600.0  # one shift
    access_s: float = 15 * 60.0
    refresh_s: float = 30 * 86_400.0
    ticket_s: float = 30.0
    claim_s: float = 86_400.0  # of a device's claim code
    rotation_overlap_s: float = 86_400.0  # how long the secrets before a rotation still count
    sessions_per_user: int = 10
    totp_required: bool = False  # doctors, staff and administrators show a second factor
    workstation_s: float = 12 * 3_600.0  # how long a browser where it was shown is trusted: a shift
    bypass_s: float = 15 * 60.0  # life of a code that lets somebody in without their telephone
    activation_s: float = 86_400.0  # life of a one-use link
    link_origin: str = "http://127.0.0.1:8080"  # where one-use links lead
    issuer: str = "Arogya Hub"  # what authenticator apps show
    sign_ins_per_min: float = 5.0  # for one account from one network
    sign_ins_per_network_per_min: float = 60.0  # for all accounts from one network
    registrations_per_network_per_min: float = 10.0  # and forgotten passwords
    codes_per_hour: float = 20.0  # guesses at one user's code, whose password is known to who guesses
    refusals_per_network_per_min: float = 300.0  # credentials that do not count
    api_per_s: float = 20.0
    api_burst: float = 60.0
    metrics_token: str | None = None  # without it, /metrics answers loopback only


@dataclass(frozen=True, slots=True)
class HubContext:
    """Everything that a handler may use."""

    reader: Database  # may only read
    app: Database  # sessions, tickets, audit
    passwords: Passwords
    board: FleetBoard
    clock: Clock
    metrics: Metrics
    settings: HttpSettings
    device_socket: SocketHandler | None = None  # /ws/device
    live_socket: SocketHandler | None = None  # /ws/live
    ready_checks: tuple[tuple[str, ReadyCheck], ...] = ()
    degraded_checks: tuple[tuple[str, ReadyCheck], ...] = ()  # of what the hub can work without
    bus: Bus | None = None  # to the other hubs, where there are any
    add_pages: AddPages | None = None
    post: Post = field(default_factory=Post)  # e-mail; without it whoever invites somebody gets to see the link
    deliveries: Deliveries | None = None  # of what people list; None: each is stored before the answer
    read_audit: AuditQueue | None = None  # of what is read; None: each entry is stored before the answer
    policy: DispatchPolicy = field(default_factory=DispatchPolicy)  # what dispatch goes by
    geocoder: Geocoder | None = None  # beside our own places
    advising: Advisor | None = None  # chooses by the travel times that are configured; None: by straight lines
    trackers: Trackers | None = None  # takes what trackers post

    @property
    def desk(self) -> Desk:
        """What moves calls and assignments."""
        return Desk(self.app, self.clock, self.policy)

    @property
    def advisor(self) -> Advisor:
        """What suggests units for calls."""
        return self.advising or by_lines(self.reader, self.board, self.policy, self.clock, self.metrics)

    @property
    def crew(self) -> Crew:
        """What takes the reports of crews."""
        return Crew(self.desk, self.app, self.clock)


class Limits:
    """The rate limits that all hubs share."""

    def __init__(self, settings: HttpSettings, bus: Bus | None) -> None:
        self.api = SharedRate(bus, "api", per_s=settings.api_per_s, burst=settings.api_burst)
        per_account = settings.sign_ins_per_min
        self.sign_ins = SharedRate(bus, "sign-ins", per_s=per_account / 60, burst=per_account)
        per_network = settings.sign_ins_per_network_per_min
        self.networks = SharedRate(bus, "networks", per_s=per_network / 60, burst=per_network)
        strangers = settings.registrations_per_network_per_min
        self.registrations = SharedRate(bus, "registrations", per_s=strangers / 60, burst=strangers)
        codes = settings.codes_per_hour
        self.codes = SharedRate(bus, "codes", per_s=codes / 3_600, burst=codes)
        refusals = settings.refusals_per_network_per_min
        self.refusals = SharedRate(bus, "refusals", per_s=refusals / 60, burst=refusals)


CONTEXT: web.AppKey[HubContext] = web.AppKey("CONTEXT", HubContext)
CURSORS: web.AppKey[Cursors] = web.AppKey("CURSORS", Cursors)
LIMITS: web.AppKey[Limits] = web.AppKey("LIMITS", Limits)
