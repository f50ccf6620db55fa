"""How a command finds its database and its Redis: given ones, those of a running hub, or what lies in a folder."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from arogya import membership, running
from arogya.cli import options
from arogya.cli.outcome import MISTAKEN, UNREACHABLE, CommandError
from arogya.config import Settings
from arogya.configuration.pages import masked
from arogya.launch import DATABASE_FOLDER, embedded


class Reached(NamedTuple):
    """A database that answers as long as the context lasts."""

    dsn: str
    running: running.Running | None  # the hub that is using it, where one of ours is
    place: str  # in words: many commands find it by themselves, and then say what they found


@contextmanager
def reached(parsed: argparse.Namespace, settings: Settings, *, create: bool = False) -> Iterator[Reached]:
    """Yield the database that a command's options lead to.

    `create` makes an embedded one where there is none yet; otherwise that is a `CommandError`.
    """
    if settings.database.url is not None:
        yield Reached(settings.database.url, None, "the given database")
        return
    hub = running.find(parsed.state)
    if hub is not None:
        yield Reached(hub.dsn, hub, f"the database of the hub at {hub.url} (state folder {hub.state})")
        return
    state = options.state_of(parsed)
    if not create and not (state / DATABASE_FOLDER).exists():
        raise CommandError(
            f"there is no database: nothing runs here, and {state} holds none; "
            "name one with --state or --database, or start `arogya serve`",
            UNREACHABLE,
        )
    server = embedded(settings, state)
    try:
        yield Reached(server.start(), None, f"the database in {state}")
    finally:
        server.stop()


class ReachedBus(NamedTuple):
    """The Redis through which hubs hear each other."""

    url: str
    secret: str  # that its nodes share
    place: str  # the URL without its password


class Alone(CommandError):
    """There is one hub, and no Redis."""

    def __init__(self, hub: running.Running) -> None:
        super().__init__(
            f"one hub alone runs at {hub.url} (process {hub.pid}): it has no Redis, and so no other nodes", UNREACHABLE
        )
        self.hub = hub


def reached_bus(parsed: argparse.Namespace, settings: Settings, *, database: str | None = None) -> ReachedBus:
    """Return the Redis that a command's options lead to; raises `Alone`, or a `CommandError` when there is none.

    With a `database` (its connection string), a running hub counts only if that is its own.
    """
    url, hub = settings.nodes.redis_url, running.find(parsed.state)
    if hub is not None and database not in (None, hub.dsn):
        hub = None
    if url is None and hub is None:
        raise CommandError(
            "no hub runs here, and no Redis is named: start `arogya serve`, or name one with --redis or --state",
            UNREACHABLE,
        )
    if url is None and hub is not None:
        if not hub.redis_url:
            raise Alone(hub)
        url = hub.redis_url
    kept = hub.node_secret if hub is not None else membership.kept_secret(options.state_of(parsed))
    secret = settings.nodes.secret or kept
    if url is None or not secret:
        raise CommandError(
            f"what the nodes share is not known: set nodes.secret (AROGYA_NODES__SECRET) to theirs; the first one has "
            f"it in its state folder, as {membership.SECRET_FILE}",
            MISTAKEN,
        )
    return ReachedBus(url, secret, masked(url))
