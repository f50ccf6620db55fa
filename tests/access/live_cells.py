"""The cells of the live channels: everybody at every kind of channel, and whatever comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp
import orjson
from aiohttp import WSMsgType

from tests.access.asking import MARK, Findings, marks_of
from tests.access.oracle import Oracle
from tests.access.people import ASKING, Caller
from tests.access.stage import Stage

# Kinds of channels that the page has a line for and the hub does not have yet: for everybody they are not there.
LATER = {"command": "command"}
NOBODYS = "00000000-0000-0000-0000-000000000001"
NONSENSE = (
    *("nothing", "ambulance:", "ambulance:0801", "ambulance:999999", "Fleet", "inbox:1", "*", "live.fleet"),
    *("request:", "request:1", f"request:{NOBODYS}", f"request:{{{NOBODYS}}}"),
    *("physio:", "physio:1", f"physio:{NOBODYS}", f"physio:{{{NOBODYS}}}"),
)
HEARD_S = 5.0


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to watch a channel."""

    who: Caller
    channel: str
    granted: bool
    marks: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"live {self.who.name} {self.channel}"


def wishes(oracle: Oracle, who: Caller) -> Iterator[Wish]:
    """Yield one person's cells."""
    for kind in ("fleet", "alarms", "dispatch", "inbox"):
        granted = bool(oracle.asked(who, f"live.{kind}"))
        rows = oracle.world.of("ambulances") if kind == "fleet" else ()
        marks = frozenset[str]().union(*(marks_of(row, oracle.visible(who, row)) for row in rows))
        yield Wish(who, kind, granted, marks)
    for row in oracle.world.of("ambulances"):
        fields = oracle.visible(who, row)
        held = oracle.watchable(who, row)
        yield Wish(who, f"ambulance:{row.id}", bool(held and fields), marks_of(row, fields))
    for row in oracle.world.of("ambulance_requests"):
        unit = oracle.world.by_table["ambulances"].get(row["ambulance_id"])
        shown = frozenset[str]() if unit is None else marks_of(unit, frozenset({"plate_number"}))
        yield Wish(who, f"request:{row.id}", oracle.followable(who, row), shown)
    for row in oracle.world.of("physio_sessions"):
        yield Wish(who, f"physio:{row.id}", bool(oracle.holding(who, "live.physio", row)))
    for channel in (*NONSENSE, *LATER.values()):
        yield Wish(who, channel, granted=False)


def may_connect(oracle: Oracle, who: Caller) -> bool:
    """Tell whether somebody gets as far as asking."""
    return bool(oracle.asked(who, "sockets.live"))


async def watch_all(stage: Stage, oracle: Oracle, findings: Findings) -> None:
    """Ask for every channel on one connection each."""
    refusals: set[str] = set()
    async with asyncio.TaskGroup() as tasks:
        for who in ASKING:
            tasks.create_task(watch(stage, oracle, who, findings, refusals))
            tasks.create_task(knock(stage, oracle, who, findings))
    if len(refusals) > 1:
        findings.wrong.append(f"what is not there and what is not theirs answer differently: {refusals}")


async def watch(stage: Stage, oracle: Oracle, who: Caller, findings: Findings, refusals: set[str]) -> None:
    """Ask for every channel as one caller."""
    token = stage.tokens.get(who.name)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with aiohttp.ClientSession() as http:
        try:
            async with http.ws_connect(f"{stage.hub.url}/ws/live", protocols=("hub.v1",), headers=headers) as ws:
                await ws.receive(timeout=HEARD_S)
                for wish in wishes(oracle, who):
                    findings.cells += 1
                    findings.wrong += [f"{wish}: {fault}" for fault in await _wish(ws, wish, refusals)]
                findings.wrong += [] if may_connect(oracle, who) else [f"live {who.name}: was let in"]
        except aiohttp.WSServerHandshakeError as refused:
            findings.cells += 1
            if may_connect(oracle, who) or refused.status not in (401, 403):
                findings.wrong.append(f"live {who.name}: answered {refused.status}")


async def knock(stage: Stage, oracle: Oracle, who: Caller, findings: Findings) -> None:
    """Open the socket of devices as one caller."""
    token = stage.tokens.get(who.name)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    mounted = getattr(who, "ambulance", None) is not None  # a tablet in a drawer has nothing to send
    sends = oracle.asked(who, "uplink.motion") or (mounted and oracle.asked(who, "uplink.fixes"))
    granted = bool(sends and oracle.asked(who, "sockets.device"))
    findings.cells += 1
    status = 101
    async with aiohttp.ClientSession() as http:
        try:
            async with http.ws_connect(f"{stage.hub.url}/ws/device", protocols=("hub.v1",), headers=headers):
                pass
        except aiohttp.WSServerHandshakeError as refused:
            status = refused.status
    if status not in ((101,) if granted else (401, 403)):
        findings.wrong.append(f"sockets.device {who.name}: answered {status}")


async def _wish(ws: aiohttp.ClientWebSocketResponse, wish: Wish, refusals: set[str]) -> list[str]:
    """Ask for one channel and give it up again; return what is wrong with the answer."""
    await ws.send_str(orjson.dumps({"type": "subscribe", "channel": wish.channel}).decode())
    heard = await _answer(ws, wish.channel)
    faults = []
    if (heard["type"] != "error") != wish.granted:
        faults.append(f"was {'not ' if wish.granted else ''}granted: {heard['type']}")
    if leaked := set(MARK.findall(orjson.dumps(heard).decode())) - wish.marks:
        faults.append(f"shows {sorted(leaked)}")
    if heard["type"] == "error":
        refusals.add(f"{heard.get('code')}: {heard.get('detail')}")
    else:
        await ws.send_str(orjson.dumps({"type": "unsubscribe", "channel": wish.channel}).decode())
    return faults


async def _answer(ws: aiohttp.ClientWebSocketResponse, channel: str) -> dict[str, object]:
    """Return the first message that is about a channel."""
    async with asyncio.timeout(HEARD_S):
        while True:
            try:
                message = await ws.receive()
            except asyncio.CancelledError:
                raise TimeoutError(f"nothing came of {channel}") from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                raise ConnectionError(f"closed with {ws.close_code} over {channel}")
            heard: dict[str, object] = orjson.loads(message.data)
            if heard.get("channel") == channel:
                return heard
