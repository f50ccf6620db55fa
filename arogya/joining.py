"""Before the hubs of a machine join others through a Redis: is their name free, and their secret the others'? Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the names of errors are needed by every command, and what Redis needs by few
    from hub.bus.survey import Listed


class CannotJoin(Exception):
    """The hubs of this machine would not work with those that are there; the sentence says what to change."""


RECORDED_US = 30_000_000  # what a node said so long ago is a record of it, as long as clocks are nearly right


def name_taken(names: Iterable[str], there: Sequence[Listed], now_us: int) -> str | None:
    """Return who has one of these names already (at `now_us`, µs since 1970), as a sentence; None when all are free.

    Only who knows the secret can keep a hub from starting: the list itself is open to all who reach the Redis.
    """
    wanted = set(names)
    for listed in there:
        proven = listed.reason == "version" or (listed.peer is not None and now_us - listed.peer.said_at < RECORDED_US)
        if listed.node in wanted and listed.alive and proven:
            whose = f"on {listed.peer.host} (process {listed.peer.pid})" if listed.peer else "of another version"
            return (
                f"a hub {whose} is called {listed.node} already: give this machine another name with nodes.name "
                "(AROGYA_NODES__NAME)"
            )
    return None


def other_database(there: Sequence[Listed]) -> str | None:
    """Return who cannot be of the same system as a machine with an embedded database; None when nobody is there."""
    names = [listed.node for listed in there if listed.alive and listed.peer is not None]
    if not names:
        return None
    return (
        f"{', '.join(names)} cannot reach the embedded database of this machine, so they have another one: give all of "
        "them the same with --database (AROGYA_DATABASE_URL)"
    )


def strangers(there: Sequence[Listed]) -> str | None:
    """Return which hubs have another secret, as a sentence; None when there are none."""
    names = [listed.node for listed in there if listed.alive and listed.reason == "mac"]
    if not names:
        return None
    return (
        f"{', '.join(names)} and this machine do not share a secret, and will not hear each other: set nodes.secret "
        "(AROGYA_NODES__SECRET) to the same on every machine; a hub without that setting has made one of its own, in "
        "its state folder (node-secret)"
    )


def of_other_protocol(there: Sequence[Listed]) -> str | None:
    """Return which hubs speak another protocol, as a sentence; None when there are none."""
    names = [listed.node for listed in there if listed.alive and listed.reason == "version"]
    if not names:
        return None
    return f"{', '.join(names)} speak another version of the protocol between nodes, and will not be heard: upgrade"
