"""A bus through a real Valkey to which everything happens that can."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest
import redis.asyncio

from hub.bus.bus import DEAF_S, PARTITIONS, BusAway
from hub.bus.relay import RedisBus, command, devices_online
from tests.faults.rig import faults
from tests.faults.rig.valkey import ValkeyProcess, valkey
from tests.hub.bus.net import (
    CONVERGED_S,
    SECRET,
    Listener,
    RedisNet,
    carries,
    eventually,
    eventually_answers,
    net_on,
    pair,
    reads,
)


@pytest.mark.parametrize("kind", ["pubsub", "normal"])
async def test_connections_that_are_closed_are_opened_again(
    broken_net: RedisNet, server: ValkeyProcess, kind: str
) -> None:
    a, b = await pair(broken_net)
    assert await server.kill_clients(kind) >= 2
    a.bus.publish(1, b"perhaps lost")
    await carries(a, b)
    assert b.ear.stales.count(1) + b.ear.payloads(1).count(b"perhaps lost") >= 1
    assert a.bus.reconnects == (kind == "pubsub")


async def test_a_server_that_was_killed_comes_back_empty_and_is_filled(
    broken_net: RedisNet, server: ValkeyProcess
) -> None:
    a, b = await pair(broken_net)
    for key in range(PARTITIONS * 700):
        a.bus.keep("fixes", key, b"%d" % key)
    kept = {key: b"%d" % key for key in range(0, PARTITIONS * 700, PARTITIONS)}
    await reads(b, "fixes", {"a": kept})
    await server.kill()
    with pytest.raises(BusAway):
        await b.bus.latest("fixes", 0)
    assert await b.bus.take("x", 1.0, 1.0) is None
    a.bus.publish(2, b"lost")
    await eventually(lambda: a.bus.deaf_s > 0)
    assert [peer.node for peer in b.bus.peers()] == ["a", "b"]
    await server.start()
    await eventually(lambda: b.ear.stales == [2], within_s=CONVERGED_S)
    await reads(b, "fixes", {"a": kept}, CONVERGED_S)
    assert a.bus.deaf_s == b.bus.deaf_s == 0.0
    await carries(a, b)


async def test_what_a_server_brings_back_from_before_its_failover_is_removed(
    broken_net: RedisNet, server: ValkeyProcess
) -> None:
    a, b = await pair(broken_net)
    for key in (0, PARTITIONS):
        a.bus.keep("devices", key, b"x")
    await reads(b, "devices", {"a": {0: b"x", PARTITIONS: b"x"}})
    async with redis.asyncio.Redis(port=server.port) as link:
        table = f"{broken_net.prefix}:{{p0}}:devices:a"
        await link.copy(table, "before")
        a.bus.keep("devices", 0, None)
        await reads(b, "devices", {"a": {PARTITIONS: b"x"}})
        await link.rename("before", table)
    await server.kill_clients("pubsub")
    await reads(b, "devices", {"a": {PARTITIONS: b"x"}})


async def test_a_server_that_loses_everything_while_connected_is_filled_again(
    broken_net: RedisNet, server: ValkeyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.bus.relay.REFRESH_S", 1.0)
    a, b = await pair(broken_net)
    a.bus.keep("fixes", 0, b"x")
    await reads(b, "fixes", {"a": {0: b"x"}})
    await server.command("FLUSHALL")
    await reads(b, "fixes", {"a": {0: b"x"}})
    assert a.bus.reconnects == 0


async def test_a_server_that_stands_still_is_left_and_found_again(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(broken_net)
    server.send(signal.SIGSTOP)
    a.bus.publish(3, b"written, and not read by anybody")
    began_s = time.monotonic()
    assert await a.bus.take("x", 1.0, 1.0) is None
    assert time.monotonic() - began_s < 0.5
    await eventually(lambda: a.bus.deaf_s > 0 and b.bus.deaf_s > 0, within_s=DEAF_S + 2)
    a.bus.publish(3, b"dropped")
    server.send(signal.SIGCONT)
    await eventually(lambda: b.ear.stales.count(3) > 0, within_s=CONVERGED_S + 1)
    await carries(a, b)
    assert b.ear.payloads(3) in ([], [b"written, and not read by anybody"])


async def test_a_half_open_link_is_left(broken_net: RedisNet) -> None:
    a, b = await pair(broken_net)
    broken_net.proxies["a"].set(up=faults.Swallow(), down=faults.Swallow())
    a.bus.publish(1, b"swallowed")
    await eventually(lambda: a.bus.deaf_s > 0, within_s=DEAF_S + 1)
    assert b.bus.deaf_s == 0.0
    broken_net.heal("a")
    await eventually(lambda: b.ear.stales.count(1) > 0, within_s=CONVERGED_S + 1)
    await carries(a, b)


async def test_a_link_that_only_speaks_is_left(broken_net: RedisNet) -> None:
    a, b = await pair(broken_net)
    broken_net.proxies["b"].set(down=faults.Swallow())
    a.bus.publish(1, b"not heard")
    await eventually(lambda: b.bus.deaf_s > 0, within_s=DEAF_S + 1)
    broken_net.heal("b")
    await eventually(lambda: b.ear.stales.count(1) > 0, within_s=CONVERGED_S + 1)
    await carries(a, b)


async def test_a_primary_that_became_a_replica_is_away(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(broken_net)
    await server.command("REPLICAOF", "127.0.0.1", 1)
    await eventually(lambda: a.bus.deaf_s > 0 and b.bus.deaf_s > 0)
    with pytest.raises(BusAway):
        await a.bus.latest("fixes", 0)
    await server.promote()
    await carries(a, b)


async def test_a_server_that_loads_is_away(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(broken_net)
    await server.restart_loading(1.5)
    assert await server.loads()
    assert await a.bus.take("x", 1.0, 1.0) is None
    await carries(a, b, within_s=10.0)


async def test_a_full_server_still_carries_messages(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(broken_net)
    await server.set_maxmemory(1)
    a.bus.keep("fixes", 0, b"later")
    a.bus.publish(0, b"now")
    await eventually(lambda: b.ear.payloads(0) == [b"now"])
    await asyncio.sleep(2.0)
    assert await b.bus.latest("fixes", 0) == {"a": {}}
    assert await b.bus.take("x", 1.0, 1.0) is None
    await server.set_maxmemory(0)
    await reads(b, "fixes", {"a": {0: b"later"}})
    assert a.bus.reconnects == b.bus.reconnects == 0
    assert a.bus.deaf_s == 0.0


async def test_a_server_without_sharded_channels_is_good_enough(broken_net: RedisNet, server: ValkeyProcess) -> None:
    await server.command("ACL", "SETUSER", "default", "-ssubscribe", "-spublish")
    a, b = await pair(broken_net)
    await carries(a, b)
    assert await command(f"redis://127.0.0.1:{server.port}", SECRET, "drain", "a", broken_net.prefix) == 2
    await eventually(lambda: [told[1:] for told in a.ear.controls] == [("drain", "a")])


async def test_a_bus_that_cannot_be_reached_waits_and_takes_nothing_in(tmp_path: Path) -> None:
    bus = RedisBus("a", f"unix://{tmp_path}/nobody.sock", SECRET)
    assert bus.deaf_s == 0.0
    bus.publish(0, b"x")
    bus.tell("drain", "*")
    assert bus.dropped == 2
    assert await bus.take("x", 1.0, 1.0) is None
    await bus.give_back("x")
    with pytest.raises(BusAway):
        await bus.latest("fixes", 0)
    with pytest.raises(BusAway):
        await devices_online(f"unix://{tmp_path}/nobody.sock", SECRET)


async def test_more_than_a_connection_takes_is_dropped_and_noticed(broken_net: RedisNet) -> None:
    a, b = await pair(broken_net)
    broken_net.proxies["a"].set(up=faults.StopReading())
    for _ in range(40):
        a.bus.publish(0, bytes(256 * 1024))
        await asyncio.sleep(0)
    await eventually(lambda: a.bus.dropped > 0)
    broken_net.heal("a")
    await eventually(lambda: 0 in b.ear.stales, within_s=6.0)
    await carries(a, b, within_s=6.0)


async def test_a_node_that_reads_nothing_for_long_is_cut_and_comes_back(tmp_path: Path) -> None:
    tight = {"client-output-buffer-limit": "pubsub 1mb 1mb 1"}
    async with valkey(tmp_path / "valkey", settings=tight) as server, net_on(server) as net:
        a, b = await pair(net)
        net.proxies["b"].set(down=faults.StopReading())
        for _ in range(300):  # more than what lies in the kernel's buffers
            a.bus.publish(0, bytes(100_000))
            await asyncio.sleep(0.005)
        net.heal("b")
        await eventually(lambda: b.bus.reconnects > 0)
        await eventually(lambda: 0 in b.ear.stales, within_s=6.0)
        await carries(a, b)


async def test_a_node_that_leaves_takes_everything_with_it(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a = await broken_net.join("a")
    a.bus.keep("fixes", 0, b"x")
    await a.bus.take("x", 1.0, 1.0)
    async with redis.asyncio.Redis(port=server.port) as client:
        await eventually_answers(lambda: client.exists(f"{broken_net.prefix}:{{p0}}:fixes:a"), 1)
        assert 0 < await client.pttl(f"{broken_net.prefix}:{{p0}}:fixes:a") <= 60_000
        await broken_net.nodes.pop("a").stop()
        keys = await client.keys("*")
        assert len(keys) == 1 and b":{b" in keys[0]  # the bucket, until it is full again
        assert 0 < await client.pttl(keys[0]) <= 3_000
        assert await client.client_list(_type="pubsub") == []


async def test_a_session_leaves_no_connection_behind(broken_net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(broken_net)
    for _ in range(3):
        await server.kill_clients("pubsub")
        await carries(a, b)
    async with redis.asyncio.Redis(port=server.port) as client:
        named = [one for one in await client.client_list() if one["name"] == "arogya"]
        assert len(named) == 4


async def test_it_stops_whatever_it_is_doing(server: ValkeyProcess) -> None:
    for number in range(40):
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            bus = RedisBus("a", server.url, SECRET)
            ear = Listener("a")
            bus.listen(ear, ear.describe)
            running = tasks.create_task(bus.run())
            await asyncio.sleep(number / 2_000)
            if number % 2:
                await server.kill_clients("pubsub")
            bus.keep("fixes", 0, b"x")
            bus.publish(0, b"x")
            running.cancel()
        assert running.cancelled()
    async with redis.asyncio.Redis(port=server.port) as client:

        async def connected() -> int:
            return sum(one["name"] == "arogya" for one in await client.client_list())

        await eventually_answers(connected, 0)
