"""A sensor on one connection of an intake that runs, and what the test's database has of it."""

from __future__ import annotations

import math
import secrets
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from hub.access.principal import Principal
from hub.ingest.intake import Intake
from hub.ingest.session import DeviceSession
from hub.protocol.codec import MSGPACK
from hub.websocket_frames import BINARY
from tests.hub.live.viewer import Pipe, split
from tests.hub.motion.ward import KNEE, Ward
from tests.protocol.rig.hub import until
from tests.storage.world import Connection

INTERVAL_US = 10_000


class Line(Pipe):
    """A socket whose frames are read as what a hub says to devices."""

    def __init__(self) -> None:
        super().__init__(MSGPACK)
        self.reading = False
        self.heard: list[dict[str, Any]] = []

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Return what the hub has said of a kind so far."""
        unread, self.unread = self.unread, b""
        self.heard += [MSGPACK.load(payload) for code, payload in split(unread) if code == BINARY]  # type: ignore[misc]
        return [message for message in self.heard if message["type"] == kind]


class Sensor:
    """One connection of a sensor."""

    def __init__(self, intake: Intake, ward: Ward) -> None:
        self.line = Line()
        self.intake = intake
        self.ward = ward
        self.session = DeviceSession(
            intake,
            self.line,
            MSGPACK,
            session_id=f"session-{id(self.line)}",
            principal=Principal(frozenset({"PX"}), device_id=ward.device_id),
        )
        intake.attach(self.session)
        self.stream = 0
        self.seq = 1

    async def say(self, message: dict[str, Any]) -> None:
        """Send a message."""
        await self.session.receive(MSGPACK.dump(message))

    async def join(self, *claims: dict[str, Any]) -> dict[str, Any]:
        """Say hello and return the welcome."""
        await self.session.open(MSGPACK.dump({"type": "hello", "streams": list(claims)}))
        (welcome,) = self.line.said("welcome")
        if welcome["streams"]:
            self.stream, self.seq = welcome["streams"][0]["stream"], welcome["streams"][0]["acked"] + 1
        return welcome

    async def frame(self, angles: NDArray[Any], started_at: int, **values: Any) -> None:
        """Send angles (joints, samples) as the next frame."""
        samples = angles.shape[1]
        message = {
            "type": "data",
            "stream": self.stream,
            "seq": self.seq,
            "sent_at": started_at,
            "samples": samples,
            "started_at": started_at,
            "angles": angles.astype("<f4").tobytes(),
            "interval_us": INTERVAL_US,
            **values,
        }
        await self.say({name: value for name, value in message.items() if value is not None})
        self.seq = message["seq"] + samples

    async def acked(self, seq: int) -> None:
        """Wait until everything up to a sample is committed."""
        assert await until(lambda: any([self.stream, seq] in ack["acks"] for ack in self.line.said("ack"))), (
            self.line.heard[-3:]
        )

    def gone(self) -> None:
        """Lose the connection."""
        self.session.leave()
        self.intake.detach(self.session)


def claim(session_id: UUID, joints: tuple[str, ...] = (KNEE,), log_id: str | None = None) -> dict[str, Any]:
    """Return a claim of a new log."""
    log_id = log_id or secrets.token_hex(16)
    return {"log_id": log_id, "kind": "motion", "session": str(session_id), "joints": list(joints)}


def squats(count: int, top: float = 100.0) -> NDArray[np.float32]:
    """Return so many repetitions of 2 s with a second of rest before each, at 100 Hz: (1, samples)."""
    way = (1 - np.cos(np.linspace(0, 2 * math.pi, 200))) / 2 * top
    return np.concatenate([np.concatenate([np.zeros(100), way]) for _ in range(count)] + [np.zeros(50)])[None].astype(
        np.float32
    )


async def stored_repetitions(db: Connection, stream: int) -> list[tuple[int, int, int, bool]]:
    """Return what was counted: number, first and last sample, valid."""
    rows = await db.fetch(
        "SELECT number, first_seq, last_seq, valid FROM motion_repetitions WHERE stream_id = $1 ORDER BY 1", stream
    )
    return [tuple(row) for row in rows]


async def readings(db: Connection, session_id: UUID, joint: str = KNEE) -> list[float]:
    """Return the stored angles of a joint in their order."""
    rows = await db.fetch(
        'SELECT angle FROM joint_motion_logs WHERE session_id = $1 AND joint = $2 ORDER BY "timestamp"',
        session_id,
        joint,
    )
    return [row["angle"] for row in rows]
