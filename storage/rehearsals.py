"""What a recording of joints needs to be replayed: its patient, a sensor with a secret, a session; and what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from storage import audit, fleet
from storage.fleet import NewDevice
from storage.pool import Database, Record, Transaction
from storage.sql import load

_QUERIES = load("rehearsals")
SENSOR = "replay"  # the name of a patient's sensor
SPARE_MIN, LONGEST_MIN = 5, 720  # of a session


class Aims(NamedTuple):
    """What a session is about, degrees."""

    joint: str  # the one whose targets a therapist changes
    rest: Mapping[str, float]  # by joint
    target: Mapping[str, float | None]


class Rehearsed(NamedTuple):
    """Who a recording is replayed as."""

    name: str
    email: str  # that nobody signs in with


THERAPIST = Rehearsed("Replay Therapist", "replay-therapist@arogya.invalid")


class Outcome(NamedTuple):
    """What a session has given."""

    counted: bool  # from all that is stored, after its end
    samples: int
    repetitions: dict[str, tuple[int, int]]  # by joint: all, and those that reached the target


async def ensure_sensor(transaction: Transaction, who: Rehearsed, secret_hash: bytes, ends_at: datetime) -> int:
    """Return the sensor of a patient with one more secret, both made where they are missing; raises `StorageError`."""
    patient_id = await _patient(transaction, who)
    found = await transaction.fetch_one(_QUERIES.find_sensor, patient_id=patient_id, name=SENSOR)
    if found is None:
        device_id = await fleet.create_device(transaction, NewDevice("physio", SENSOR))
        await fleet.bind(transaction, device_id, "patient", patient_id)
    else:
        device_id = int(found["id"])
    await fleet.add_secret(transaction, device_id, secret_hash, datetime.now(UTC), ends_at)
    return device_id


async def schedule(
    transaction: Transaction, who: Rehearsed, device_id: int, aims: Aims, *, now: datetime, lasts_s: float
) -> UUID:
    """Make a session that the sensor may begin now; returns its id, raises `StorageError`.

    What a replay before has left open ends: a patient is in one session at a time.
    """
    patient_id = await _patient(transaction, who)
    await transaction.execute(_QUERIES.end_sessions, patient_id=patient_id, now=now)
    row = await transaction.fetch_one(
        _QUERIES.insert_session,
        patient_id=patient_id,
        therapist_id=await _therapist(transaction),
        device_id=device_id,
        now=now,
        minutes=min(LONGEST_MIN, SPARE_MIN + int(lasts_s / 60)),
        joint=aims.joint,
        notes="Replayed from a recording.",
        rest_angle=aims.rest[aims.joint],
        target_angle=aims.target[aims.joint],
    )
    session_id = _id(row)
    for joint in aims.rest.keys() - {aims.joint}:
        rest, target = aims.rest[joint], aims.target[joint]
        await transaction.execute(
            _QUERIES.set_target, session_id=session_id, joint=joint, rest_angle=rest, target_angle=target
        )
    entry = audit.Entry("physio_sessions.C", "physio_sessions", str(session_id), patient_id=patient_id)
    await audit.record(transaction, entry)
    return session_id


async def _patient(transaction: Transaction, who: Rehearsed) -> UUID:
    return _id(await transaction.fetch_one(_QUERIES.ensure_patient, **who._asdict()))


async def _therapist(transaction: Transaction) -> UUID:
    found = await transaction.fetch_one(_QUERIES.find_therapist)
    return _id(found or await transaction.fetch_one(_QUERIES.make_therapist, **THERAPIST._asdict()))


def _id(row: Record | None) -> UUID:
    if row is None:
        raise LookupError("a row was neither found nor made")
    found: UUID = row["id"]
    return found


async def outcome(db: Database, session_id: UUID) -> Outcome:
    """Return what a session has given so far; raises `StorageError`."""
    row = await db.fetch_one(_QUERIES.outcome, session_id=session_id)
    counts = await db.fetch(_QUERIES.counts, session_id=session_id)
    if row is None:
        return Outcome(counted=False, samples=0, repetitions={})
    repetitions = {count["joint"]: (count["repetitions"], count["valid"]) for count in counts}
    return Outcome(row["counted"], row["samples"], repetitions)
