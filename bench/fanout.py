"""What showing a fleet costs: position updates that reach viewers for each second of the hub's processor time.

The fleet moves inside a whole hub process (see `bench.mover`), because its ingest would cost more than what is
measured; the figure with tablets as real senders stands beside it. The same updates then go through nats-server, a
message for each and a message for each tick, and through a bare loop of `socket.send`; and once more through the hub,
to viewers that each look at an area of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import random
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgpack
import numpy as np

from bench import machine, nats, provision, replay, scene, viewer_accounts
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.pictures import Pictures, Row, count_wrong, count_wrong_inside
from bench.replay import Tick
from bench.scene import Load, Watch
from bench.worker import Worker, working
from hub.live.board import LiveFix, fix_row
from hub.websocket_frames import binary_frame

SETTINGS: Mapping[str, str] = {"AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "100000"}
MAIN_FIGURE = "updates_per_cpu_s"
CITY = [18.4, 73.7, 18.8, 74.1]  # south, west, north, east: where the fleet drives
AREA_SHARES = (0.25, 0.5)  # of the city, that a viewer with an area looks at
AREA_SHAPES = (0.7, 1.4)  # height to width
SETTLE_S = 0.5
DRAIN_S = 10.0


class Cost(NamedTuple):
    """Updates that reached viewers, counted for each of them, and the processor time of whoever sent them."""

    updates: int
    cpu_s: float

    @property
    def per_cpu_s(self) -> float:
        """Updates for each second of processor time."""
        return self.updates / self.cpu_s


class Shown(NamedTuple):
    """What a hub showed its viewers, and for how much."""

    cost: Cost
    writes: int  # to viewers, of whatever length
    pictures: Pictures
    from_ns: int
    to_ns: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.add_argument("--ambulances", type=int, default=1000, help="ambulances that move once a second (1000)")
    parser.add_argument("--viewers", type=int, default=500, help="viewers (500)")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Show the same fleet in every way and return what each costs."""
    if not hub.supervisor:
        raise Broken("the fleet moves inside a hub process of the benchmark's own: run it without --url")
    fleet = asyncio.run(provision.make_fleet(hub.dsn, options.ambulances))
    tokens = asyncio.run(viewer_accounts.viewer_tokens(hub, options.viewers))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        job = {"dsn": hub.dsn, "options": {}, "ids": fleet.ids, "area": CITY}
        with working("mover", job) as mover:
            port = mover.report()["port"]
            common = show(mover, port, Watch(tokens, ["fleet"], []), options, folder)
            filters = [{"area": area} for area in areas(options.viewers)]
            area = show(mover, port, Watch(tokens, ["fleet"], filters), options, folder)
        figures = figures_of(common, area, options)
        figures |= with_ingest(hub, Watch(tokens, ["fleet"], []), Load(fleet, options.warmup, options.seconds), folder)
        replay.save(folder / "ticks", ticks_of(common))
        costs = compared(folder / "ticks", options)
    own = common.cost.per_cpu_s
    figures |= {"ratio": own / costs["updates"].per_cpu_s, "ratio_batched": own / costs["ticks"].per_cpu_s}
    figures |= {"floor_ratio": own / costs["floor"].per_cpu_s, "area_ratio": area.cost.per_cpu_s / own}
    figures |= {f"{kind}_updates_per_cpu_s": round(cost.per_cpu_s) for kind, cost in costs.items()}
    return {figure: round(value, 3) for figure, value in figures.items()}


def areas(count: int) -> list[list[float]]:
    """Return an area of the city for each viewer: a random box, the same ones in every run."""
    chance = random.Random(11)  # noqa: S311 - keeps no secret
    south, west, north, east = CITY
    boxes = []
    for _ in range(count):
        share, shape = chance.uniform(*AREA_SHARES), chance.uniform(*AREA_SHAPES)
        height, width = (north - south) * math.sqrt(share * shape), (east - west) * math.sqrt(share / shape)
        low, left = chance.uniform(south, north - height), chance.uniform(west, east - width)
        boxes.append([low, left, low + height, left + width])
    return boxes


def show(mover: Worker, port: int, watch: Watch, options: argparse.Namespace, folder: Path) -> Shown:
    """Let viewers watch the moving fleet, and check what each of them sees in the end."""
    with scene.watching("127.0.0.1", port, watch) as viewers:
        mover.tell("go")
        time.sleep(options.warmup)
        from_ns, before_s = time.monotonic_ns(), machine.cpu_s(mover.pid)
        time.sleep(options.seconds)
        to_ns, cpu_s = time.monotonic_ns(), machine.cpu_s(mover.pid) - before_s
        mover.tell("stop")
        truth = {int(id_): fix_row(int(id_), LiveFix(*fix)) for id_, fix in mover.report().items()}
        time.sleep(SETTLE_S)
        pictures = scene.pictures_of(viewers, len(watch.tokens), folder)
    verify(pictures, truth, watch)
    messages = pictures.recording.within(from_ns, to_ns)
    closing = np.array([message.type == "delta" for message in pictures.messages])
    cost = Cost(pictures.delivered(from_ns, to_ns), cpu_s)
    return Shown(cost, int(closing[messages].sum()), pictures, from_ns, to_ns)


def verify(pictures: Pictures, truth: dict[int, Row], watch: Watch) -> None:
    """Raise `Broken` unless every viewer's picture is right."""
    if watch.filters:
        pairs = zip(pictures.all, watch.filters, strict=True)
        wrong = sum(count_wrong_inside(picture, truth, chosen["area"]) for picture, chosen in pairs)
    else:
        wrong = count_wrong(pictures.all, truth, truth.keys())
    if wrong:
        raise Broken(f"viewers show {wrong} positions that are not what was put on the board")


def figures_of(common: Shown, area: Shown, options: argparse.Namespace) -> dict[str, float]:
    """Return the figures of the hub alone."""
    expected = options.ambulances * options.viewers * options.seconds
    frames = len(area.pictures.recording.within(area.from_ns, area.to_ns))
    return {
        "updates_per_cpu_s": round(common.cost.per_cpu_s),
        "us_per_write": common.cost.cpu_s / common.writes * 1e6,
        "updates_per_write": common.cost.updates / common.writes,
        "delivered_share": common.cost.updates / expected,
        "cpu_hub": common.cost.cpu_s / options.seconds,
        "area_us_per_write": area.cost.cpu_s / area.writes * 1e6,
        "area_updates_per_write": area.cost.updates / area.writes,
        "area_frames_per_write": frames / area.writes,
    }


def with_ingest(hub: HubUnderTest, watch: Watch, load: Load, folder: Path) -> dict[str, float]:
    """Let tablets move the fleet and return what an update costs then, all of the hub's work included."""
    played = scene.play(hub, watch, load, folder)
    if played.lost:
        raise Broken(f"viewers show {played.lost} positions that are not what is stored")
    tally = played.tally
    from_ns, measured_s = tally["measured_from_ns"], tally["measured_s"]
    delivered = played.pictures.delivered(from_ns, from_ns + int(measured_s * 1e9))
    cores = played.cpu["hub"]
    return {"updates_per_cpu_s_with_ingest": round(delivered / (cores * measured_s)), "cpu_hub_with_ingest": cores}


def ticks_of(shown: Shown) -> list[Tick]:
    """Return what the first viewer was written in the measured time, tick by tick."""
    when_ns, numbers = shown.pictures.recording.of(0)
    ticks = []
    for number in numbers[(when_ns >= shown.from_ns) & (when_ns < shown.to_ns)].tolist():
        fixes = shown.pictures.messages[number].fixes
        updates = [msgpack.packb(row) for row in fixes.values()]
        ticks.append(Tick(binary_frame(shown.pictures.recording.payloads[number]), updates))
    return ticks


def compared(file: Path, options: argparse.Namespace) -> dict[str, Cost]:
    """Send the same updates in the other ways, one after the other."""
    job = {"file": str(file), "host": "127.0.0.1", "port": 0, "sockets": options.viewers, "seconds": options.seconds}
    costs = {}
    for kind in ("updates", "ticks"):
        with nats.running() as server, working("replay", job | {"kind": kind, "port": server.port}) as sender:
            greeting = f"{replay.GREETING}SUB {replay.SUBJECT} 1\r\nPING\r\n"
            costs[kind] = send(sender, server.port, greeting, options, pid=server.pid)
    with working("replay", job | {"kind": "floor"}) as sender:
        costs["floor"] = send(sender, sender.report()["port"], "", options, pid=None)
    return costs


def send(sender: Worker, port: int, greeting: str, options: argparse.Namespace, *, pid: int | None) -> Cost:
    """Let readers connect and a replay be sent; the time is that of process `pid`, None: of the sender itself."""
    job = {"host": "127.0.0.1", "port": port, "sockets": options.viewers, "greeting": greeting}
    with working("readers", job) as readers:
        readers.report()
        sender.expect("ready")
        time.sleep(options.warmup)
        before_s = machine.cpu_s(pid) if pid else 0.0
        sender.tell("go")
        sent = sender.report()
        deadline = time.monotonic() + DRAIN_S
        readers.tell("count")
        while (got := readers.report())["least"] < sent["bytes"] and time.monotonic() < deadline:
            time.sleep(0.1)
            readers.tell("count")
        cpu_s = machine.cpu_s(pid) - before_s if pid else sent["cpu_s"]
        if got["lost"] or got["least"] != sent["bytes"] or got["most"] != sent["bytes"]:
            raise Broken(f"each reader should have got {sent['bytes']} bytes, but: {got}")
    return Cost(sent["updates"] * options.viewers, cpu_s)
