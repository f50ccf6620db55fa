"""How a command looks at the nodes and tells them something, and how it sees that they did it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from arogya.cli.outcome import FAILED, MISTAKEN, UNREACHABLE, CommandError
from arogya.cli.progress import Progress
from arogya.cli.reaching import ReachedBus
from hub.bus.bus import BusAway, Peer
from hub.bus.survey import Survey, command, survey

T = TypeVar("T")
POLL_S = 0.3
REPEAT_S = 3.0  # a message may be lost: who does not begin to drain is told again


def look(bus: ReachedBus) -> Survey:
    """Return who is there; raises `CommandError`."""
    return _done(bus, survey(bus.url, bus.secret))


def tell(bus: ReachedBus, kind: str, key: str) -> None:
    """Tell all nodes something; raises `CommandError` when nobody listens."""
    if not _done(bus, command(bus.url, bus.secret, kind, key)):
        raise CommandError(f"nobody listens on {bus.place}: the nodes are cut off from it", FAILED)


def serving(found: Survey) -> dict[str, Peer]:
    """Return the nodes that can be told something, by name."""
    return {listed.node: listed.peer for listed in found.nodes if listed.peer is not None and listed.alive}


def chosen(found: Survey, names: Sequence[str]) -> dict[str, Peer]:
    """Return the named nodes, in that order; raises `CommandError` with what is wrong with one that is not there."""
    there = serving(found)
    for name in names:
        if name not in there:
            raise CommandError(_why_not(found, name), MISTAKEN)
    return {name: there[name] for name in names}


def drain(bus: ReachedBus, names: Sequence[str], wait_s: float) -> None:
    """Tell nodes to leave for good, all of them where none is named, and wait until they are gone."""
    found = look(bus)
    told = chosen(found, names) if names else serving(found)
    if not told:
        raise CommandError(f"no node is on {bus.place}: there is nothing to drain", FAILED)
    for name in names or ["*"]:
        tell(bus, "drain", name)
    if wait_s == 0:
        sys.stdout.write(f"told to drain: {', '.join(told)}\n")
        return
    began_at = told_at = time.monotonic()
    with Progress("draining", len(told), unit="nodes") as shown:
        while left := _left(bus, told):
            shown.set(len(told) - len(left))
            if time.monotonic() - began_at > wait_s:
                raise CommandError(f"after {wait_s:g} s still there: {', '.join(sorted(left))}", FAILED)
            if time.monotonic() - told_at > REPEAT_S:
                told_at = time.monotonic()
                for name in (name for name, peer in left.items() if peer.state == "serving"):
                    tell(bus, "drain", name)
            time.sleep(POLL_S)
        shown.set(len(told))
    sys.stdout.write(f"drained: {', '.join(told)}\n")


def renew(bus: ReachedBus, names: Sequence[str], wait_s: float) -> None:
    """Tell nodes to end and be started again, each once the one before is back."""
    told = chosen(look(bus), names)
    if wait_s == 0:
        if len(told) > 1:
            raise CommandError(
                "several nodes are restarted one after another, which takes waiting: no --wait 0", MISTAKEN
            )
        tell(bus, "renew", names[0])
        sys.stdout.write(f"told to restart: {names[0]}\n")
        return
    with Progress("restarting", len(told), unit="nodes") as shown:
        for done, before in enumerate(told.values()):
            shown.set(done)
            _renew_one(bus, before, wait_s)
        shown.set(len(told))
    sys.stdout.write(f"restarted: {', '.join(told)}\n")


def _renew_one(bus: ReachedBus, before: Peer, wait_s: float) -> None:
    began_at = told_at = time.monotonic()
    tell(bus, "renew", before.node)
    while True:
        now = serving(look(bus)).get(before.node)
        if now is not None and now.epoch != before.epoch and now.state == "serving":
            return
        if time.monotonic() - began_at > wait_s:
            what = "has not ended" if now is not None and now.epoch == before.epoch else "has ended and is not back"
            raise CommandError(f"{before.node} {what} after {wait_s:g} s; the rest is left as it is", FAILED)
        stays = now is not None and now.epoch == before.epoch and now.state == "serving"
        if stays and time.monotonic() - told_at > REPEAT_S:
            told_at = time.monotonic()
            tell(bus, "renew", before.node)
        time.sleep(POLL_S)


def _left(bus: ReachedBus, told: dict[str, Peer]) -> dict[str, Peer]:
    """Return those that are still there; raises `CommandError` for one that was started again instead."""
    there = serving(look(bus))
    for name in told.keys() & there.keys():
        if there[name].epoch != told[name].epoch:
            raise CommandError(f"{name} ended, and was started again (process {there[name].pid}): it is not drained")
    return {name: there[name] for name in told if name in there}


def _why_not(found: Survey, name: str) -> str:
    listed = next((listed for listed in found.nodes if listed.node == name), None)
    if listed is None:
        return f"there is no node {name}; there are: {', '.join(serving(found)) or 'none'}"
    if listed.reason == "mac":
        return f"{name} has another secret than this command: set nodes.secret to its own"
    if listed.peer is None:
        return f"{name} speaks another version of the protocol between nodes, and would not understand"
    return f"{name} has not been heard for {listed.age_s:.0f} s"


def _done(bus: ReachedBus, work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except BusAway as error:
        raise CommandError(
            f"the Redis at {bus.place} cannot be reached ({error}); try `arogya doctor`", UNREACHABLE
        ) from None
    except ValueError as error:
        raise CommandError(f"{bus.place} is not the address of a Redis: {error}", MISTAKEN) from None
