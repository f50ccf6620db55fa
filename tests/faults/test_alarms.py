"""The hub dies between what was stored of an alarm and what was told of it; every desk hears of it, once."""

from __future__ import annotations

import asyncio
import secrets

import asyncpg
import pytest

from hub.protocol.fix import Alarm
from tests.faults.conftest import StartCluster, StartHub
from tests.faults.rig.checker import wait_until
from tests.faults.rig.desk import Desk
from tests.faults.rig.journal import Journal
from tests.faults.rig.population import make_dispatcher, make_tablets
from tests.faults.rig.script import ScriptedDevice, road

HEARD_S = 10.0
CLEARED_S = 1.0
ACROSS_S = 2.0  # from hub to hub
SHOWN_S = 5.0  # also without Valkey: the fix itself comes through PostgreSQL


@pytest.mark.timeout(120)
async def test_an_alarm_is_told_once_though_the_hub_dies_behind_its_commit(
    start_hub: StartHub, fault_database: str
) -> None:
    hub = await start_hub()
    (credential,) = await make_tablets(fault_database, 1)
    vehicle = credential.ambulance_id
    token = await make_dispatcher(fault_database)
    desks = [Desk(hub.url, token) for _ in range(3)]
    log_id, journal = secrets.token_hex(16), Journal()
    async with asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(desk.run()) for desk in desks]
        await wait_until(lambda: all(desk.fleet.in_step for desk in desks), HEARD_S, "all desks in step")
        await hub.kill()
        hub.failpoint = "exit_after_commit"
        await asyncio.to_thread(hub.start)
        await hub.wait_ready()
        async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
            (fix,) = road(1)
            await device.send(1, [fix._replace(alarm=Alarm("sos", "call-1"))])
            await hub.wait_ended(20)  # by itself: the alarm is stored, and nobody was told
        hub.failpoint = None
        await hub.start_ready()
        await wait_until(lambda: all(desk.kinds == ["raised"] for desk in desks), HEARD_S, "all desks told")
        await wait_until(lambda: all(desk.alarm_at(vehicle) for desk in desks), HEARD_S, "the alarm on every map")

        (alarm,) = (await desks[0].call("GET", "/alarms?open=true"))["items"]
        await desks[0].call("POST", f"/alarms/{alarm['id']}/acknowledge")
        await wait_until(lambda: not any(desk.alarm_at(vehicle) for desk in desks), CLEARED_S, "no alarm on any map")
        await hub.kill()
        await hub.start_ready()
        async with ScriptedDevice.connect(hub.url, credential, log_id, journal) as device:
            await device.send(1, [fix._replace(alarm=Alarm("sos", "call-1"))])  # it never heard the ack
            await device.send(2, road(1, first=2))
            await device.acked_to(2)
        told = ["raised", "acknowledged"]
        await wait_until(lambda: all(desk.kinds == told for desk in desks), HEARD_S, "all desks told of the answer")
        await wait_until(lambda: all(desk.fleet.in_step for desk in desks), HEARD_S, "all desks in step")
        assert not any(desk.alarm_at(vehicle) for desk in desks)
        for task in following:
            task.cancel()
    assert [desk.follower.told for desk in desks] == [[1, 2]] * 3
    assert not hub.complaints()
    connection = await asyncpg.connect(fault_database)
    assert await connection.fetchval("SELECT count(*) FROM alarms") == 1
    await connection.close()


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("thorough")
@pytest.mark.parametrize("away", [False, True], ids=["with-valkey", "valkey-away"])
async def test_an_alarm_on_one_hub_is_told_and_shown_on_another(
    start_cluster: StartCluster, fault_database: str, *, away: bool
) -> None:
    cluster = await start_cluster(2)
    (credential,) = await make_tablets(fault_database, 1)
    vehicle = credential.ambulance_id
    token = await make_dispatcher(fault_database)
    desks = [Desk(hub.url, token) for hub in cluster.hubs]
    log_id, journal = secrets.token_hex(16), Journal()
    if away:
        await cluster.valkey.kill()
    async with asyncio.TaskGroup() as tasks:
        following = [tasks.create_task(desk.run()) for desk in desks]
        await wait_until(lambda: all(desk.fleet.in_step for desk in desks), HEARD_S, "all desks in step")
        async with ScriptedDevice.connect(cluster.hubs[0].url, credential, log_id, journal) as device:
            (fix,) = road(1)
            await device.send(1, [fix._replace(alarm=Alarm("sos", "call-1"))])
            await device.acked_to(1)
            told_s = await wait_until(lambda: all(desk.kinds == ["raised"] for desk in desks), ACROSS_S, "all told")
            shown_s = await wait_until(lambda: all(desk.alarm_at(vehicle) for desk in desks), SHOWN_S, "on every map")
        (alarm,) = (await desks[1].call("GET", "/alarms?open=true"))["items"]
        await desks[1].call("POST", f"/alarms/{alarm['id']}/acknowledge")
        cleared_s = await wait_until(lambda: not any(desk.alarm_at(vehicle) for desk in desks), SHOWN_S, "on no map")
        print(f"told after {told_s:.2f} s, shown after {shown_s:.2f} s, cleared after {cleared_s:.2f} s")  # noqa: T201
        for task in following:
            task.cancel()
    for hub in cluster.hubs:
        assert not hub.complaints()
