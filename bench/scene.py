"""A fleet of tablets and those who watch it: one load on a whole hub, seen from both ends."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench import machine, provision
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.pictures import Pictures, count_wrong
from bench.provision import Fleet
from bench.recording import Recording
from bench.worker import Worker, working

SETTLE_S = 0.5  # after the last ack: several ticks


class Watch(NamedTuple):
    """What viewers look at."""

    tokens: list[str]  # one for each viewer
    channels: list[str]
    filters: list[dict[str, Any]]  # one for each viewer, or none at all


class Load(NamedTuple):
    """What tablets send, once a second each."""

    fleet: Fleet
    warmup_s: float
    seconds: float
    alarms: int = 0


class Scene(NamedTuple):
    """What came of it."""

    pictures: Pictures
    tally: dict[str, Any]  # of the tablets, as in bench.tablets
    cpu: dict[str, float]  # cores by process tree; nothing for an existing server
    lost: int  # positions that a viewer shows otherwise than they are stored, counted for each viewer


@contextlib.contextmanager
def watching(host: str, port: int, watch: Watch) -> Iterator[Worker]:
    """Subscribe all viewers and keep them until the block ends."""
    job = {"host": host, "port": port, "tokens": watch.tokens, "channels": watch.channels, "filters": watch.filters}
    with working("viewers", job) as viewers:
        viewers.report()
        yield viewers


def pictures_of(viewers: Worker, count: int, folder: Path) -> Pictures:
    """End the watching and return what everybody saw; raises `Broken` when one was lost or sent nonsense."""
    file = folder / "recording.npz"
    viewers.tell(str(file))
    ended = viewers.report()
    if ended["lost"] or ended["errors"]:
        raise Broken(f"{ended['lost']} of {count} viewers lost their connection: {ended['errors']}")
    pictures = Pictures(Recording.load(file), count)
    file.unlink()
    return pictures


def play(hub: HubUnderTest, watch: Watch, load: Load, folder: Path, *, elsewhere: HubUnderTest | None = None) -> Scene:
    """Let tablets send and viewers watch; `folder` gets the file `sent.npy` (see `bench.tablets`).

    The viewers are connected `elsewhere` where that is given: to another hub of the same database.
    """
    there = elsewhere or hub
    job = {"host": hub.host, "port": hub.port, "secrets": load.fleet.secrets, "frame": 1, "window_frames": 0}
    job |= {"rate_hz": 1.0, "warmup_s": load.warmup_s, "seconds": load.seconds, "alarms": load.alarms}
    job |= {"sent_file": str(folder / "sent.npy")}
    with watching(there.host, there.port, watch) as viewers, working("tablets", job) as tablets:
        roots = hub.processes() | {"tablets": tablets.pid, "viewers": viewers.pid}
        tablets.expect("measuring")
        before, started = machine.sample_cpu(roots), time.monotonic()
        tablets.expect("measured")
        cpu = before.shares_until(machine.sample_cpu(roots), time.monotonic() - started)
        tally = tablets.report()
        time.sleep(SETTLE_S)
        pictures = pictures_of(viewers, len(watch.tokens), folder)
    verify_stored(tally, asyncio.run(provision.count_stored(hub.dsn, load.fleet.prefix)))
    truth = asyncio.run(provision.newest_fixes(hub.dsn, load.fleet.ids))
    return Scene(pictures, tally, cpu, count_wrong(pictures.all, truth, load.fleet.ids))


def verify_stored(tally: dict[str, Any], stored: provision.Stored) -> None:
    """Raise `Broken` unless everything acked is stored, once and without holes, and no tablet was thrown out."""
    if tally["errors"] or tally["lost_connections"]:
        raise Broken(f"{tally['lost_connections']} tablets lost their connection: {tally['errors']}")
    if stored.rows != tally["acked_in_all"] or stored.holes or stored.twice:
        raise Broken(f"acked {tally['acked_in_all']}, sent {tally['sent_in_all']}, found {stored}")
