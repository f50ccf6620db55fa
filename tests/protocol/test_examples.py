"""The worked examples of the protocol page happen as they are written."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from contextlib import ExitStack
from math import nan
from uuid import uuid4

import pytest

from hub.access.principal import Principal
from hub.clock import Clock
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.live.hub import LiveHub
from hub.live.session import ViewerSession
from hub.metrics import Metrics
from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.live_frames import LiveMessage
from tests.hub.live.judge import directory
from tests.hub.live.viewer import Pipe
from tests.protocol.page import blocks
from tests.protocol.rig.hub import START_US, Served, Tablet, until
from tests.protocol.rig.wire import Ended, Socket
from tests.protocol.transcript import Line, Meanings, lines

ORDER = "INSERT INTO device_commands (device_id, kind, body) VALUES ($1, $2, $3::jsonb) RETURNING id"


@pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
@pytest.mark.parametrize("block", blocks("session device"))
async def test_a_device_is_answered_as_written(served: Served, tablet: Tablet, block: str, codec: Codec) -> None:
    meanings = Meanings()
    socket: Socket | None = None
    for line in lines(block):
        if line.sign == "·":
            socket = await happen(line.text, served, tablet, socket, codec)
        elif socket is not None and line.sign == "→":
            socket.say(meanings.to_say(line.text))
        elif socket is not None:
            meanings.hold(line.text, await socket.hear())
    if socket is not None:
        await socket.say_goodbye()


async def happen(text: str, served: Served, tablet: Tablet, socket: Socket | None, codec: Codec) -> Socket | None:
    """Do what a line tells of; returns the open socket."""
    if text == "the device connects":
        return await tablet.dial(codec)
    assert socket is not None
    if text == "the connection breaks":
        socket.abort()
        return None
    if ordered := re.fullmatch(r"the command (\w+) (\{.*\}) is given", text):
        await served.value(ORDER, tablet.device_id, ordered[1], ordered[2])
        return socket
    closed = re.fullmatch(r"the hub closes with (\d+) (\w+)", text)
    assert closed, text
    with pytest.raises(Ended) as ended:
        await socket.hear()
    assert (ended.value.code, ended.value.reason) == (int(closed[1]), closed[2])
    return None


@pytest.mark.parametrize("block", blocks("session live"))
async def test_a_viewer_is_answered_as_written(block: str) -> None:
    board = FleetBoard()
    live = LiveHub(directory(board), Clock(), Metrics())
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(live.run())
        await asyncio.sleep(0)
        try:
            with ExitStack() as stack:
                await Watching(board, live, stack).follow(lines(block))
        finally:
            running.cancel()


class Watching:
    """A viewer of a fleet that moves as the page says."""

    def __init__(self, board: FleetBoard, live: LiveHub, stack: ExitStack) -> None:
        self._board = board
        self._live = live
        self._stack = stack
        self._pipe = Pipe(JSON)
        self._heard: deque[LiveMessage] = deque()  # and not compared yet
        self._session: ViewerSession | None = None
        self._meanings = Meanings()

    async def follow(self, told: list[Line]) -> None:
        """Play every line."""
        for line in told:
            if line.sign == "·":
                self._happen(line.text)
            elif line.sign == "→":
                assert self._session is not None
                await self._live.receive(self._session, json.dumps(self._meanings.to_say(line.text)))
            else:
                if not self._heard:
                    self._heard.extend(await until(self._pipe.take))
                self._meanings.hold(line.text, self._heard.popleft().wire())
        assert not self._heard, "the page shows every message"

    def _happen(self, text: str) -> None:
        if text == "the viewer connects":
            self._pipe.heard_s = Clock().monotonic_s()
            dispatcher = Principal(frozenset({"RC", "DP"}), user_id=uuid4(), session_id=uuid4())
            self._session = self._stack.enter_context(self._live.attached(dispatcher, self._pipe, JSON))
        elif lost := re.fullmatch(r"the fleet loses (\d+)", text):
            self._board.remove_unit(int(lost[1]))
        else:
            told = re.fullmatch(r"the fleet (?:is|gets) (\{.*\})", text)
            assert told, text
            for table, rows in json.loads(told[1]).items():
                for row in rows:
                    self._put(table, row)
            if self._session is None:
                self._board.channel.advance()

    def _put(self, table: str, row: list[object]) -> None:
        if table == "units":
            self._board.upsert_unit(Unit(*row))  # type: ignore[arg-type]  # as the page writes it
        else:
            values = [nan if value is None else value for value in row[1:7]]
            self._board.move(int(str(row[0])), LiveFix(*values))  # type: ignore[arg-type]


async def test_the_small_tablet_sends_everything_once(served: Served, tablet: Tablet) -> None:
    (source,) = blocks("python")
    scope: dict[str, object] = {}
    exec(compile(source, "docs/protocol.md", "exec"), scope)  # noqa: S102 - the page's own program
    kept: list[list[object]] = [[START_US + n * 1_000_000, 12.9 + n * 1e-4, 77.5, *[None] * 4] for n in range(700)]
    arrived = asyncio.Event()
    url = f"ws://127.0.0.1:{served.port}/ws/device"
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(scope["run"](url, tablet.secret, kept, arrived))  # type: ignore[operator]
        await until(lambda: not kept, 15)
        kept.append([START_US, 12.9, 77.5, *[None] * 4])
        arrived.set()
        await until(lambda: not kept)
        running.cancel()
    streams = await served.query("SELECT id, last_seq FROM streams WHERE device_id = $1", tablet.device_id)
    assert [row["last_seq"] for row in streams] == [701]
    assert await served.stored(streams[0]["id"]) == list(range(1, 702))
