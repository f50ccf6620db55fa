"""The sections of the configuration: every setting with its default, meaning and bounds."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from arogya.configuration.fields import setting

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
DAY = 86_400.0
YEARS_100 = 36_500  # days
NODE_SECRET_CHARACTERS = 32


def _database_url(value: str) -> str | None:
    try:
        good = urlsplit(value).scheme in ("postgresql", "postgres")
    except ValueError:  # a bracket of an IPv6 address without the other
        good = False
    return None if good else "write postgresql://user:password@host:5432/database"


def _redis_url(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        network = parts.scheme in ("redis", "rediss") and bool(parts.hostname)
        good = network or (parts.scheme == "unix" and bool(parts.path))
    except ValueError:
        good = False
    return None if good else "write redis://user:password@host:6379, rediss://… with TLS, or unix:///path"


def _node(value: str) -> str | None:
    good = re.fullmatch(r"[A-Za-z0-9._-]{1,60}", value)
    return None if good else "write up to 60 letters, digits, dots, dashes and underscores"


def _node_secret(value: str) -> str | None:
    return None if len(value) >= NODE_SECRET_CHARACTERS else f"write {NODE_SECRET_CHARACTERS} characters or more"


def _origins(value: tuple[str, ...]) -> str | None:
    good = all(re.fullmatch(r"https?://[^/\s?#*]+", origin) for origin in value)
    return None if good else "write scheme and host only, like https://hub.example.org"


def _networks(value: tuple[str, ...]) -> str | None:
    try:
        [ipaddress.ip_network(network) for network in value]
    except ValueError:
        return "write addresses or networks, like 10.0.0.0/8"
    return None


def _address(value: str) -> str | None:
    return None if re.fullmatch(r"[^@\s]+@[^@\s]+", value) else "write one address, like hub@example.org"


def _file(value: str) -> str | None:
    return None if Path(value).is_file() else "name a file that exists"


def _folder(value: str) -> str | None:
    return None if Path(value).is_dir() else "name a folder that exists"


@dataclass(frozen=True, slots=True)
class Server:
    """Where the hub listens, and who stands in front of it."""

    host: str = setting("127.0.0.1", "address to listen on")
    port: int = setting(8080, "port to listen on; 0 takes any free one", minimum=0, maximum=65535)
    backlog: int = setting(4096, "connections that wait to be accepted", minimum=1, maximum=65535)
    public_origins: tuple[str, ...] = setting(
        (), "origins that browsers come from, beside the hub's own", check=_origins
    )
    cors_origins: tuple[str, ...] = setting(
        (), "origins of other sites whose pages may use the API with what their visitors signed in with", check=_origins
    )
    trusted_proxies: tuple[str, ...] = setting((), "networks whose X-Forwarded-For is believed", check=_networks)
    tls_certificate: str | None = setting(None, "PEM file with the certificate chain", check=_file)
    tls_key: str | None = setting(None, "PEM file with the certificate's key", check=_file)
    metrics_host: str = setting("127.0.0.1", "address of the /metrics listener")
    metrics_port: int = setting(9464, "port of the /metrics listener; 0 takes any free one", minimum=0, maximum=65535)
    metrics_token: str | None = setting(None, "bearer token for /metrics; needed beyond loopback", secret=True)
    shutdown_s: float = setting(15.0, "seconds for a graceful stop", minimum=0.1, maximum=600)


@dataclass(frozen=True, slots=True)
class Database:
    """The PostgreSQL that keeps everything."""

    url: str | None = setting(
        None, "a running server (15 to 18); unset: the embedded one", secret=True, check=_database_url
    )
    binaries: str | None = setting(None, "folder of PostgreSQL's programs for the embedded server", check=_folder)
    app_connections: int = setting(8, "connections of the HTTP handlers", minimum=1, maximum=500)
    reader_connections: int = setting(4, "connections of the read-only pool", minimum=1, maximum=500)
    acquire_timeout_s: float = setting(1.5, "longest wait for a free connection, then 503", minimum=0.01, maximum=60)
    command_timeout_s: float = setting(5.0, "longest statement", minimum=0.1, maximum=600)


@dataclass(frozen=True, slots=True)
class Nodes:
    """Several hub processes as one: on this machine, and with other machines through a Redis or Valkey."""

    redis_url: str | None = setting(
        None,
        "a running Redis (7 or newer) or Valkey (7.2 or newer); unset: none, or the embedded one for several workers",
        secret=True,
        check=_redis_url,
    )
    workers: int = setting(1, "hub processes on this machine, all on one port", minimum=1, maximum=64)
    name: str | None = setting(
        None,
        "what the others call this machine's hub; unset: the host's name; each worker adds its number",
        check=_node,
    )
    secret: str | None = setting(
        None,
        "what all machines of one system share and nobody else knows; unset: made once, kept in the state folder",
        secret=True,
        check=_node_secret,
    )
    tick_s: float = setting(0.05, "shortest time between two messages to the other nodes", minimum=0.01, maximum=1)


@dataclass(frozen=True, slots=True)
class Ingest:
    """Device connections and the writing of their samples."""

    writers: int = setting(2, "copy writers, each with a connection; streams are pinned to one", minimum=1, maximum=64)
    flush_s: float = setting(0.05, "longest wait before a batch is written", minimum=0, maximum=5)
    flush_bytes: int = setting(
        256 * KIB, "size at which a batch is written at once", minimum=1 * KIB, maximum=512 * KIB
    )
    flush_rows: int = setting(8_000, "rows at which a batch is written at once", minimum=1, maximum=1_000_000)
    batch_bytes: int = setting(
        512 * KIB, "largest batch; above 512 KiB a COPY's deadline is not kept", minimum=1 * KIB, maximum=512 * KIB
    )
    commit_timeout_s: float = setting(
        5.0, "longest batch, then its outcome is read from the marks", minimum=0.1, maximum=120
    )
    hello_s: float = setting(5.0, "time for a device's first message", minimum=0.1, maximum=60)
    heartbeat_s: float = setting(
        20.0, "a connection silent for longer is pinged, then closed", minimum=0.5, maximum=600
    )
    credit_samples: int = setting(
        8_192, "unacked samples that one connection may have", minimum=500, maximum=10_000_000
    )
    budget_samples: int = setting(400_000, "unacked samples over all connections", minimum=500, maximum=1_000_000_000)
    message_bytes: int = setting(256 * KIB, "largest message of a device", minimum=1 * KIB, maximum=16 * MIB)
    strikes: int = setting(3, "malformed messages until a connection is closed", minimum=1, maximum=1_000)
    live_hints_per_s: float = setting(1.0, "live hints a connection may send", minimum=0, maximum=1_000)
    failpoint: str | None = setting(
        None, "for tests alone: where the process dies on purpose", choices=("exit_after_commit",)
    )
    location_s: float = setting(
        1.0, "shortest time between two updates of ambulances.current_location", minimum=0.1, maximum=3_600
    )


@dataclass(frozen=True, slots=True)
class Live:
    """Viewers' connections."""

    tick_s: float = setting(0.1, "shortest time between two frames of a channel", minimum=0.01, maximum=10)
    heartbeat_s: float = setting(20.0, "a viewer silent for longer is pinged, then closed", minimum=0.5, maximum=600)
    slow_s: float = setting(7.0, "a viewer that has not drained for this long is closed", minimum=0.1, maximum=600)
    socket_bytes: int = setting(96 * KIB, "send buffer of the kernel for one viewer", minimum=4 * KIB, maximum=GIB)
    message_bytes: int = setting(8 * KIB, "largest message of a viewer", minimum=256, maximum=MIB)
    tombstones: int = setting(
        10_000, "removals and moves between cells that each partition remembers", minimum=0, maximum=10_000_000
    )
    subscriptions: int = setting(16, "channels one connection may watch", minimum=1, maximum=100_000)


@dataclass(frozen=True, slots=True)
class Auth:
    """Sign-in, sessions and tokens."""

    session_s: float = setting(12 * 3600.0, "life of a browser's session", minimum=60, maximum=90 * DAY)
    access_s: float = setting(900.0, "life of an app's access token", minimum=1, maximum=DAY)
    refresh_s: float = setting(30 * DAY, "life of an app's refresh token", minimum=60, maximum=365 * DAY)
    ticket_s: float = setting(30.0, "life of a WebSocket ticket", minimum=1, maximum=600)
    sessions_per_user: int = setting(10, "open sessions of one user; the oldest ends", minimum=1, maximum=1_000)
    claim_s: float = setting(DAY, "life of a device's claim code", minimum=60, maximum=30 * DAY)
    activation_s: float = setting(DAY, "life of an activation link", minimum=60, maximum=30 * DAY)
    rotation_overlap_s: float = setting(
        DAY, "how long a rotated device secret still counts", minimum=0, maximum=30 * DAY
    )
    password_threads: int = setting(2, "passwords that are hashed at the same time", minimum=1, maximum=64)
    totp: str = setting(
        "auto",
        "second factor of doctors, staff and administrators; auto is required by `serve` and off in `demo`",
        choices=("auto", "required", "off"),
    )
    workstation_s: float = setting(
        12 * 3600.0, "how long a browser where it was shown needs it no more: a shift", minimum=60, maximum=30 * DAY
    )
    bypass_s: float = setting(900.0, "life of a supervisor's code for somebody without it", minimum=60, maximum=DAY)
    care_days: int = setting(
        90, "days that a doctor reads on after the last appointment or physio session", minimum=1, maximum=YEARS_100
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one caller may ask for."""

    login_per_minute: float = setting(5.0, "sign-in attempts for an account and network", minimum=0.1, maximum=1e6)
    login_per_network_per_minute: float = setting(
        60.0, "sign-in attempts for all accounts from a network", minimum=0.1, maximum=1e6
    )
    strangers_per_minute: float = setting(
        10.0, "registrations and forgotten passwords from a network", minimum=0.1, maximum=1e6
    )
    codes_per_hour: float = setting(
        20.0, "guesses at the second factor of an account, after its password", minimum=1, maximum=1e6
    )
    refusals_per_minute: float = setting(
        300.0, "credentials that do not count, from a network; then 429 in place of 401", minimum=1, maximum=1e9
    )
    api_per_s: float = setting(20.0, "requests of one user", minimum=0.1, maximum=1e6)
    api_burst: int = setting(60, "requests of one user at once", minimum=1, maximum=1_000_000)
    sockets_per_user: int = setting(5, "live connections of one user", minimum=1, maximum=1_000_000)
    sockets: int = setting(15_000, "WebSocket connections in all", minimum=1, maximum=10_000_000)
    page_rows: int = setting(200, "most rows of one page of a list", minimum=1, maximum=100_000)
    body_bytes: int = setting(64 * KIB, "largest request body", minimum=1 * KIB, maximum=GIB)
    header_s: float = setting(10.0, "time to send a request's headers", minimum=0.1, maximum=600)
    body_s: float = setting(10.0, "time to send a request's body", minimum=0.1, maximum=600)


@dataclass(frozen=True, slots=True)
class Mail:
    """E-mail for invitations and forgotten passwords; it needs the extra `mail`."""

    host: str | None = setting(None, "an SMTP server; unset: whoever invites somebody gets to see the link")
    port: int = setting(587, "its port", minimum=1, maximum=65535)
    security: str = setting(
        "starttls", "tls speaks TLS from the first byte, none not at all", choices=("starttls", "tls", "none")
    )
    user: str | None = setting(None, "whom the hub is to the server")
    password: str | None = setting(None, "that user's password", secret=True)
    sender: str = setting("arogya@localhost", "address that the letters are from", check=_address)
    timeout_s: float = setting(10.0, "time for one letter", minimum=0.1, maximum=120)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each table keeps its rows."""

    ambulance_positions_days: int = setting(90, "days that fixes are kept", minimum=1, maximum=YEARS_100)
    motion_frames_days: int = setting(365, "days that motion is kept", minimum=1, maximum=YEARS_100)
    dead_letters_days: int = setting(30, "days that refused samples are kept", minimum=1, maximum=YEARS_100)
    sessions_days: int = setting(90, "days that ended sessions are kept", minimum=1, maximum=YEARS_100)
    channel_events_days: int = setting(
        7, "days that events of live channels are kept, for viewers that were away", minimum=1, maximum=YEARS_100
    )
    partitions_ahead_days: int = setting(7, "days of partitions made ahead", minimum=1, maximum=366)


@dataclass(frozen=True, slots=True)
class Map:
    """What the fleet map shows under the markers."""

    tile_url: str | None = setting(
        None, "tiles, like https://tile.example.org/{z}/{x}/{y}.png; unset: the offline backdrop"
    )
    attribution: str | None = setting(None, "credit that the tiles ask for")
    latitude: float | None = setting(None, "where the map opens; unset: around the fleet", minimum=-90, maximum=90)
    longitude: float | None = setting(None, "where the map opens; unset: around the fleet", minimum=-180, maximum=180)
    zoom: float | None = setting(None, "zoom level at which the map opens", minimum=0, maximum=22)
    roads: str | None = setting(None, "GeoJSON file of roads to draw", check=_file)


@dataclass(frozen=True, slots=True)
class Logging:
    """What the hub says about itself."""

    level: str = setting("info", "least severity that is logged", choices=("debug", "info", "warning", "error"))
    format: str = setting("auto", "auto is text on a terminal and json elsewhere", choices=("auto", "text", "json"))
