"""`/ws/live` over real sockets: who gets in, what they see, and what happens to those who misbehave."""

from __future__ import annotations

import asyncio

import pytest

from hub.live.board import Unit
from hub.protocol.codec import CODECS
from hub.protocol.live_frames import Delta, LiveWelcome, Part, Snapshot
from hub.protocol.ping import Pong
from tests.handlers.floor import SUBSCRIBE, Floor, ask, close_code, hear, until
from tests.handlers.rig import ORIGIN
from tests.hub.live.viewer import Viewer


@pytest.mark.parametrize("protocol", ["hub.v1", "hub.v1.msgpack"])
async def test_a_dispatcher_sees_the_fleet_move_in_either_encoding(floor: Floor, protocol: str) -> None:
    async with floor.connect(protocols=(protocol,)) as ws:
        assert ws.protocol == protocol
        assert isinstance(await hear(ws), LiveWelcome)
        payload = CODECS[protocol].dump({"type": "subscribe", "channel": "fleet"})
        await (ws.send_bytes(payload) if CODECS[protocol].binary else ws.send_str(payload.decode()))
        viewer = Viewer()
        viewer.apply(await hear(ws))
        floor.move(5)
        viewer.apply(await hear(ws))
        assert viewer.state["units"][1] == [1, "MARK-LIVE", None, "available", "basic", None, None, None, None]
        assert viewer.state["fixes"] == {1: [1, 48.0, 11.0, 1.0, 2.0, 3.0, 5, None]}


async def test_a_viewer_that_comes_back_gets_only_what_it_missed(floor: Floor) -> None:
    viewer = Viewer()
    async with floor.connect() as ws:
        await hear(ws)
        await ws.send_str(SUBSCRIBE)
        viewer.apply(await hear(ws))
    floor.move(5)
    async with floor.connect() as ws:
        await hear(ws)
        await ask(ws, channel="fleet", epoch=viewer.epoch, offset=viewer.offset)
        delta = await hear(ws)
        assert isinstance(delta, Delta) and delta.base == viewer.offset
        viewer.apply(delta)
        assert viewer.state["fixes"][1][6] == 5
        for epoch, offset in (("0" * 16, 1), (viewer.epoch, 10**9)):
            await ask(ws, channel="fleet", epoch=epoch, offset=offset)
            assert isinstance(await hear(ws), Snapshot)


async def test_those_who_may_not_see_the_fleet_cannot_tell_it_from_one_that_is_not_there(floor: Floor) -> None:
    answers = set()
    for name in ("PT", "DR", "RC", "SA"):
        async with floor.connect(name) as ws:
            await hear(ws)
            for channel in ("fleet", "nonsense"):
                await ask(ws, channel=channel)
                answers.add((await ws.receive_str()).replace(channel, "…"))
    assert len(answers) == 1


async def test_without_a_credential_that_counts_there_is_no_handshake(floor: Floor) -> None:
    assert await floor.refusal(headers={}) == 401
    assert await floor.refusal(headers={"Authorization": "Bearer " + "A" * 43}) == 401
    assert await floor.refusal(name="PX") == 403
    foreign = {"Authorization": f"Bearer {floor.world.tokens['DP']}", "Origin": "http://elsewhere.test"}
    assert await floor.refusal(headers=foreign) == 403


async def test_a_browser_comes_with_a_ticket_that_counts_once_and_is_not_echoed(floor: Floor) -> None:
    token, origin = floor.world.tokens["DP"], {"Origin": ORIGIN}
    issued = await floor.hub.call("POST", "/api/v1/ws-tickets", token=token, json={"purpose": "live"}, headers=origin)
    protocols = ("hub.v1", f"ticket.{issued.json['ticket']}")
    async with floor.connect(protocols=protocols, headers=origin) as ws:
        assert ws.protocol == "hub.v1"
        assert isinstance(await hear(ws), LiveWelcome)
    assert await floor.refusal(protocols=protocols, headers=origin) == 401


@pytest.mark.parametrize("protocols", [("hub.v9",), ("hub.v9", "hub.v8"), ()])
async def test_without_a_common_version_the_socket_says_so(floor: Floor, protocols: tuple[str, ...]) -> None:
    async with floor.connect(protocols=protocols) as ws:
        assert await close_code(ws) == 4506


async def test_a_fourth_socket_of_a_user_is_one_too_many(floor: Floor) -> None:
    async with floor.connect() as one, floor.connect() as two, floor.connect() as three:
        for ws in (one, two, three):
            assert isinstance(await hear(ws), LiveWelcome)
        async with floor.connect() as four:
            assert await close_code(four) == 4505
        async with floor.connect("SV") as other:
            assert isinstance(await hear(other), LiveWelcome)


async def test_three_bad_messages_close_with_4501_and_a_large_one_with_1009(floor: Floor) -> None:
    async with floor.connect() as ws:
        for _ in range(3):
            await ws.send_str('{"type":')
        assert await close_code(ws) == 4501
    async with floor.connect() as ws:
        await ws.send_str('"' + "x" * 8_192 + '"')
        assert await close_code(ws) == 1009


async def test_a_right_that_ends_closes_the_open_socket(floor: Floor) -> None:
    async with floor.connect() as ws, floor.connect("SV") as other:
        await hear(ws)
        await hear(other)
        started_s = asyncio.get_running_loop().time()
        assert floor.live.end_sessions(user_id=floor.world.users["DP"]) == 1
        assert await close_code(ws) == 4504
        assert asyncio.get_running_loop().time() - started_s < 2.0
        await until(lambda: len(floor.live) == 1)


async def test_a_viewer_that_never_reads_is_cut_and_costs_nobody_else(floor: Floor) -> None:
    for number in range(2, 6_000):
        floor.board.upsert_unit(Unit(number, f"A-{number}", "x" * 100, "available"))
    stuck = await floor.raw_viewer()
    async with floor.connect("SV") as ws:
        await hear(ws)
        await ws.send_str(SUBSCRIBE)
        assert isinstance(await hear(ws), Snapshot)
        await until(lambda: floor.live.frames.encoded["snapshot"] >= 1 and len(floor.live) == 2)
        for fix_at in range(1, 10):
            floor.move(fix_at)
            assert isinstance(await hear(ws), Delta)
        await until(lambda: len(floor.live) == 1)
        floor.move(100)
        assert isinstance(await hear(ws), Delta)
    stuck.close()


async def test_draining_closes_with_1012(floor: Floor) -> None:
    async with floor.connect() as ws:
        await hear(ws)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(floor.live.drain(0.1))
            assert await close_code(ws) == 1012
        async with floor.connect() as late:
            assert await close_code(late) == 1012


async def test_an_area_is_watched_in_one_write_a_tick_and_follows_who_comes_and_goes(floor: Floor) -> None:
    viewer = Viewer()
    floor.move(1)
    async with floor.viewer(channel="fleet", filter={"area": [47.9, 10.9, 48.1, 11.1]}) as ws:
        while not viewer.in_step or viewer.parts:
            viewer.apply(await hear(ws))
        assert set(viewer.state["units"]) == set(viewer.state["fixes"]) == {1}
        floor.move(1, ambulance_id=2)
        floor.board.remove_unit(1)
        heard = [await hear(ws) for _ in range(3)]
        assert [type(message) for message in heard] == [Part, Part, Delta]
        for message in heard:
            viewer.apply(message)
        assert set(viewer.state["units"]) == set(viewer.state["fixes"]) == {2}


async def test_another_filter_replaces_the_picture(floor: Floor) -> None:
    async with floor.viewer(channel="fleet", filter={"ids": [1]}) as ws:
        snapshot = await hear(ws)
        assert isinstance(snapshot, Snapshot) and [row[0] for row in snapshot.set["units"]] == [1]
        await ask(ws, channel="fleet", filter={"ids": [2]})
        snapshot = await hear(ws)
        assert isinstance(snapshot, Snapshot) and [row[0] for row in snapshot.set["units"]] == [2]
        floor.move(1, 1)
        floor.move(1, 2)
        delta = await hear(ws)
        assert isinstance(delta, Delta) and [row[0] for row in delta.set["fixes"]] == [2]
        assert floor.board.state.partitions == 2


async def test_a_ping_is_answered_at_once_by_the_hubs_clock(floor: Floor) -> None:
    async with floor.viewer() as ws:
        before = floor.hub.context.clock.now_us()
        await ws.send_str('{"type":"ping","id":7}')
        pong = await hear(ws)
        assert isinstance(pong, Pong) and pong.id == 7
        assert before <= pong.server_time <= floor.hub.context.clock.now_us()
