"""What `demo` and `serve` have in common: the checks before a start, and what can go wrong in it."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from arogya.cli.outcome import FAILED, MISTAKEN, UNREACHABLE, CommandError
from arogya.cli.progress import Steps
from arogya.config import Settings

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.launch import Launch


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
    """Let the supervisor speak in plain lines."""
    logging.basicConfig(level=settings.logging.level.upper(), format="%(asctime)s %(levelname)s %(message)s")


def join(launch: Launch, steps: Steps) -> None:
    """Take the step that makes several hubs one, which a hub alone does not need."""
    nodes = launch.settings.nodes
    if nodes.workers > 1 or nodes.redis_url is not None:
        steps.begin("Valkey" if nodes.redis_url is None else "Redis")
    launch.connect()


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
    from arogya.embedded.postgres import EmbeddedPostgresError
    from arogya.embedded.valkey import EmbeddedValkeyError
    from arogya.listening import PortTaken
    from arogya.running import StateInUse
    from arogya.supervisor import NotReady
    from storage.errors import StorageError, Unavailable

    embedded = (BinariesMissing, NoIdentity, EmbeddedPostgresError, EmbeddedValkeyError)
    try:
        yield
    except (*embedded, ArchiveError, PortTaken, StateInUse, NotReady) as error:
        raise CommandError(str(error), FAILED) from error
    except Unavailable as error:
        raise CommandError(f"the database cannot be reached ({error}); try `arogya doctor`", UNREACHABLE) from error
    except StorageError as error:
        raise CommandError(f"the database refused: {error}", FAILED) from error
