"""A patient with a sensor and a session, and frames as the ingest stores them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import numpy as np
from numpy.typing import NDArray

from hub.clock import Clock, to_us
from tests.storage import world
from tests.storage.world import Connection

KNEE, HIP = "right_knee_flexion", "right_hip_flexion"
INTERVAL_US = 20_000  # 50 samples a second


class StillClock(Clock):
    """Stands where a test puts it."""

    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        """Return where it stands."""
        return self.at

    def _machine_us(self) -> int:
        return to_us(self.at)


@dataclass
class Ward:
    """One patient, therapist and sensor."""

    db: Connection
    patient_id: UUID
    therapist_id: UUID
    device_id: int

    async def session(self, **values: object) -> UUID:
        """Schedule a session of the sensor for now."""
        row: dict[str, object] = {"scheduled_at": datetime.now(UTC), "joint": KNEE, "device_id": self.device_id}
        people = {"patient_id": self.patient_id, "therapist_id": self.therapist_id}
        return await world.physio_session(self.db, **row | people | values)

    async def begun(self, at: datetime | None = None, **values: object) -> UUID:
        """Schedule a session and begin it, a minute ago by default."""
        at = at or datetime.now(UTC) - timedelta(minutes=1)
        key = await self.session(scheduled_at=at, **values)
        await self.db.execute(
            "UPDATE physio_sessions SET status = 'in_progress', started_at = $2 WHERE id = $1", key, at
        )
        return key

    async def stream(self, session_id: UUID, joints: Sequence[str] = (KNEE,)) -> int:
        """Open a log of the session."""
        key: int = await self.db.fetchval(
            "INSERT INTO streams (device_id, log_id, kind, physio_session_id, joints)"
            " VALUES ($1, $2, 'motion', $3, $4) RETURNING id",
            *(self.device_id, uuid4().hex, session_id, list(joints)),
        )
        return key

    async def store(
        self, stream_id: int, angles: NDArray[np.float32], began: datetime, *, first: int = 1, frame: int = 10
    ) -> int:
        """Store angles (joints, samples) in frames, received as they were measured; return the last sample's number."""
        rows: list[tuple[object, ...]] = []
        for start in range(0, angles.shape[1], frame):
            part = angles[:, start : start + frame]
            at = began + timedelta(microseconds=start * INTERVAL_US)
            received = at + timedelta(microseconds=part.shape[1] * INTERVAL_US)
            rows.append((stream_id, first + start, received, at, INTERVAL_US, [], part.ravel().tolist()))
        await self.db.executemany(
            "INSERT INTO motion_frames (stream_id, seq, received_at, started_at, interval_us, offsets_us, angles)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            rows,
        )
        last = first + int(angles.shape[1]) - 1
        await self.db.execute("UPDATE streams SET last_seq = $2 WHERE id = $1", stream_id, last)
        return last

    async def status(self, session_id: UUID) -> tuple[str, str | None]:
        """Return the status of a session and who ended it."""
        row = await self.db.fetchrow("SELECT status, ended_by FROM physio_sessions WHERE id = $1", session_id)
        assert row is not None
        return row["status"], row["ended_by"]


async def ward(db: Connection) -> Ward:
    """Put a sensor into a patient's hands."""
    patient_id, therapist_id = await world.patient(db), await world.doctor(db)
    device_id = await world.insert(db, "devices", kind="physio", name="Knee sensor")
    await world.insert(db, "physio_devices", id=device_id, patient_id=patient_id, joints=[KNEE])
    return Ward(db, patient_id, therapist_id, device_id)


def bends(count: int, peak: float = 90.0, *, period_s: float = 3.0, rest_s: float = 1.0) -> NDArray[np.float32]:
    """Return one joint's angles (1, samples): so many bends from 0 to a peak and back, with a rest around each."""
    rest = np.zeros(int(rest_s * 1e6 / INTERVAL_US))
    phase = np.linspace(0.0, 2 * np.pi, int(period_s * 1e6 / INTERVAL_US), endpoint=False)
    bend = peak * (1 - np.cos(phase)) / 2
    return np.concatenate([rest, *[np.concatenate([bend, rest])] * count]).astype(np.float32)[None, :]
