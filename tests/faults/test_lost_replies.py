"""A POST is sent again because its reply was lost on the way: what it asked for is done once."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import aiohttp
import asyncpg
import pytest

from tests.faults.conftest import StartHub
from tests.faults.rig import faults
from tests.faults.rig.population import make_dispatcher
from tests.faults.rig.proxy import FaultProxy
from tests.faults.rig.scene import Load

PATH = "/api/v1/ambulance_requests"
TRIES_MAX = 20
AT_ONCE = 4


@pytest.mark.timeout(180)
async def test_a_request_whose_reply_was_lost_is_made_once(
    start_hub: StartHub, fault_database: str, load: Load, seed: int
) -> None:
    """F23: on half of all tries the reply is lost, or the request is; each is repeated until it is answered."""
    hub = await start_hub()
    token = await make_dispatcher(fault_database)
    orders = [f"order {number} of {seed}" for number in range(int(load.of(20, 400)))]
    waiting = asyncio.Semaphore(AT_ONCE)
    async with FaultProxy(hub.port, seed=seed).run() as proxy:
        for fault in (faults.LoseReply(b"POST ", 0.5), faults.LoseRequest(b"POST ", 0.3)):
            proxy.set(up=fault)
            ids = await asyncio.gather(
                *(ask(proxy.port, token, f"{order} {type(fault).__name__}", waiting) for order in orders)
            )
            assert len(set(ids)) == len(orders)
    assert proxy.cuts > len(orders) / 4, "hardly a reply was lost"
    connection = await asyncpg.connect(fault_database)
    try:
        stored = await connection.fetch("SELECT id, complaint FROM ambulance_requests")
        written = await connection.fetchval("SELECT count(*) FROM audit_log WHERE action = 'ambulance_requests.C'")
    finally:
        await connection.close()
    assert len(stored) == len({row["complaint"] for row in stored}) == 2 * len(orders)
    assert written == len(stored), "what was done once was written down once"


async def ask(port: int, token: str, complaint: str, waiting: asyncio.Semaphore) -> str:
    """Ask for an ambulance under a key of one's own until an answer comes; returns the id."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    body: dict[str, Any] = {"complaint": complaint, "priority": 3, "location_note": "by the weir"}
    body["pickup_location"] = {"latitude": 18.52, "longitude": 73.86}
    async with waiting:
        for tried in range(TRIES_MAX):
            try:
                async with (
                    aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as http,
                    http.post(f"http://127.0.0.1:{port}{PATH}", json=body, headers=headers) as reply,
                ):
                    answer = await reply.json(content_type=None)
                    if reply.status == 409:  # the first one is still at work
                        continue
                    assert reply.status == 201, answer
                    assert tried or "Idempotent-Replayed" not in reply.headers
                    return str(answer["id"])
            except (aiohttp.ClientError, TimeoutError):
                continue
    raise AssertionError(f"no answer after {TRIES_MAX} tries")
