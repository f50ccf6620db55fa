"""What somebody has recorded moves nobody again."""

from __future__ import annotations

import msgpack
import pytest
import redis.asyncio

from hub.bus.bus import CONTROL, GONE_S, Counters
from hub.bus.freshness import LASTS_S
from hub.bus.message import Kind, Message
from hub.bus.relay import command
from hub.bus.station import CHANNELS, Station
from tests.faults.rig.valkey import ValkeyProcess
from tests.hub.bus.net import SECRET, eventually, net_on
from tests.hub.bus.test_tally import SEAL, Believer, station

TOLD = [("cli", "drain", "*")]
NOON_US = 1_800_000_000_000_000


def us(now_s: float, noon_us: int = NOON_US) -> int:
    return noon_us + round(now_s * 1e6)


def begun(node: str, at_s: float = 0.0) -> tuple[Station, Believer, Counters]:
    """Return a station whose life began when its monotonic clock showed `at_s`."""
    made, ear, counters = station(node)
    made.begin(at_s, us(at_s))
    return made, ear, counters


def test_a_message_counts_once_also_when_its_sender_is_forgotten() -> None:
    listener, ear, counters = begun("a")
    record = begun("cli")[0].control("drain", "*", us(1.0))
    listener.hear(CONTROL, record, 1.0)
    for now_s in (1.1, 2.0 + GONE_S, LASTS_S, 2 * LASTS_S, 1e6):
        for channel, data in zip(CHANNELS, listener.beats(now_s, us(now_s)), strict=True):
            listener.hear(channel, data, now_s)
        listener.sweep(now_s)
        listener.hear(CONTROL, record, now_s)
    assert ear.controls == TOLD
    assert counters.refused >= 3


@pytest.mark.parametrize("behind_s", [-LASTS_S + 1, 0.0, LASTS_S - 1])
def test_clocks_may_differ(behind_s: float) -> None:
    listener, ear, _ = begun("a")
    sender, _, _ = begun("cli")
    for now_s in (100.0, 101.0):
        listener.hear(CONTROL, sender.control("drain", "*", us(now_s - behind_s)), now_s)
    assert ear.controls == TOLD * 2


def test_a_clock_that_was_set_is_followed() -> None:
    listener, ear, _ = begun("a")
    sender, _, _ = begun("cli")
    set_back_us = NOON_US - 3_600_000_000
    listener.beats(10.0, us(10.0, set_back_us))
    listener.hear(CONTROL, sender.control("drain", "*", us(10.5, set_back_us)), 10.5)
    assert ear.controls == TOLD


def test_a_node_does_not_obey_what_was_said_before_its_life() -> None:
    record = begun("cli")[0].control("drain", "*", us(99.0))
    listener, ear, _ = begun("a", at_s=100.0)
    listener.hear(CONTROL, record, 101.0)
    assert ear.controls == []


def test_a_message_without_a_time_is_not_obeyed() -> None:
    listener, ear, counters = begun("a")
    body = msgpack.packb(["drain", "*"])
    listener.hear(CONTROL, SEAL.encode(Message(Kind.CONTROL, CONTROL, "cli", bytes(8), 1, body)), 1.0)
    assert (ear.controls, counters.refused) == ([], 1)


async def test_a_recorded_message_drains_no_node_that_came_later(server: ValkeyProcess) -> None:
    async with net_on(server) as net, redis.asyncio.Redis(port=server.port) as attacker, attacker.pubsub() as heard:
        first = await net.join("a")
        channel = f"{net.prefix}:{{control}}:live"
        await heard.ssubscribe(channel)
        await command(f"redis://127.0.0.1:{server.port}", SECRET, "drain", "*", net.prefix)
        await eventually(lambda: len(first.ear.controls) == 1)
        record = None
        while record is None or b"drain" not in record:
            said = await heard.get_message(ignore_subscribe_messages=True, timeout=1.0)
            record = said["data"] if said else None
        later = await net.join("b")
        await attacker.spublish(channel, record)
        await eventually(lambda: later.bus.refused == 1)
    assert (len(first.ear.controls), later.ear.controls) == (1, [])
