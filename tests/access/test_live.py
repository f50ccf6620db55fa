"""Everybody at every live channel, one connection each."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

from storage.listen import Listener
from storage.pool import READER
from tests.access.asking import API, MARK, Findings
from tests.access.live_cells import watch_all
from tests.access.oracle import Oracle
from tests.access.people import ASKING, Person, uid
from tests.access.stage import Stage, staged

SAID = "MARK.told.content"


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_each_watches_exactly_the_channels_that_the_page_grants(database: str) -> None:
    async with staged(database) as stage:
        findings = Findings()
        await watch_all(stage, Oracle(stage.world), findings)
        findings.check()
        assert findings.cells > 400


async def test_a_message_reaches_its_parties_and_nobody_else(database: str) -> None:
    async with staged(database) as stage, aiohttp.ClientSession() as http, AsyncExitStack() as open_sockets:
        sockets = {}
        for who in ASKING:
            if isinstance(who, Person):
                headers = {"Authorization": f"Bearer {stage.tokens[who.name]}"}
                ws = await open_sockets.enter_async_context(
                    http.ws_connect(f"{stage.hub.url}/ws/live", protocols=("hub.v1",), headers=headers)
                )
                await ws.send_str('{"type":"subscribe","channel":"inbox"}')
                sockets[who.name] = ws
        listener = Listener(database, stage.changes.heard, stage.changes.missed, role=READER)
        async with asyncio.TaskGroup() as tasks:
            work = [tasks.create_task(one) for one in (listener.run(), stage.changes.run())]
            heard = await _told(stage, sockets)
            for one in work:
                one.cancel()
        assert {name for name, text in heard.items() if SAID in text} == {"pat", "doc"}
        assert not any(MARK.search(text) for name, text in heard.items() if name not in ("pat", "doc"))


async def _told(stage: Stage, sockets: dict[str, aiohttp.ClientWebSocketResponse]) -> dict[str, str]:
    """Send a message once everybody is listening; return what each of them heard."""
    await asyncio.gather(*(ws.receive(timeout=5) for ws in sockets.values()))
    body = {"receiver_id": str(uid("doc")), "content": SAID}
    answer = await stage.hub.call("POST", f"{API}/messages", token=stage.tokens["pat"], json=body)
    assert answer.status == 201
    found = await asyncio.gather(*(_heard(ws) for ws in sockets.values()))
    return dict(zip(sockets, found, strict=True))


async def _heard(ws: aiohttp.ClientWebSocketResponse) -> str:
    """Return everything that comes until there is silence."""
    found = ""
    while True:
        try:
            found += str((await ws.receive(timeout=2.0)).data)
        except TimeoutError:
            return found
