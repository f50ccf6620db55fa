"""How a command finds its database: a given one, that of a running hub, or the embedded one started for the moment."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from arogya import running
from arogya.cli import options
from arogya.cli.outcome import UNREACHABLE, CommandError
from arogya.config import Settings
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
