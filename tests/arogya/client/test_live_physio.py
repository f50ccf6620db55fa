"""The live client on a physio session, with a real hub."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import asyncpg
import pytest

from arogya.client import AccessRefused, Backoff, LiveClient, PhysioSession, physio_feed
from hub.live.physio_news import JointNews, News
from hub.motion.decimate import Points
from storage.motion_live import Counted
from tests.handlers.floor import Floor, until
from tests.hub.motion.ward import KNEE, Ward, ward

SOON = Backoff(first_s=0.01, longest_s=0.05)
START_US = 1_790_000_000_000_000


@pytest.fixture
async def session_id(floor: Floor) -> UUID:
    """A session of the floor's patient that is in progress."""
    db = await asyncpg.connect(floor.dsn)
    try:
        someone = await ward(db)
        return await Ward(db, floor.world.users["PT"], someone.therapist_id, someone.device_id).begun(target_angle=90.0)
    finally:
        await db.close()


def moved(at: int, angle: float) -> JointNews:
    """Return what a sensor says of a knee."""
    return JointNews(KNEE, at, angle, "out", angle, 0.5, Points([at - 50_000, at], [angle - 1, angle]))


async def test_a_session_is_followed_without_the_fleet_and_over_lost_connections(
    floor: Floor, session_id: UUID
) -> None:
    seen: list[PhysioSession] = []
    feed = physio_feed(session_id, seen.append)
    token = floor.world.tokens["PT"]
    async with LiveClient(floor.hub.url, token, channel=None, states=[feed], backoff=SOON) as client:
        await until(lambda: bool(seen))
        assert (seen[-1].status, seen[-1].joint, seen[-1].joints[KNEE].target_angle) == ("in_progress", KNEE, 90.0)
        await until(lambda: client.connected)
        floor.physio.hear(session_id, News((moved(START_US, 40.0),)))
        await until(lambda: seen[-1].joints[KNEE].angle == 40.0)
        for session in floor.live.viewers():
            session.transport.abort()
        await until(lambda: not client.connected)
        await until(lambda: client.connected)
        repetition = Counted(KNEE, 1, START_US, START_US + 1, START_US + 2, 86.0, 84.0, 0.2, 1.0, 1.0, 0.5, False)
        floor.physio.hear(session_id, News((moved(START_US + 100_000, 50.0),), (repetition,)))
        await until(lambda: seen[-1].joints[KNEE].completed == 1)
        assert seen[-1].repetitions[0].short_deg == 4.0
        assert seen[-1].trace[KNEE][-1] == (START_US + 100_000, 50.0)


async def test_somebody_elses_session_is_refused(floor: Floor, session_id: UUID) -> None:
    for wanted, who in ((session_id, "PT closed"), (uuid4(), "PT"), (session_id, "DP")):
        feed = physio_feed(wanted, lambda _: None)
        async with LiveClient(floor.hub.url, floor.world.tokens[who], channel=None, states=[feed]) as client:
            with pytest.raises(AccessRefused, match="physio:"):
                async with asyncio.timeout(5):
                    await anext(client)
