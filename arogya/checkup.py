"""What a hub needs, checked: each finding is a fact, whether it is good, and what to do when it is not."""

from __future__ import annotations

import asyncio
import importlib.util
import resource
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from arogya.config import Settings
from arogya.embedded.binaries import SUPPORTED
from hub.motion import compiled
from storage import inspection, migrate
from storage.errors import StorageError, Unavailable, server_words
from storage.inspection import Partitions, Role, Server

State = Literal["ok", "warning", "failure"]

# Without these the packages run in pure Python, many times slower, and say nothing.
EXTENSIONS = ("aiohttp._http_parser", "aiohttp._websocket.reader_c", "msgpack._cmsgpack", "uvloop.loop", "orjson")
FREE_BYTES_LEAST = 1024**3
FREE_BYTES_GOOD = 10 * 1024**3
CLOCK_APART_S = 1.0
PAGES = "pages/index.html"  # in the package `handlers`
CONNECTIONS_OF_A_HUB = 12  # of ingest, dispatch, the owner, and two that listen, beside the pools and the writers
SPARE_CONNECTIONS = 10  # for commands, and for whoever looks at the database
SPARE_DESCRIPTORS = 256  # for files, the database and everything that is not a WebSocket


class Finding(NamedTuple):
    """One thing that was looked at."""

    name: str
    state: State
    detail: str
    remedy: str = ""  # what to do; empty when all is well


def of_machine(settings: Settings, state: Path) -> list[Finding]:
    """Check this machine and installation."""
    return [extensions(), counter(compiled.state()), descriptors(settings), disk(state), pages()]


def of_database(dsn: str, settings: Settings, place: str) -> list[Finding]:
    """Check a database that answers; `place` says in words which one it is."""
    try:
        began_at = time.time()
        found = asyncio.run(inspection.inspect(dsn))
        here = (began_at + time.time()) / 2
    except Unavailable as error:
        return [Finding("database", "failure", f"it cannot be reached ({error})", "start it, or correct its address")]
    except StorageError as error:
        return [
            Finding("database", "failure", f"it refused: {server_words(error)}", "check its address, user and password")
        ]
    days = settings.retention.partitions_ahead_days
    return [
        Finding("looked at", "ok", place),
        version(found.server),
        migrations(dsn),
        roles(found.roles),
        partitions(found.partitions, days),
        clock(found.server, here),
        durability(found.server),
        connections(found.server, settings),
    ]


def extensions(exists: Callable[[str], bool] | None = None) -> Finding:
    """Check that the compiled parts of the packages are there."""
    missing = [name for name in EXTENSIONS if not (exists or _importable)(name)]
    if not missing:
        return Finding("C extensions", "ok", "all compiled parts are there")
    return Finding(
        "C extensions",
        "failure",
        f"missing: {', '.join(missing)}",
        "install the packages from their wheels again, on CPython for this platform",
    )


def counter(found: compiled.State) -> Finding:
    """Check that repetitions are counted by what was compiled from the source that is here."""
    if found == "compiled":
        return Finding("counter", "ok", "repetitions are counted by compiled code")
    remedy = "run `make` again, or install the wheel anew"
    if found == "plain":
        remedy = f"install a C compiler and Python's headers (Debian: gcc and python3-dev), then {remedy}"
    return Finding("counter", "warning", compiled.complaint(found), remedy)


def descriptors(settings: Settings) -> Finding:
    """Check that the process may open as many sockets as the limits allow; the hub raises it to the hard one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = settings.limits.sockets + SPARE_DESCRIPTORS
    if hard == resource.RLIM_INFINITY or hard >= needed:
        return Finding("open files", "ok", f"{'no limit' if hard == resource.RLIM_INFINITY else f'{hard:,}'}")
    return Finding(
        "open files",
        "warning",
        f"{hard:,} may be open, and limits.sockets allows {settings.limits.sockets:,} connections",
        f"raise it (ulimit -Hn {needed}, or LimitNOFILE={needed} in the service), or lower limits.sockets",
    )


def disk(state: Path) -> Finding:
    """Check the room where the embedded database and its backups lie."""
    place = next(folder for folder in (state, *state.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1024**3:.1f} GiB free at {place}"
    if free < FREE_BYTES_LEAST:
        return Finding("disk", "failure", text, "make room: PostgreSQL stops storing when the disk is full")
    if free < FREE_BYTES_GOOD:
        return Finding("disk", "warning", text, "make room, or shorten the retention")
    return Finding("disk", "ok", text)


def pages() -> Finding:
    """Check that the web pages are built."""
    spec = importlib.util.find_spec("handlers")
    folders = (spec.submodule_search_locations or []) if spec else []
    if any((Path(folder) / PAGES).is_file() for folder in folders):
        return Finding("web pages", "ok", "they are built")
    return Finding("web pages", "failure", "they are not built", "run `make web`, or install a release")


def version(server: Server) -> Finding:
    """Check that the server's version is one that the tests run on."""
    major = server.version_number // 10_000
    text = f"PostgreSQL {server.version}, {server.size_bytes / 1024**2:,.0f} MiB"
    if major in SUPPORTED:
        return Finding("database", "ok", text)
    supported = f"{SUPPORTED[0]} to {SUPPORTED[-1]}"
    if major < SUPPORTED[0]:
        return Finding("database", "failure", text, f"upgrade it: {supported} are supported")
    return Finding("database", "warning", text, f"newer than what was tested ({supported}): upgrade Arogya Hub")


def migrations(dsn: str) -> Finding:
    """Check that the schema is this version's."""
    try:
        waiting = asyncio.run(migrate.plan(dsn))
    except StorageError as error:
        return Finding("migrations", "failure", str(error), "see docs/operations.md")
    if waiting:
        return Finding("migrations", "failure", f"{len(waiting)} to apply", "run `arogya migrate`")
    return Finding("migrations", "ok", "the schema is this version's")


def roles(found: list[Role]) -> Finding:
    """Check that the roles exist and that this user may take them on."""
    missing = [role.name for role in found if not role.found]
    barred = [role.name for role in found if role.found and not role.usable]
    if missing:
        return Finding("roles", "failure", f"missing: {', '.join(missing)}", "run `arogya migrate`")
    if barred:
        grant = "; ".join(f"GRANT {name} TO this user" for name in barred)
        return Finding("roles", "failure", f"not usable: {', '.join(barred)}", f"as a superuser: {grant}")
    return Finding("roles", "ok", "all are there and usable")


def partitions(found: list[Partitions], days_wanted: int) -> Finding:
    """Check that rows received tomorrow have a place."""
    today = datetime.now(UTC).date()
    ahead = {table.name: -1 if table.last_day is None else (table.last_day - today).days for table in found}
    least = min(ahead.values(), default=-1)
    text = ", ".join(f"{name} {days} days ahead" if days >= 0 else f"{name} none" for name, days in ahead.items())
    if least < 0:
        return Finding("partitions", "failure", text, "run `arogya migrate`; a running hub makes them by itself")
    if least < min(1, days_wanted):
        return Finding("partitions", "warning", text, "start the hub: it makes them ahead every hour")
    return Finding("partitions", "ok", text)


def clock(server: Server, here: float) -> Finding:
    """Check this machine's clock (seconds since 1970) against the database's."""
    apart = here - server.clock
    if abs(apart) <= CLOCK_APART_S:
        return Finding("clock", "ok", f"{abs(apart) * 1000:.0f} ms from the database's")
    return Finding(
        "clock",
        "failure",
        f"{abs(apart):.1f} s {'ahead of' if apart > 0 else 'behind'} the database's",
        "let both machines follow a time server (chrony, systemd-timesyncd)",
    )


def durability(server: Server) -> Finding:
    """Check that a commit survives a power cut: an ack promises that."""
    off = [name for name, on in (("fsync", server.fsync), ("full_page_writes", server.full_page_writes)) if not on]
    if not off:
        return Finding("durability", "ok", "commits are on disk before they are acknowledged")
    return Finding("durability", "failure", f"{' and '.join(off)} off", "switch it on in postgresql.conf, and reload")


def connections(server: Server, settings: Settings) -> Finding:
    """Check that the database takes the connections of all hubs of this machine, and of one more in a restart."""
    needed = connections_of(settings)
    text = f"{server.max_connections:,} allowed; this machine's hubs open up to {needed:,}"
    if needed + SPARE_CONNECTIONS <= server.max_connections:
        return Finding("connections", "ok", text)
    return Finding(
        "connections",
        "warning",
        text,
        f"raise max_connections to {needed + SPARE_CONNECTIONS} or more, or lower nodes.workers or the pools",
    )


def connections_of(settings: Settings) -> int:
    """Return how many database connections the hubs of a machine open at most, one more hub running in a restart."""
    database = settings.database
    each = CONNECTIONS_OF_A_HUB + database.reader_connections + database.app_connections + settings.ingest.writers
    return each * (settings.nodes.workers + 1)


def _importable(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
