"""The demonstration's physiotherapy: patients with sensors at home who exercise all the time, and their last days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from arogya.cli.demo_clinic import DINESH, HOSPITAL, NEHA, PHYSIO, PRIYA
from arogya.cli.outcome import MISTAKEN, CommandError
from arogya.replay.recordings import Recording, is_recording, read_recording
from arogya.replay.traces import TraceError
from arogya.running import write_private
from arogya.simulator.past_motion import past_motion
from arogya.simulator.wearer import Wearer
from hub.access.tokens import digest, new_token
from storage import demo_physio
from storage.demo_physio import DemoPastSession, DemoRegime, DemoWearer
from storage.passwords import Passwords

PATIENTS_FILE = "patients.json"
DAYS = 14  # of history
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
SQUAT = {"left_knee_flexion": (2.0, 0.97), "right_hip_flexion": (0.0, 0.95), "left_hip_flexion": (0.0, 0.93)}
STAND_UP = {"left_knee_flexion": (105.0, 0.98), "right_hip_flexion": (85.0, 0.72)}


class Care(NamedTuple):
    """Somebody of the demonstration who exercises at home, and with what."""

    wearer: Wearer
    exercise: str
    instructions: str
    reps: int = 10
    sets: int = 1
    hold_s: float = 0.0
    attended: bool = False  # a login for people: its sessions are begun on its page, or by its therapist
    sensor: str = "Home sensor"
    facility: str = PHYSIO


def _wearer(name: str, email: str, joint: str, rest: float, target: float, **rest_of: object) -> Wearer:
    given: dict[str, object] = {"others": {}, "rate_hz": 50.0} | rest_of
    return Wearer(name, "", joint, rest, target, email=email, **given)  # type: ignore[arg-type] # its other fields


CARE = (
    Care(
        _wearer("Priya Patient", PRIYA, "right_knee_flexion", 2.0, 90.0, others={"right_hip_flexion": (5.0, 0.4)}),
        "Heel slides",
        "Lie on your back and draw the heel slowly towards you; hold, and let it slide back.",
        sets=2,
        attended=True,
        sensor="Knee sensor 1",
        facility=HOSPITAL,
    ),
    Care(
        _wearer("Neha Kulkarni", NEHA, "left_shoulder_flexion", 5.0, 120.0, tremor_deg=1.0),
        "Wall walks",
        "Face a wall and let the fingers walk up as far as they come, with a straight back.",
        reps=8,
        attended=True,
        sensor="Shoulder sensor",
    ),
    Care(
        _wearer("Ajay Verma", "ajay@arogya.example", "right_knee_flexion", 2.0, 95.0, others=SQUAT, rate_hz=100.0),
        "Squats",
        "Feet as wide as the shoulders; sit back as if there were a chair, and stand up again.",
        sets=2,
    ),
    Care(
        _wearer("Bharati Singh", "bharati@arogya.example", "right_knee_flexion", 105.0, 5.0, others=STAND_UP),
        "Sit to stand",
        "From a chair, arms crossed: stand up all the way, and sit down slowly.",
        reps=8,
    ),
    Care(
        _wearer(
            "Cyrus Daruwala",
            "cyrus@arogya.example",
            "right_shoulder_flexion",
            3.0,
            150.0,
            rate_hz=60.0,
            tremor_deg=3.0,
            noise_deg=1.5,
        ),
        "Arm raises",
        "Raise the straight arm in front of you as high as it goes; count to two, and lower it.",
        hold_s=1.0,
    ),
    Care(
        _wearer("Durga Pillai", "durga@arogya.example", "left_hip_flexion", 0.0, 85.0, rate_hz=120.0, loss=0.03),
        "Standing marches",
        "Hold on to a table and lift the knee to the height of the hip.",
        sets=2,
    ),
    Care(
        _wearer("Elias Fernandes", "elias@arogya.example", "right_elbow_flexion", 10.0, 130.0, drift_deg_per_min=8.0),
        "Biceps curls",
        "The elbow stays at the side; bend it all the way, and straighten it all the way.",
        reps=8,
    ),
    Care(
        _wearer(
            "Farida Sheikh",
            "farida@arogya.example",
            "left_ankle_dorsiflexion",
            -30.0,
            15.0,
            rate_hz=200.0,
            noise_deg=1.0,
            loss=0.1,
        ),
        "Ankle pumps",
        "Pull the toes up towards you, hold, and point them away.",
        hold_s=0.5,
    ),
)


async def prepare(dsn: str, state: Path, seed: int, recordings: Path | None) -> Path:
    """Store who exercises where they are missing; return the file that the simulated patients sign in with.

    A recording in the folder `recordings` is one more patient, who moves as it was recorded. Raises `CommandError`.
    """
    played = await asyncio.to_thread(_played, recordings)
    file = state / PATIENTS_FILE
    known = await asyncio.to_thread(_known, file)
    care = [*CARE, *played]
    emails = [str(one.wearer.email) for one in care]
    if set(known) >= set(emails) and await demo_physio.is_seeded(dsn, emails[-1]):
        credentials = [(known[email].secret, known[email].password) for email in emails]
    else:
        credentials = await _seed(dsn, care, seed)
    kept = [
        one.wearer._replace(secret=secret, password=None if one.attended else password)
        for one, (secret, password) in zip(care, credentials, strict=True)
    ]
    write_private(file, json.dumps([wearer._asdict() for wearer in kept], indent=1))
    return file


async def _seed(dsn: str, care: Sequence[Care], seed: int) -> list[tuple[str, str | None]]:
    """Store everybody and their last days; returns the secrets of the sensors, with the passwords of the patients."""
    password = new_token()
    passwords = Passwords()
    try:
        hashed = await passwords.hash(password)
    finally:
        passwords.close()
    now = datetime.now().astimezone()
    secrets = [new_token() for _ in care]
    stored = [_stored(one, secret, hashed, now, seed) for one, secret in zip(care, secrets, strict=True)]
    await demo_physio.seed(dsn, stored)
    return [(secret, password) for secret in secrets]


def _stored(care: Care, secret: str, hashed: str, now: datetime, seed: int) -> DemoWearer:
    wearer = care.wearer
    regime = DemoRegime(
        DINESH,
        "At home, every day; stop when it hurts.",
        care.exercise,
        care.instructions,
        wearer.joint,
        wearer.rest,
        wearer.target,
        care.reps,
        care.sets,
        care.hold_s,
        EVERY_DAY,
        DAYS,
    )
    past = [] if wearer.recording else past_motion(wearer, now, days=DAYS, seed=seed)
    return DemoWearer(
        wearer.name,
        str(wearer.email),
        None if care.attended else hashed,
        care.facility,
        care.sensor,
        "IMU-2",
        wearer.joints,
        digest(secret),
        regime,
        [DemoPastSession(*one) for one in past],
    )


def _played(folder: Path | None) -> list[Care]:
    if folder is None:
        return []
    try:
        found = [read_recording(path) for path in sorted(folder.glob("*.csv")) if is_recording(path)]
    except TraceError as error:
        raise CommandError(str(error), MISTAKEN) from error
    if not found:
        raise CommandError(f"{folder} has no recordings of joints: CSV files with t_s and joints", MISTAKEN)
    return [_player(recording) for recording in found]


def _player(recording: Recording) -> Care:
    joint = recording.joints[0]
    aim = recording.aim(joint)
    wearer = Wearer(
        f"Recording {recording.name}",
        "",
        joint,
        aim.rest,
        aim.rest if aim.target is None else aim.target,
        {other: (0.0, 0.0) for other in recording.joints[1:]},
        rate_hz=0.0,
        email=f"recording-{recording.slug}@arogya.example",
        recording=str(recording.source.resolve()),
    )
    return Care(wearer, "As recorded", "Plays a recording again and again.", reps=5)


def _known(file: Path) -> dict[str, Wearer]:
    """Return the wearers of an earlier run by their addresses."""
    try:
        entries = [Wearer(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError):
        return {}
    return {str(entry.email): entry for entry in entries}
