"""Physiotherapy for the pages to show: patients with a sensor, their sessions, and how they have moved in one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from arogya.simulator.movement import Exercise, Movement, perform
from hub.motion.repetitions import Counter, Repetition
from hub.motion.rules import Target, rules_of
from tests.browser.demo import Demo
from tests.browser.inside import execute

KNEE: Final = "right_knee_flexion"
FRAME: Final = 50  # samples a frame
SQUATS: Final = Exercise(KNEE, 2.0, 100.0, repetitions=10, noise_deg=0.5, tremor_deg=1.0)
STRETCHES: Final = Exercise(KNEE, 105.0, -10.0, repetitions=4, noise_deg=0.5)
_DOCTOR: Final = "(SELECT id FROM users WHERE email = 'doctor@arogya.example')"
_PATIENT: Final = "(SELECT id FROM users WHERE email = $1)"


async def book(demo: Demo, exercise: Exercise, patient: str = "patient@arogya.example", **more: object) -> str:
    """Return a session of `patient` with the demonstration's doctor; `more`: further columns."""
    columns = {
        "joint": exercise.joint,
        "rest_angle": exercise.rest_angle,
        "target_angle": exercise.target_angle,
        "target_reps": exercise.repetitions,
        **more,
    }
    names = ", ".join(columns)
    places = ", ".join(f"${place}" for place in range(2, len(columns) + 2))
    [row] = await execute(
        demo,
        f"INSERT INTO physio_sessions (patient_id, therapist_id, {names}) VALUES ({_PATIENT}, {_DOCTOR}, {places})"  # noqa: S608
        " RETURNING id::text",
        *(patient, *columns.values()),
    )
    return str(row["id"])


async def remember(demo: Demo, exercise: Exercise, seed: int = 7, patient: str = "patient@arogya.example") -> str:
    """Return a completed session that began an hour ago, with its angles and its repetitions."""
    movement = perform(exercise, np.random.default_rng(seed))
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    ended = began + timedelta(microseconds=int(movement.at_us[-1]))
    session = await book(
        demo,
        exercise,
        patient,
        scheduled_at=began,
        started_at=began,
        ended_at=ended,
        status="completed",
        counted_at=ended,
    )
    await store(demo, session, exercise, movement, began)
    return session


async def store(demo: Demo, session: str, exercise: Exercise, movement: Movement, began: datetime) -> None:
    """Write a movement down as a stream of the patient's first sensor."""
    [stream] = await execute(
        demo,
        "INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints)"
        " VALUES ((SELECT min(id) FROM physio_devices), replace($1, '-', ''), 'motion', $1::uuid, $2) RETURNING id",
        *(session, [exercise.joint]),
    )
    for first in range(0, len(movement.at_us), FRAME):
        at, angle = movement.at_us[first : first + FRAME], movement.angle[first : first + FRAME]
        await execute(
            demo,
            "INSERT INTO motion_frames VALUES ($1, $2, now(), $3, 0, $4, $5)",
            *(stream["id"], first + 1, began + timedelta(microseconds=int(at[0]))),
            *((at - at[0]).tolist(), angle.tolist()),
        )
    for one in count(exercise, movement):
        await execute(
            demo,
            "INSERT INTO motion_repetitions (stream_id, joint, number, first_seq, last_seq, started_at, peak_at,"
            " ended_at, peak_angle, range_deg, hold_s, out_s, back_s, smoothness, valid)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            *(stream["id"], exercise.joint, one.number, one.first_seq, one.last_seq),
            *(began + timedelta(microseconds=us) for us in (one.started_at, one.peak_at, one.ended_at)),
            *(one.peak_angle, one.range_deg, one.hold_s, one.out_s, one.back_s, one.smoothness, one.valid),
        )


def count(exercise: Exercise, movement: Movement) -> list[Repetition]:
    """Return the repetitions of a movement."""
    counter = Counter(rules_of(Target(exercise.rest_angle, exercise.target_angle)))
    samples = zip(movement.seq.tolist(), movement.at_us.tolist(), movement.angle.tolist(), strict=True)
    return [one for sample in samples if (one := counter.step(*sample)) is not None]


async def enrol(demo: Demo, name: str) -> str:
    """Return the address of a new patient whom nobody has seen yet."""
    email = f"{name.split()[0].lower()}@arogya.example"
    await execute(
        demo,
        "WITH made AS (INSERT INTO users (name, email, role) VALUES ($1, $2, 'patient') RETURNING id)"
        " INSERT INTO patients (id) SELECT id FROM made",
        *(name, email),
    )
    return email


async def give_sensor(demo: Demo, patient: str) -> int:
    """Return a new sensor of `patient`, for one knee."""
    [device] = await execute(demo, "INSERT INTO devices (kind, name) VALUES ('physio', 'Knee sensor') RETURNING id")
    await execute(
        demo,
        "INSERT INTO physio_devices (id, patient_id, joints) SELECT $2, id, $3 FROM users WHERE email = $1",
        *(patient, device["id"], [KNEE]),
    )
    return int(device["id"])
