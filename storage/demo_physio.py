"""Who exercises at home in a demonstration: plans, sensors with their secrets, and what was measured before."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage import fleet
from storage.pool import OWNER, Database, Record, Transaction
from storage.sql import load

_QUERIES = load("demo_physio")
_PEOPLE = load("demo")
FRAME_SAMPLES = 50
_FRAMES = ("stream_id", "seq", "received_at", "started_at", "interval_us", "offsets_us", "angles")


class DemoRegime(NamedTuple):
    """A plan with one exercise, on some weekdays."""

    doctor: str
    notes: str
    exercise: str
    instructions: str
    joint: str
    rest_angle: float  # degrees
    target_angle: float  # degrees
    reps: int  # of a day
    sets: int
    hold_s: float
    days: tuple[int, ...]  # ISO weekdays
    days_ago: int  # since when


class DemoPastSession(NamedTuple):
    """A session at home as its sensor recorded it."""

    started_at: datetime
    interval_us: int
    angles: NDArray[np.float32]  # (joints, samples), degrees
    pain_before: int
    pain_after: int

    @property
    def samples(self) -> int:
        """Return how many instants it has."""
        count: int = self.angles.shape[1]
        return count

    @property
    def ended_at(self) -> datetime:
        """Return when the last of them was over."""
        return self.started_at + timedelta(microseconds=self.samples * self.interval_us)


class DemoWearer(NamedTuple):
    """A patient with a sensor at home."""

    name: str
    email: str
    password: str | None  # hash; None: a login that is there already keeps its own
    facility: str
    sensor: str
    model: str
    joints: tuple[str, ...]  # of the sensor; the first is that of the regime
    secret: bytes  # hash of the sensor's
    regime: DemoRegime
    past: Sequence[DemoPastSession]


async def is_seeded(dsn: str, email: str) -> bool:
    """Say whether this patient is there; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        row = await db.fetch_one(_QUERIES.is_seeded, email=email)
        return row is not None and bool(row["seeded"])
    finally:
        await db.close()


async def seed(dsn: str, wearers: Sequence[DemoWearer]) -> None:
    """Store what is missing, all or nothing, and give every sensor its secret; raises `StorageError`."""
    db = await Database.open(dsn, role=OWNER, size=1, command_timeout_s=30)
    try:
        async with db.transaction() as transaction:
            frames: list[tuple[object, ...]] = []
            for wearer in wearers:
                frames += await _wearer(transaction, wearer)
            await transaction.copy("motion_frames", _FRAMES, frames)
    finally:
        await db.close()


async def _wearer(transaction: Transaction, wearer: DemoWearer) -> list[tuple[object, ...]]:
    """Store one patient; return the frames of the sessions that are over."""
    made = await transaction.fetch_one(
        _PEOPLE.insert_user, name=wearer.name, email=wearer.email, role="patient", password=wearer.password
    )
    if made is not None:
        await transaction.execute(_PEOPLE.insert_patient, id=made["id"])
    elif wearer.password is not None:
        await transaction.execute(_QUERIES.set_password, email=wearer.email, password=wearer.password)
    sensor = await transaction.fetch_one(
        _QUERIES.ensure_sensor,
        patient=wearer.email,
        name=wearer.sensor,
        facility=wearer.facility,
        model=wearer.model,
        joints=list(wearer.joints),
    )
    if sensor is None:
        raise LookupError("a sensor was neither found nor made")
    await fleet.add_secret(transaction, sensor["id"], wearer.secret, datetime.now(UTC))
    given = wearer.regime._asdict()
    given.pop("rest_angle")
    exercises = await transaction.fetch(
        _QUERIES.ensure_plan, **given | {"patient": wearer.email, "days": list(wearer.regime.days)}
    )
    sent = await transaction.fetch_one(_QUERIES.has_sent, device_id=sensor["id"])
    if sent is None or sent["sent"] or not wearer.past:
        return []
    return await _past(transaction, wearer, sensor["id"], exercises)


async def _past(
    transaction: Transaction, wearer: DemoWearer, device_id: int, exercises: Sequence[Record]
) -> list[tuple[object, ...]]:
    by_day = {row["day_of_week"]: row["id"] for row in exercises}
    logs = {secrets.token_hex(16): session for session in wearer.past}
    regime, past = wearer.regime, wearer.past
    streams = await transaction.fetch(
        _QUERIES.insert_sessions,
        patient=wearer.email,
        doctor=regime.doctor,
        facility=wearer.facility,
        joint=regime.joint,
        joints=list(wearer.joints),
        plan_id=exercises[0]["plan_id"],
        device_id=device_id,
        rest_angle=regime.rest_angle,
        target_angle=regime.target_angle,
        started_ats=[session.started_at for session in past],
        ended_ats=[session.ended_at for session in past],
        exercise_ids=[by_day.get(session.started_at.isoweekday(), exercises[0]["id"]) for session in past],
        pains_before=[session.pain_before for session in past],
        pains_after=[session.pain_after for session in past],
        log_ids=list(logs),
        last_seqs=[session.samples for session in past],
    )
    return [frame for stream in streams for frame in _frames(stream["id"], logs[stream["log_id"]])]


def _frames(stream_id: int, session: DemoPastSession) -> list[tuple[object, ...]]:
    """Return rows of `motion_frames`: received now, because partitions are made for days that come."""
    received_at = datetime.now(UTC)
    rows: list[tuple[object, ...]] = []
    for first in range(0, session.samples, FRAME_SAMPLES):
        started_at = session.started_at + timedelta(microseconds=first * session.interval_us)
        angles = session.angles[:, first : first + FRAME_SAMPLES].ravel().tolist()
        rows.append((stream_id, first + 1, received_at, started_at, session.interval_us, [], angles))
    return rows
