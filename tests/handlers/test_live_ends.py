"""Open sockets of an account that is dealt with: they end within two seconds, whatever ends the sessions."""

from __future__ import annotations

import asyncio
import time

import pytest

from hub.protocol.live_frames import Snapshot
from tests.handlers.floor import Floor, close_code, hear
from tests.handlers.rig import GOOD_PASSWORD

API = "/api/v1"
NEW_ROLE = {"role": "doctor"}
CHANGED = {"current_password": GOOD_PASSWORD, "new_password": "blue kettle on a quiet moon"}


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        ("AD", "POST", "users/{user}/disable", None),
        ("AD", "POST", "users/{user}/role", NEW_ROLE),
        ("AD", "POST", "users/{user}/pseudonymise", None),
        ("AD", "DELETE", "sessions/{session}", None),
        ("DP", "POST", "users/{user}/password", CHANGED),
        ("DP", "DELETE", "sessions/current", None),
    ],
)
async def test_the_sockets_end_with_the_sessions(
    floor: Floor, who: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    hub, world = floor.hub, floor.world
    stored = await hub.context.passwords.hash(GOOD_PASSWORD)
    await floor.execute("UPDATE users SET password = $2 WHERE id = $1", world.users["DP"], stored)
    place = path.format(user=world.users["DP"], session=world.sessions["DP"])
    async with floor.viewer("DP", channel="fleet") as ws, floor.viewer("SV", channel="fleet") as other:
        for socket in (ws, other):
            assert isinstance(await hear(socket), Snapshot)
        answer = await hub.call(method, f"{API}/{place}", token=world.tokens[who], json=body)
        assert answer.status in (200, 204), answer
        ended_s = time.monotonic()
        async with asyncio.timeout(2):
            assert await close_code(ws) == 4504
        assert time.monotonic() - ended_s < 2
        assert not other.closed
    assert await floor.refusal(name="DP") == 401
