"""What `demo` and `serve` have in common: the checks before a start, and what can go wrong in it."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from arogya.cli.outcome import FAILED, MISTAKEN, UNREACHABLE, CommandError
from arogya.config import Settings


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


@contextmanager
def explained() -> Iterator[None]:
    """Turn what can go wrong while starting into a sentence and an exit status."""
    # Loaded here, not above: the help of a command does not need them.
    from arogya.archive import ArchiveError
    from arogya.embedded.binaries import BinariesMissing
    from arogya.embedded.identity import NoIdentity
    from arogya.embedded.postgres import EmbeddedPostgresError
    from arogya.listening import PortTaken
    from arogya.running import StateInUse
    from arogya.supervisor import NotReady
    from storage.errors import StorageError, Unavailable

    try:
        yield
    except (ArchiveError, BinariesMissing, NoIdentity, EmbeddedPostgresError, PortTaken, StateInUse, NotReady) as error:
        raise CommandError(str(error), FAILED) from error
    except Unavailable as error:
        raise CommandError(f"the database cannot be reached ({error}); try `arogya doctor`", UNREACHABLE) from error
    except StorageError as error:
        raise CommandError(f"the database refused: {error}", FAILED) from error
