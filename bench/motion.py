"""How many readings a second become durable and counted: sensors → hub → PostgreSQL with fsync, with viewers watching.

A reading is one joint at one instant. Every sample that was acked must be stored once, and every repetition of every
joint must have been counted once, or the run fails. In the same run psql copies the same readings, a row each, and the
same frames.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench import machine, motion_copies, motion_live, wards
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.motion_live import Late
from bench.movements import MOVEMENTS, Movement, make_movement
from bench.psql import Psql
from bench.wards import Ward
from bench.worker import working
from storage.records.joints import JOINTS

# Limits of the hub that the load needs raised; everything else stays as it ships.
SETTINGS: Mapping[str, str] = {
    "AROGYA_LIMITS__LOGIN_PER_NETWORK_PER_MINUTE": "100000",
    "AROGYA_LIMITS__REFUSALS_PER_MINUTE": "1000000",
}
MAIN_FIGURE = "samples_per_s"
WATCHED = 50  # sessions that viewers look at
CHANNELS = 8  # of a viewer: half of what it may have
TIMED = 100  # sensors whose frames are timed
JOINT_ORDER = sorted(JOINTS, key=lambda joint: (not joint.endswith("_flexion"), joint))


class Load(NamedTuple):
    """What the sensors of one run send."""

    devices: int
    joints: int
    samples: int  # of each joint in a message
    hz: float
    window_frames: int = 0  # 0: at their pace
    seconds: float = 1.0
    warmup_s: float = 0.0

    @property
    def names(self) -> list[str]:
        """The joints."""
        return JOINT_ORDER[: self.joints]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    # Thousands of sensors that connect at once are served for some seconds before it goes on evenly.
    parser.set_defaults(seconds=30.0, warmup=10.0)
    parser.add_argument("--devices", type=int, default=2_000, help="sensors (2000)")
    parser.add_argument("--joints", type=int, default=5, help="joints of a sensor (5)")
    parser.add_argument("--samples", type=int, default=10, help="samples of each joint in a message (10)")
    parser.add_argument("--hz", type=float, default=100.0, help="samples a second (100)")
    parser.add_argument(
        "--saturate-seconds", type=float, default=15.0, help="of sensors that drain a backlog (15); 0: leave it out"
    )
    parser.add_argument("--window", type=int, default=10, help="messages that each of them has on the way (10)")
    parser.add_argument(
        "--viewers", type=int, default=20, help="viewers, among whom 50 sessions are shared (20); 0: none"
    )
    parser.add_argument("--live-devices", type=int, default=50, help="sensors of the everyday load (50)")
    parser.add_argument("--live-seconds", type=float, default=15.0, help="its measured time (15); 0: leave it out")
    parser.add_argument("--no-copies", action="store_true", help="leave out psql's copies")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the loads once and return the figures by name."""
    figures: dict[str, float] = {}
    if options.live_seconds and options.viewers:
        paced = Load(options.live_devices, options.joints, options.samples, options.hz)
        paced = paced._replace(seconds=options.live_seconds, warmup_s=options.warmup)
        everyday, _ = run_load(hub, paced, options.viewers)
        names = ("ack_p50_ms", "ack_p99_ms", *(name for name in everyday if name.startswith(("live_", "cpu_"))))
        figures |= {name if name.startswith("live_") else f"live_{name}": everyday[name] for name in names}
    load = Load(options.devices, options.joints, options.samples, options.hz)
    load = load._replace(seconds=options.seconds, warmup_s=options.warmup)
    psql = Psql(hub.psql, hub.dsn)
    before_bytes = motion_copies.frames_bytes(psql)
    crowded, ward = run_load(hub, load, options.viewers)
    written_bytes = motion_copies.frames_bytes(psql) - before_bytes
    figures |= {f"crowded_{name}" if name.startswith("live_") else name: value for name, value in crowded.items()}
    figures["bytes_per_sample"] = round(written_bytes / max(1, figures["samples"]), 2)
    fastest = figures["samples_per_s"]
    if options.saturate_seconds:
        draining = load._replace(seconds=options.saturate_seconds, window_frames=options.window)
        drained, _ = run_load(hub, draining, options.viewers)
        names = ("samples_per_s", "ack_p50_ms", "ack_p99_ms", *(name for name in drained if name.startswith("cpu_")))
        figures |= {f"saturated_{name}": drained[name] for name in names}
        fastest = max(fastest, drained["samples_per_s"])
    if not options.no_copies:
        figures |= copies_of(psql, ward, load, fastest)
        figures["paced_ratio_rows"] = round(figures["samples_per_s"] / figures["psql_rows_per_s"], 3)
    return figures


def run_load(hub: HubUnderTest, load: Load, viewers: int) -> tuple[dict[str, float], Ward]:
    """Let sensors send from a process of their own, and therapists watch some of them; raises `Broken` for any loss."""
    viewers = min(viewers, load.devices)
    ward = asyncio.run(wards.make_ward(hub.dsn, load.devices, load.names, max(1, viewers)))
    watched = spread(load.devices, min(WATCHED, viewers * CHANNELS)) if viewers else []
    movements = [make_movement(number, load.joints, load.hz) for number in range(min(MOVEMENTS, load.devices))]
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        watching = stack.enter_context(motion_live.watching(hub, ward, watched)) if viewers else None
        tally, cpu = drive(hub, ward, load, watched, folder)
        late = None
        if watching is not None:
            recording = motion_live.recording_of(watching, folder)
            span = (tally["measured_from_ns"], tally["measured_from_ns"] + int(tally["measured_s"] * 1e9))
            sent = motion_live.sent_of(folder / "sent.npz", ward, movements, watched)
            late = motion_live.join(recording, sent, load.names, load.samples, round(1_000_000 / load.hz), span)
    verify_stored(tally, asyncio.run(wards.count_stored(hub.dsn, ward.prefix)), load)
    figures = figures_of(tally, load) | repetitions_of(hub, ward, movements, load, tally)
    if late is not None:
        figures |= live_figures(late)
    return figures | {f"cpu_{name}": cores for name, cores in cpu.items()}, ward


def spread(count: int, wanted: int) -> list[int]:
    """Return so many places of a range, evenly spread."""
    return [place * count // wanted for place in range(wanted)] if count > wanted else list(range(count))


def drive(
    hub: HubUnderTest, ward: Ward, load: Load, watched: list[int], folder: Path
) -> tuple[dict[str, Any], dict[str, float]]:
    """Let the sensors send; returns their tally, and the cores of each process tree."""
    job: dict[str, Any] = {"host": hub.host, "port": hub.port, "secrets": ward.secrets, "sessions": ward.sessions}
    job |= {"joints": load.names, "samples": load.samples, "hz": load.hz, "window_frames": load.window_frames}
    job |= {"timed": sorted({*spread(load.devices, TIMED), *watched}), "sent_file": str(folder / "sent.npz")}
    with working("sensors", job | {"warmup_s": load.warmup_s, "seconds": load.seconds}) as sensors:
        roots = hub.processes() | {"sensors": sensors.pid}
        sensors.expect("measuring")
        before, started = machine.sample_cpu(roots), time.monotonic()
        sensors.expect("measured")
        cpu = before.shares_until(machine.sample_cpu(roots), time.monotonic() - started)
        return sensors.report(), cpu


def verify_stored(tally: Mapping[str, Any], stored: wards.Stored, load: Load) -> None:
    """Raise `Broken` unless everything acked is stored, once and without holes, and no sensor was thrown out."""
    if tally["errors"] or tally["lost_connections"]:
        raise Broken(f"{tally['lost_connections']} sensors lost their connection: {tally['errors']}")
    if stored.samples != tally["acked_in_all"] or stored.holes or stored.twice or stored.streams != load.devices:
        raise Broken(f"acked {tally['acked_in_all']}, sent {sum(tally['sent'])}, found {stored}")


def figures_of(tally: Mapping[str, Any], load: Load) -> dict[str, float]:
    """Choose what is reported of the load; `samples_per_s` is readings a second."""
    figures = {name: round(tally[name], 1) for name in ("ack_p50_ms", "ack_p99_ms", "ack_max_ms")}
    figures["samples_per_s"] = round(tally["acked"] * load.joints / tally["measured_s"])
    figures["offered_per_s"] = round(load.devices * load.joints * load.hz) if not load.window_frames else 0
    figures["messages_per_s"] = round(tally["acked"] / load.samples / tally["measured_s"])
    figures |= {"samples": tally["acked_in_all"] * load.joints, "timed_frames": tally["frames"]}
    return figures | {"sender_behind_ms": round(tally["behind_s"] * 1_000, 1)}


def live_figures(late: Late) -> dict[str, float]:
    """Choose what is reported of the viewers; without a `sent`, the time runs from the instant of each sample."""
    if not len(late.sent):
        raise Broken("no viewer saw anything move")
    figures = {"live_seen_share": late.seen_share}
    for name, times in (("", late.measured), ("sent_", late.sent)):
        p50, p99, most = np.percentile(times, (50, 99, 100))
        figures |= {f"live_{name}p50_ms": p50, f"live_{name}p99_ms": p99, f"live_{name}max_ms": most}
    return {name: round(float(value), 3) for name, value in figures.items()}


def repetitions_of(
    hub: HubUnderTest, ward: Ward, movements: list[Movement], load: Load, tally: Mapping[str, Any]
) -> dict[str, float]:
    """Hold what was counted against what was done; raises `Broken` when a joint has one too few or too many."""
    counted = asyncio.run(wards.count_repetitions(hub.dsn, ward.prefix))
    wrong, done = [], 0
    for place, (session, samples) in enumerate(zip(ward.sessions, tally["sent"], strict=True)):
        movement = movements[place % MOVEMENTS]
        bounds = zip(load.names, movement.least(samples).tolist(), movement.most(samples).tolist(), strict=True)
        for joint, least, most in bounds:
            found = counted.get((session, joint), 0)
            done += least
            if not least <= found <= most:
                wrong.append(f"{found} instead of {least} to {most}")
    if wrong:
        raise Broken(f"{len(wrong)} of {load.devices * load.joints} joints were counted wrongly: {wrong[:3]}")
    return {"repetitions": sum(counted.values()), "repetitions_done": done}


def copies_of(psql: Psql, ward: Ward, load: Load, samples_per_s: float) -> dict[str, float]:
    """Let psql copy the same readings and the same frames as fast as it can, and compare with the hub's fastest."""
    frame_readings = load.joints * load.samples
    with tempfile.TemporaryDirectory() as name:
        rows, cheapest = (
            motion_copies.copy_readings(psql, Path(name), ward.prefix, frame_readings, key)
            for key in ("uuid", "bigint")
        )
        frames = motion_copies.copy_frames(psql, Path(name), ward.prefix)
    rows_per_s = rows.rows / rows.seconds
    frames_per_s = frames.rows * frame_readings / frames.seconds
    return {
        "psql_rows_per_s": round(rows_per_s),
        "psql_frames_samples_per_s": round(frames_per_s),
        "ratio_rows": round(samples_per_s / rows_per_s, 3),
        "ratio_frames": round(samples_per_s / frames_per_s, 3),
        "psql_rows_ascending_per_s": round(cheapest.rows / cheapest.seconds),
        "psql_rows": rows.rows,
        "psql_frames": frames.rows,
        "psql_rows_bytes_per_sample": round(rows.bytes / max(1, rows.rows), 1),
    }
