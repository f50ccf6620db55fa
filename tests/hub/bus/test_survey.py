"""What an operator sees of a bus, and says to it."""

from __future__ import annotations

from hub.bus.relay import Survey, command, devices_online, survey
from tests.hub.bus.net import SECRET, RedisNet, eventually, eventually_answers


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
