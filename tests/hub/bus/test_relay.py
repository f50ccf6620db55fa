"""A bus through a real Valkey to which everything happens that can."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from hub.bus.bus import DEAF_S, PARTITIONS, PROTOCOL, BusAway
from hub.bus.message import Kind, Message, Seal
from hub.bus.relay import RedisBus, Survey, command, devices_online, survey
from tests.faults.rig import faults
from tests.faults.rig.valkey import ValkeyProcess, valkey
from tests.hub.bus.net import SECRET, WITHIN_S, Listener, Node, RedisNet, acquainted, eventually, eventually_answers

CONVERGED_S = 3.0
PASSWORD = "very-secret-word"


@asynccontextmanager
async def net_on(server: ValkeyProcess) -> AsyncIterator[RedisNet]:
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as tasks:
        net = RedisNet(tasks, stack, server.target, password=server.password or "")
        yield net
        for node in net.nodes.values():
            await node.stop()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ValkeyProcess]:
    """A server to break."""
    async with valkey(tmp_path / "valkey") as running:
        yield running


@pytest.fixture
async def net(server: ValkeyProcess) -> AsyncIterator[RedisNet]:
    async with net_on(server) as found:
        yield found


async def pair(net: RedisNet) -> tuple[Node, Node]:
    a, b = await net.join("a"), await net.join("b")
    await acquainted(net)
    return a, b


async def carries(a: Node, b: Node, within_s: float = CONVERGED_S) -> None:
    """Wait until both hear each other, and each reads what the other keeps."""
    word = os.urandom(4)

    async def heard() -> bool:
        for node in (a, b):
            node.bus.publish(0, word)
        return all(word in node.ear.payloads(0) for node in (a, b))

    await eventually_answers(heard, True, within_s)
    for node, other in ((a, b), (b, a)):
        node.bus.keep("probe", 0, word)
        await reads(other, "probe", {node.bus.node: {0: word}})
        assert node.bus.deaf_s == 0.0


async def reads(node: Node, table: str, rows: dict[str, dict[int, bytes]], within_s: float = WITHIN_S) -> None:
    """Wait until a node reads this in partition 0 of a table."""
    await eventually_answers(lambda: node.bus.latest(table, 0), rows, within_s)


@pytest.mark.parametrize("kind", ["pubsub", "normal"])
async def test_connections_that_are_closed_are_opened_again(net: RedisNet, server: ValkeyProcess, kind: str) -> None:
    a, b = await pair(net)
    assert await server.kill_clients(kind) >= 2
    a.bus.publish(1, b"perhaps lost")
    await carries(a, b)
    assert b.ear.stales.count(1) + b.ear.payloads(1).count(b"perhaps lost") >= 1
    assert a.bus.reconnects == (kind == "pubsub")


async def test_a_server_that_was_killed_comes_back_empty_and_is_filled(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
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


async def test_a_server_that_loses_everything_while_connected_is_filled_again(
    net: RedisNet, server: ValkeyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.bus.relay.REFRESH_S", 1.0)
    a, b = await pair(net)
    a.bus.keep("fixes", 0, b"x")
    await reads(b, "fixes", {"a": {0: b"x"}})
    await server.command("FLUSHALL")
    await reads(b, "fixes", {"a": {0: b"x"}})
    assert a.bus.reconnects == 0


async def test_a_server_that_stands_still_is_left_and_found_again(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
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


async def test_a_half_open_link_is_left(net: RedisNet) -> None:
    a, b = await pair(net)
    net.proxies["a"].set(up=faults.Swallow(), down=faults.Swallow())
    a.bus.publish(1, b"swallowed")
    await eventually(lambda: a.bus.deaf_s > 0, within_s=DEAF_S + 1)
    assert b.bus.deaf_s == 0.0
    net.heal("a")
    await eventually(lambda: b.ear.stales.count(1) > 0, within_s=CONVERGED_S + 1)
    await carries(a, b)


async def test_a_link_that_only_speaks_is_left(net: RedisNet) -> None:
    a, b = await pair(net)
    net.proxies["b"].set(down=faults.Swallow())
    a.bus.publish(1, b"not heard")
    await eventually(lambda: b.bus.deaf_s > 0, within_s=DEAF_S + 1)
    net.heal("b")
    await eventually(lambda: b.ear.stales.count(1) > 0, within_s=CONVERGED_S + 1)
    await carries(a, b)


async def test_a_primary_that_became_a_replica_is_away(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
    await server.command("REPLICAOF", "127.0.0.1", 1)
    await eventually(lambda: a.bus.deaf_s > 0 and b.bus.deaf_s > 0)
    with pytest.raises(BusAway):
        await a.bus.latest("fixes", 0)
    await server.promote()
    await carries(a, b)


async def test_a_server_that_loads_is_away(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
    await server.restart_loading(1.5)
    assert await server.loads()
    assert await a.bus.take("x", 1.0, 1.0) is None
    await carries(a, b, within_s=10.0)


async def test_a_full_server_still_carries_messages(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
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


async def test_a_server_without_sharded_channels_is_good_enough(net: RedisNet, server: ValkeyProcess) -> None:
    await server.command("ACL", "SETUSER", "default", "-ssubscribe", "-spublish")
    a, b = await pair(net)
    await carries(a, b)
    assert await command(f"redis://127.0.0.1:{server.port}", SECRET, "drain", "a", net.prefix) == 2
    await eventually(lambda: [told[1:] for told in a.ear.controls] == [("drain", "a")])


async def test_a_server_with_a_password_is_reached_and_its_password_is_nowhere(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logged:
        async with valkey(tmp_path / "valkey", password=PASSWORD) as server, net_on(server) as net:
            a, b = await pair(net)
            await server.kill()
            await eventually(lambda: len(logged) >= 2)
            await server.start()
            await carries(a, b)
            await eventually(lambda: logged[-1]["event"] == "the bus is back")
            wrong = RedisBus("c", f"redis://:wrong-{PASSWORD}@127.0.0.1:{server.port}", SECRET)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    wrong.listen(a.ear, a.ear.describe)
                    await wrong.run()
            with pytest.raises(BusAway) as away:
                await survey(f"redis://:wrong-{PASSWORD}@127.0.0.1:{server.port}", SECRET)
    assert PASSWORD not in f"{logged} {caplog.text} {away.value!r} {away.value.__cause__!r} {a.bus!r}"
    assert {"event": "the bus is away", "reason": "AuthenticationError", "log_level": "warning"} in logged
    assert {"event": "the bus is back", "log_level": "info"} in logged


@pytest.mark.parametrize(
    "url", ["http://x", "redis://x:port", "", "redis://localhost/0?unknown=1", f"://{PASSWORD}", "unix"]
)
def test_a_wrong_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match="Redis") as refused:
        RedisBus("a", url, SECRET)
    assert PASSWORD not in repr(refused.value)


@pytest.mark.parametrize("node", ["", "x" * 256, "é" * 128])
def test_a_name_that_no_message_can_carry_is_refused(node: str) -> None:
    with pytest.raises(ValueError, match="255"):
        RedisBus(node, "redis://localhost", SECRET)


async def test_nodes_with_another_secret_are_neither_heard_nor_read(redis_net: RedisNet) -> None:
    a = await redis_net.join("a")
    stranger = await redis_net.join("stranger", secret="another secret")
    stranger.bus.publish(0, b"forged")
    stranger.bus.tell("drain", "*")
    stranger.bus.keep("fixes", 0, b"forged")
    await eventually(lambda: a.bus.refused >= 2 + PARTITIONS and stranger.bus.refused >= 1)
    assert (a.ear.deltas, a.ear.controls, a.ear.stales_ever) == ([], [], [])
    assert [peer.node for peer in a.bus.peers()] == ["a"]
    assert await a.bus.latest("fixes", 0) == {}


async def test_forged_rows_are_not_read(redis_net: RedisNet, server: ValkeyProcess) -> None:
    async with net_on(server) as net:
        a, b = await pair(net)
        a.bus.keep("fixes", 4, b"true")
        await reads(b, "fixes", {"a": {4: b"true"}})
        async with redis.asyncio.Redis(port=server.port) as attacker:
            key = f"{net.prefix}:{{p0}}:fixes:a"
            (true,) = (await attacker.hgetall(key)).values()
            for field, row in (
                ("8", true),
                ("4 ", true),
                ("x", true),
                ("12", b""),
                ("-4", bytes(20)),
                ("9" * 99, true),
            ):
                await attacker.hset(key, field, row)
        assert await b.bus.latest("fixes", 0) == {"a": {4: b"true"}}


async def test_noise_on_the_channels_and_in_the_registry_is_refused(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
    newer = Seal(SECRET).encode(Message(Kind.DELTA, 0, "newer", bytes(8), 1, b"x"), protocol=PROTOCOL + 2)
    async with redis.asyncio.Redis(port=server.port) as attacker:
        for noise in (b"", b"\xff" * 3, os.urandom(200), newer):
            await attacker.spublish(f"{net.prefix}:{{p0}}:live", noise)
        await attacker.hset(
            f"{net.prefix}:{{control}}:nodes", mapping={b"\xff": b"\xff", "x": "1 y", "z": "99999999999999999 "}
        )
    await eventually(lambda: a.bus.refused == b.bus.refused == 4)
    await server.kill_clients("pubsub")
    await carries(a, b)
    assert [peer.node for peer in a.bus.peers()] == ["a", "b"]


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


async def test_more_than_a_connection_takes_is_dropped_and_noticed(net: RedisNet) -> None:
    a, b = await pair(net)
    net.proxies["a"].set(up=faults.StopReading())
    for _ in range(40):
        a.bus.publish(0, bytes(256 * 1024))
        await asyncio.sleep(0)
    await eventually(lambda: a.bus.dropped > 0)
    net.heal("a")
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


async def test_the_command_line_sees_who_is_there(redis_net: RedisNet) -> None:
    url = f"redis://127.0.0.1:{(await redis_net.join('b')) and redis_net.proxies['b'].port}"
    a = await redis_net.join("a")
    stranger = await redis_net.join("stranger", secret="another secret")
    found: Survey = await survey(url, SECRET, redis_net.prefix)
    assert [(listed.node, listed.alive, listed.reason) for listed in found.nodes] == [
        ("a", True, ""),
        ("b", True, ""),
        ("stranger", True, "mac"),
    ]
    assert found.nodes[0].peer is not None and found.nodes[0].peer.epoch == a.bus.peers()[0].epoch
    assert found.mode == "standalone" and found.server.startswith(("valkey ", "redis ")) and found.memory_bytes > 0
    assert stranger.bus.node == "stranger"
    a.bus.keep("devices", 7, b"x")
    a.bus.keep("devices", -8, b"x")
    stranger.bus.keep("devices", 9, b"x")
    await eventually_answers(lambda: devices_online(url, SECRET, redis_net.prefix), {7: "a", -8: "a"})
    a.bus.keep("devices", 7, None)
    await eventually_answers(lambda: devices_online(url, SECRET, redis_net.prefix), {-8: "a"})
    assert await command(url, SECRET, "drain", "a", redis_net.prefix) == 3
    await eventually(lambda: [told[1:] for told in a.ear.controls] == [("drain", "a")])
    assert stranger.ear.controls == []


async def test_a_node_that_leaves_takes_everything_with_it(net: RedisNet, server: ValkeyProcess) -> None:
    a = await net.join("a")
    a.bus.keep("fixes", 0, b"x")
    await a.bus.take("x", 1.0, 1.0)
    async with redis.asyncio.Redis(port=server.port) as client:
        await eventually_answers(lambda: client.exists(f"{net.prefix}:{{p0}}:fixes:a"), 1)
        assert 0 < await client.pttl(f"{net.prefix}:{{p0}}:fixes:a") <= 60_000
        await net.nodes.pop("a").stop()
        keys = await client.keys("*")
        assert len(keys) == 1 and b":{b" in keys[0]  # the bucket, until it is full again
        assert 0 < await client.pttl(keys[0]) <= 3_000
        assert await client.client_list(_type="pubsub") == []


async def test_a_session_leaves_no_connection_behind(net: RedisNet, server: ValkeyProcess) -> None:
    a, b = await pair(net)
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
