"""How many readings a second become durable and counted: sensors → hub → PostgreSQL with fsync, with viewers watching.

A reading is one joint at one instant. Every sample that was acked must be stored once, and every repetition of every
joint must have been counted once, or the run fails. In the same run psql copies the same readings, a row each, and the
same frames.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from bench import machine, motion_copies, wards
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.movements import MOVEMENTS, make_movement
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
JOINT_ORDER = sorted(JOINTS, key=lambda joint: (not joint.endswith("_flexion"), joint))


class Load(NamedTuple):
    """What the sensors of one run send."""

    devices: int
    joints: int
    samples: int  # of each joint in a message
    hz: float
    window_frames: int  # 0: at their pace


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is particular to this benchmark."""
    parser.set_defaults(seconds=30.0)
    parser.add_argument("--devices", type=int, default=2_000, help="sensors (2000)")
    parser.add_argument("--joints", type=int, default=5, help="joints of a sensor (5)")
    parser.add_argument("--samples", type=int, default=10, help="samples of each joint in a message (10)")
    parser.add_argument("--hz", type=float, default=100.0, help="samples a second (100)")
    parser.add_argument(
        "--window", type=int, default=0, help="messages on the way of a sensor that saturates; 0: paced"
    )
    parser.add_argument("--no-copies", action="store_true", help="leave out psql's copies")


def measure(hub: HubUnderTest, options: argparse.Namespace) -> dict[str, float]:
    """Run the load once and return the figures by name."""
    load = Load(options.devices, options.joints, options.samples, options.hz, options.window)
    joints = JOINT_ORDER[: load.joints]
    ward = asyncio.run(wards.make_ward(hub.dsn, load.devices, joints))
    psql = Psql(hub.psql, hub.dsn)
    before_bytes = motion_copies.frames_bytes(psql)
    tally, cpu = drive(hub, ward, joints, load, options)
    stored = asyncio.run(wards.count_stored(hub.dsn, ward.prefix))
    verify_stored(tally, stored, load)
    figures = figures_of(tally, load)
    figures["bytes_per_sample"] = round(
        (motion_copies.frames_bytes(psql) - before_bytes) / max(1, stored.samples * load.joints), 2
    )
    figures |= repetitions_of(hub, ward, joints, load, tally)
    if not options.no_copies:
        figures |= copies_of(psql, ward, load, figures["samples_per_s"])
    return figures | {f"cpu_{name}": cores for name, cores in cpu.items()}


def drive(
    hub: HubUnderTest, ward: Ward, joints: list[str], load: Load, options: argparse.Namespace
) -> tuple[dict[str, Any], dict[str, float]]:
    """Let the sensors send from a process of their own; returns their tally, and the cores of each process tree."""
    job = {"host": hub.host, "port": hub.port, "secrets": ward.secrets, "sessions": ward.sessions, "joints": joints}
    job |= {"samples": load.samples, "hz": load.hz, "window_frames": load.window_frames}
    with working("sensors", job | {"warmup_s": options.warmup, "seconds": options.seconds}) as sensors:
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


def repetitions_of(
    hub: HubUnderTest, ward: Ward, joints: list[str], load: Load, tally: Mapping[str, Any]
) -> dict[str, float]:
    """Hold what was counted against what was done; raises `Broken` when a joint has one too few or too many."""
    counted = asyncio.run(wards.count_repetitions(hub.dsn, ward.prefix))
    movements = [make_movement(number, load.joints, load.hz) for number in range(min(MOVEMENTS, load.devices))]
    wrong, done = [], 0
    for place, (session, samples) in enumerate(zip(ward.sessions, tally["sent"], strict=True)):
        movement = movements[place % MOVEMENTS]
        bounds = zip(joints, movement.least(samples).tolist(), movement.most(samples).tolist(), strict=True)
        for joint, least, most in bounds:
            found = counted.get((session, joint), 0)
            done += least
            if not least <= found <= most:
                wrong.append(f"{found} instead of {least} to {most}")
    if wrong:
        raise Broken(f"{len(wrong)} of {load.devices * load.joints} joints were counted wrongly: {wrong[:3]}")
    return {"repetitions": sum(counted.values()), "repetitions_done": done}


def copies_of(psql: Psql, ward: Ward, load: Load, samples_per_s: float) -> dict[str, float]:
    """Let psql copy the same readings and the same frames, and compare."""
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
