"""What `demo` and `serve` have in common: the checks before a start, and what can go wrong in it."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from arogya.cli.outcome import FAILED, MISTAKEN, UNREACHABLE, CommandError
from arogya.cli.progress import Steps
from arogya.config import Settings

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.launch import Launch

logger = logging.getLogger(__name__)

JOIN_PATIENCE_S = 8.0  # a hub that lost its supervisor lives on for 2 s, and is taken to be there for some more


def refuse_exposure(settings: Settings) -> None:
    """Refuse to send passwords in the clear over a network; raises `CommandError`."""
    server = settings.server
    if server.tls_certificate is not None or server.trusted_proxies or is_loopback(server.host):
        return
    raise CommandError(
        f"plain http on {server.host} would send passwords and locations in the clear: set server.tls_certificate and "
        "server.tls_key, or name the proxy that does TLS in server.trusted_proxies, or listen on 127.0.0.1",
        MISTAKEN,
    )


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def log_to_stderr(settings: Settings) -> None:
    """Let the supervisor speak like its hubs: in plain lines to a person, in JSON where that was chosen."""
    logging.basicConfig(level=settings.logging.level.upper(), format="%(asctime)s %(levelname)s %(message)s")
    if settings.logging.format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(_JsonLines())


class _JsonLines(logging.Formatter):
    """The same keys as in the lines of a hub."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        line = {"event": record.getMessage(), "level": record.levelname.lower(), "timestamp": at}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def join(launch: Launch, steps: Steps) -> None:
    """Take the step that makes several hubs one, which a hub alone does not need; raises `CommandError`."""
    given, configured = launch.settings.nodes.redis_url, launch.settings.nodes.secret is not None
    if launch.settings.nodes.workers > 1 or given is not None:
        steps.begin("Valkey" if given is None else "Redis")
    launch.connect()
    if given is not None:
        steps.end(done=_meet(launch, given, configured=configured))


def _meet(launch: Launch, url: str, *, configured: bool) -> bool:
    """Look who is on a Redis before joining them: two nodes of one name, or of two secrets, do not work together.

    False when it is away.
    """
    from arogya import joining, membership
    from arogya.configuration.pages import masked
    from hub.bus.bus import BusAway
    from hub.bus.survey import survey

    names = [worker.current.node for worker in launch.supervisor.crew.workers]
    deadline = time.monotonic() + JOIN_PATIENCE_S
    while True:
        launch.supervisor.check()
        try:
            there = asyncio.run(survey(url, launch.settings.nodes.secret or "")).nodes
        except BusAway as error:
            place, start = masked(url), "the hubs start without it, and join the others when it is back"
            logger.warning("the Redis at %s cannot be reached (%s): %s; try `arogya doctor`", place, error, start)
            return False
        reason = joining.name_taken(names, there, time.time_ns() // 1000)
        if reason is None and launch.has_own_database:
            reason = joining.other_database(there)
        if reason is None and not configured:
            reason = joining.strangers(there)
        if reason is None:
            break
        if time.monotonic() > deadline:
            raise joining.CannotJoin(reason)
        time.sleep(0.2)
    for warning in (joining.strangers(there), joining.of_other_protocol(there)):
        if warning is not None:
            logger.warning("%s", warning)
    if not configured:
        kept = launch.state / membership.SECRET_FILE
        logger.warning("nodes.secret is not set: hubs of other machines need the one that is kept in %s", kept)
    return True


def hubs_in_words(settings: Settings) -> str:
    """Name the hubs of a start."""
    workers = settings.nodes.workers
    return "hub" if workers == 1 else f"{workers} hubs"


@contextmanager
def explained() -> Iterator[None]:
    """Turn what can go wrong while starting into a sentence and an exit status."""
    # Loaded here, not above: the help of a command does not need them.
    from arogya.archive import ArchiveError
    from arogya.embedded.binaries import BinariesMissing
    from arogya.embedded.identity import NoIdentity
    from arogya.embedded.server import EmbeddedServerError
    from arogya.joining import CannotJoin
    from arogya.listening import PortTaken
    from arogya.running import StateInUse
    from arogya.supervisor import NotReady
    from storage.errors import StorageError, Unavailable

    embedded = (BinariesMissing, NoIdentity, EmbeddedServerError)
    try:
        yield
    except (*embedded, ArchiveError, CannotJoin, PortTaken, StateInUse, NotReady) as error:
        raise CommandError(str(error), FAILED) from error
    except Unavailable as error:
        raise CommandError(f"the database cannot be reached ({error}); try `arogya doctor`", UNREACHABLE) from error
    except StorageError as error:
        raise CommandError(f"the database refused: {error}", FAILED) from error
