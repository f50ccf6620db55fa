"""Who does not know the secret neither hears nor is heard, and no secret of ours is shown."""

from __future__ import annotations

import asyncio
import logging
import os
from pathlib import Path

import pytest
import redis.asyncio
from structlog.testing import capture_logs

from hub.bus.bus import PARTITIONS, PROTOCOL, BusAway
from hub.bus.message import Kind, Message, Seal
from hub.bus.relay import RedisBus, survey
from tests.faults.rig.checker import wait_until
from tests.faults.rig.valkey import ValkeyProcess, valkey
from tests.hub.bus.net import SECRET, RedisNet, carries, eventually, net_on, pair, reads

PASSWORD = "very-secret-word"


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


@pytest.mark.parametrize("value", ["99999999999999999", "inf", "1e300"])
async def test_a_bucket_that_is_spent_until_far_ahead_fills_all_the_same(server: ValkeyProcess, value: str) -> None:
    """Somebody wrote it so, or the clock of the server was set back."""
    async with net_on(server) as net:
        a = await net.join("a")
        assert await a.bus.take("login", 10.0, 2) == 0.0
        async with redis.asyncio.Redis(port=server.port) as attacker:
            (key,) = await attacker.keys(f"{net.prefix}:*:login")
            await attacker.set(key, value)
            wait_s = await a.bus.take("login", 10.0, 2)
            assert wait_s is not None and 0.0 < wait_s <= 0.1
            assert 0 < await attacker.pttl(key) < 2_000
        await asyncio.sleep(wait_s)
        assert await a.bus.take("login", 10.0, 2) == 0.0


@pytest.mark.parametrize("value", ["", "x", "nan", "-5"])
async def test_a_bucket_of_garbage_lets_nobody_wait(server: ValkeyProcess, value: str) -> None:
    async with net_on(server) as net:
        a = await net.join("a")
        assert await a.bus.take("login", 10.0, 2) == 0.0
        async with redis.asyncio.Redis(port=server.port) as attacker:
            (key,) = await attacker.keys(f"{net.prefix}:*:login")
            await attacker.set(key, value)
            assert await a.bus.take("login", 10.0, 2) in (0.0, None)
            await attacker.delete(key)
            await attacker.rpush(key, value)
            assert await a.bus.take("login", 10.0, 2) is None


async def test_noise_on_the_channels_and_in_the_registry_is_refused(
    broken_net: RedisNet, server: ValkeyProcess
) -> None:
    a, b = await pair(broken_net)
    newer = Seal(SECRET).encode(Message(Kind.DELTA, 0, "newer", bytes(8), 1, b"x"), protocol=PROTOCOL + 2)
    async with redis.asyncio.Redis(port=server.port) as attacker:
        for noise in (b"", b"\xff" * 3, os.urandom(200), newer):
            await attacker.spublish(f"{broken_net.prefix}:{{p0}}:live", noise)
        await attacker.hset(
            f"{broken_net.prefix}:{{control}}:nodes", mapping={b"\xff": b"\xff", "x": "1 y", "z": "99999999999999999 "}
        )
    await eventually(lambda: a.bus.refused == b.bus.refused == 4)
    await server.kill_clients("pubsub")
    await carries(a, b)
    assert [peer.node for peer in a.bus.peers()] == ["a", "b"]


async def test_a_list_of_nodes_that_is_none_gives_way_to_one(broken_net: RedisNet, server: ValkeyProcess) -> None:
    await pair(broken_net)
    key = f"{broken_net.prefix}:{{control}}:nodes"
    async with redis.asyncio.Redis(port=server.port) as attacker:
        await attacker.set(key, "x")

        async def listed() -> bool:
            return await attacker.type(key) == b"hash" and await attacker.hlen(key) == 2

        await wait_until(listed, 5, "both nodes listed again")
