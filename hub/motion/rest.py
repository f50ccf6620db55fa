"""The rest pose of a session's joints, taken from what their sensors measure just now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub.errors import Conflict
from storage.physio import sessions
from storage.physio.sessions import Pose
from storage.pool import Transaction

FRESH: Final = timedelta(seconds=10)  # sensors that were heard longer ago say nothing of the pose of now
STILL_DEG: Final = 20.0  # nine tenths of the readings: a tremor and the noise of a video sensor stay below


async def calibrate(transaction: Transaction, session_id: UUID, joint: str | None, now: datetime) -> dict[str, float]:
    """Store where the joints of a session in progress rest, and return it in degrees.

    Raises `Conflict` while no sensor sends, or while the joint that the session is about moves.
    """
    angles = rest_of(await sessions.rest_pose(transaction, session_id, now - FRESH), joint)
    await sessions.set_rest(transaction, session_id, joint, angles)
    return angles


def rest_of(poses: Iterable[Pose], joint: str | None) -> dict[str, float]:
    """Return the rest angles of joints that are still; of a session about a joint, that one has to be."""
    found = {pose.joint: pose for pose in poses}
    if not found or (joint is not None and joint not in found):
        raise Conflict("nothing is measured at the moment: wait until the sensor sends")
    for pose in found.values():
        if joint in (None, pose.joint) and pose.high - pose.low > STILL_DEG:
            raise Conflict("the joint moves: hold it still for two seconds")
    return {pose.joint: round(pose.middle, 2) for pose in found.values()}
