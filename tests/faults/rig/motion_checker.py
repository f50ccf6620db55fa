"""Holds the journals of sensors against the database: every sample once, as it was sent, and counted once."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import asyncpg

from hub.motion.repetitions import Counter, Repetition
from hub.motion.rules import Target, rules_of
from tests.faults.rig.checker import Verdict
from tests.faults.rig.sensor import MotionJournal, MotionLog, Sample

FRAMES = """
SELECT s.log_id, f.seq, to_us(f.started_at) AS started_at, f.interval_us, f.offsets_us, f.angles
FROM motion_frames f JOIN streams s ON s.id = f.stream_id WHERE s.log_id = ANY($1) ORDER BY f.seq
"""
DEAD = "SELECT s.log_id, d.seq FROM dead_letters d JOIN streams s ON s.id = d.stream_id WHERE s.log_id = ANY($1)"
COUNTED = """
SELECT s.log_id, r.joint, r.number, r.first_seq, r.last_seq, r.peak_angle, r.valid
FROM motion_repetitions r JOIN streams s ON s.id = r.stream_id WHERE s.log_id = ANY($1)
ORDER BY r.joint, r.first_seq
"""
TARGETS = "SELECT session_id, joint, rest_angle, target_angle FROM motion_targets ORDER BY set_at"


class Counted(NamedTuple):
    """A repetition, as far as it must be the same wherever it is counted."""

    joint: str
    number: int
    first_seq: int
    last_seq: int
    peak_angle: float
    valid: bool


async def check(dsn: str, journal: MotionJournal) -> Verdict:
    """Read everything that the streams of the journal stored and compare it, with its repetitions."""
    logs = list(journal.streams)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            frames = await connection.fetch(FRAMES, logs)
            dead = await connection.fetch(DEAD, logs)
            counted = await connection.fetch(COUNTED, logs)
            targets = {(row["session_id"], row["joint"]): row for row in await connection.fetch(TARGETS)}
    finally:
        await connection.close()
    verdict = Verdict(dead=len(dead))
    for log_id, log in journal.streams.items():
        stored = unfold(verdict, log_id[:6], [dict(row) for row in frames if row["log_id"] == log_id], len(log.joints))
        judge(verdict, log_id[:6], log, stored, {row["seq"] for row in dead if row["log_id"] == log_id})
        found = [Counted(*list(row)[1:]) for row in counted if row["log_id"] == log_id]
        verdict.counted += len(found)
        rules = {joint: targets.get((log.session_id, joint)) for joint in log.joints}
        verdict.miscounted += differences(log_id[:6], found, count(log, stored, rules))
    return verdict


def unfold(verdict: Verdict, name: str, frames: Sequence[Mapping[str, Any]], joints: int) -> dict[int, Sample]:
    """Return the stored samples of one stream by their seq; what is stored twice goes into the verdict."""
    stored: dict[int, Sample] = {}
    for row in frames:
        first, angles, offsets = row["seq"], row["angles"], row["offsets_us"]
        samples = len(angles) // joints
        for place in range(samples):
            if first + place in stored:
                verdict.twice.append(f"{name}/{first + place}")
            after = offsets[place] if offsets else place * row["interval_us"]
            stored[first + place] = Sample(row["started_at"] + after, tuple(angles[place::samples]))
    verdict.stored += len(stored)
    return stored


def judge(verdict: Verdict, name: str, log: MotionLog, stored: Mapping[int, Sample], dead: set[int]) -> None:
    """Add what one stream's journal and samples say about each other."""
    skipped = {seq for first, last in log.skipped for seq in range(first, last + 1)}
    accounted = stored.keys() | log.refused.keys() | skipped
    verdict.lost += [f"{name}/{seq}" for seq in range(1, log.acked + 1) if seq not in accounted]
    verdict.lost += [f"{name}/{seq} (no dead letter)" for seq in first_refused(log) - dead]
    verdict.unknown += [f"{name}/{seq}" for seq in stored if seq not in log.sent]
    verdict.held += sum(seq not in accounted for seq in log.sent)
    verdict.altered += [
        f"{name}/{seq}" for seq, sample in stored.items() if seq in log.sent and not same(sample, log.sent[seq])
    ]


def first_refused(log: MotionLog) -> set[int]:
    """Return where runs of refused samples begin: the dead letter of a frame has the number of its first sample."""
    return {seq for seq in log.refused if seq - 1 not in log.refused}


def same(one: Sample, other: Sample) -> bool:
    """Compare to the bit of a float32."""
    packed = [struct.pack(f"<q{len(sample.angles)}f", sample.at, *sample.angles) for sample in (one, other)]
    return packed[0] == packed[1]


def count(log: MotionLog, stored: Mapping[int, Sample], targets: Mapping[str, asyncpg.Record | None]) -> list[Counted]:
    """Count the stored samples once, in their order: what must have been counted however often a hub died meanwhile."""
    found = []
    for place, joint in enumerate(log.joints):
        target = targets[joint]
        counter = Counter(rules_of(Target(target["rest_angle"], target["target_angle"]) if target else Target()))
        for seq in sorted(stored):
            repetition = counter.step(seq, stored[seq].at, stored[seq].angles[place])
            found += [counted(joint, repetition)] if repetition else []
    return sorted(found, key=lambda one: (one.joint, one.first_seq))


def counted(joint: str, one: Repetition) -> Counted:
    """Return a repetition as the database gives it back."""
    peak = struct.unpack("f", struct.pack("f", one.peak_angle))[0]
    return Counted(joint, one.number, one.first_seq, one.last_seq, peak, one.valid)


def differences(name: str, found: list[Counted], wanted: list[Counted]) -> list[str]:
    """Name the repetitions that are on one side only."""
    missing, additional = set(wanted) - set(found), set(found) - set(wanted)
    return [f"{name} lacks {one}" for one in sorted(missing)] + [f"{name} has {one}" for one in sorted(additional)]
