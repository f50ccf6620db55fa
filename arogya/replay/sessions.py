"""What recordings of joints are replayed into: patients, sensors and sessions, and what the hub has counted in them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from arogya.replay.enrolment import SECRET_LIFE
from arogya.replay.recordings import Aim, Recording
from arogya.running import write_private
from hub.access.tokens import digest, new_token
from storage import rehearsals
from storage.pool import APP, Database
from storage.rehearsals import Aims, Outcome, Rehearsed

SESSIONS_FILE = "sessions.json"  # beside the spools: a log belongs to its session
COUNTED_WITHIN_S = 20.0
LOOK_S = 0.2


class Seat(NamedTuple):
    """What a recording is replayed as."""

    recording: Recording
    secret: str
    session: UUID
    began_at: int  # the time of its first sample, µs since 1970: a replay that is taken up again keeps it


async def take_seats(
    dsn: str, recordings: Sequence[Recording], joint: str | None, aim: Aim | None, folder: Path
) -> list[Seat]:
    """Return a patient's session and a sensor's secret for each recording; raises `StorageError`.

    Those that an earlier run has left in the folder are taken up again. `joint` is what the sessions are about, else
    the first of each recording; `aim` is for that joint instead of what the recording suggests.
    """
    kept = await asyncio.to_thread(_kept, folder)
    seats: list[Seat] = []
    db = await Database.open(dsn, role=APP, size=1, command_timeout_s=10)
    try:
        for recording in recordings:
            if recording.name in kept:
                seats.append(Seat(recording, *kept[recording.name]))
            else:
                seats.append(await _seat(db, recording, joint or recording.joints[0], aim))
    finally:
        await db.close()
    told = {seat.recording.name: [seat.secret, str(seat.session), seat.began_at] for seat in seats}
    await asyncio.to_thread(write_private, folder / SESSIONS_FILE, json.dumps(told, indent=1))
    return seats


async def _seat(db: Database, recording: Recording, joint: str, aim: Aim | None) -> Seat:
    found = {name: recording.aim(name) for name in recording.joints}
    if aim is not None:
        found[joint] = aim
    rest, target = {name: one.rest for name, one in found.items()}, {name: one.target for name, one in found.items()}
    now, secret = datetime.now(UTC), new_token()
    who = Rehearsed(f"Recording {recording.name}", f"replay-{recording.slug}@arogya.invalid")
    async with db.transaction() as transaction:
        device_id = await rehearsals.ensure_sensor(transaction, who, digest(secret), now + SECRET_LIFE)
        aims = Aims(joint, rest, target)
        session = await rehearsals.schedule(transaction, who, device_id, aims, now=now, lasts_s=recording.lasts_s)
    return Seat(recording, secret, session, int(now.timestamp() * 1e6))


def _kept(folder: Path) -> dict[str, tuple[str, UUID, int]]:
    try:
        told = json.loads((folder / SESSIONS_FILE).read_text(encoding="utf-8"))
        return {name: (secret, UUID(session), int(began)) for name, (secret, session, began) in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


async def outcomes(dsn: str, sessions: Sequence[UUID]) -> list[Outcome]:
    """Wait until the hub has counted the sessions from all that is stored, and return what it found.

    What is not counted in `COUNTED_WITHIN_S` is returned as it stands; raises `StorageError`.
    """
    until = asyncio.get_running_loop().time() + COUNTED_WITHIN_S
    db = await Database.open(dsn, role=APP, size=1, command_timeout_s=10)
    try:
        while True:
            found = [await rehearsals.outcome(db, session) for session in sessions]
            if all(one.counted for one in found) or asyncio.get_running_loop().time() > until:
                return found
            await asyncio.sleep(LOOK_S)
    finally:
        await db.close()
