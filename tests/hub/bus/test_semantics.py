"""What every bus promises, held to by both."""

from __future__ import annotations

import asyncio
import time

import pytest

from hub.bus.bus import GONE_S, PARTITIONS, BusAway
from tests.hub.bus.net import Net, acquainted, eventually, eventually_answers, pair


async def test_all_others_hear_in_order_what_one_publishes(net: Net) -> None:
    a, b = await pair(net)
    c = await net.join("c")
    await acquainted(net)
    for number in range(50):
        a.bus.publish(number % PARTITIONS, b"%d" % number)
    for node in (b, c):
        await eventually(lambda node=node: len(node.ear.deltas) == 50)  # type: ignore[misc]
        for partition in range(PARTITIONS):
            assert node.ear.payloads(partition) == [b"%d" % n for n in range(50) if n % PARTITIONS == partition]
        assert {sender for sender, _, _ in node.ear.deltas} == {"a"}
        assert node.ear.stales == []
    assert a.ear.deltas == []


async def test_all_others_are_told_at_once(net: Net) -> None:
    a, b = await pair(net)
    a.bus.tell("revoke", "device:7")
    await eventually(lambda: b.ear.controls == [("a", "revoke", "device:7")])
    assert a.ear.controls == []


async def test_an_empty_and_a_large_message_arrive(net: Net) -> None:
    a, b = await pair(net)
    a.bus.publish(0, b"")
    a.bus.publish(0, bytes(1_000_000))
    await eventually(lambda: b.ear.payloads(0) == [b"", bytes(1_000_000)])


async def test_a_node_alone_hears_well_and_says_things_to_nobody(net: Net) -> None:
    a = await net.join("a")
    a.bus.publish(0, b"x")
    a.bus.tell("drain", "*")
    assert [peer.node for peer in a.bus.peers()] == ["a"]
    assert await a.bus.latest("fixes", 0) == {}
    assert a.bus.deaf_s == 0.0


async def test_a_node_knows_what_the_others_say_about_themselves(net: Net) -> None:
    a, b = await pair(net)
    mine, other = a.bus.peers()
    assert (mine.node, other.node) == ("a", "b")
    assert (other.version, other.devices, other.viewers, other.state) == ("1.2.3", 3, 2, "serving")
    assert len(other.epoch) == 16 and other.epoch != mine.epoch
    assert abs(time.time() - other.said_at / 1e6) < 10
    assert 0 <= other.lag_s < 5
    assert other.epoch == b.bus.peers()[1].epoch


async def test_who_says_goodbye_is_gone_at_once(net: Net) -> None:
    a, b = await pair(net)
    await net.nodes.pop("b").stop()
    await eventually(lambda: [peer.node for peer in a.bus.peers()] == ["a"], within_s=1.0)
    assert a.ear.changes == 1
    assert b.task.done()


async def test_who_falls_silent_is_gone_after_a_while(net: Net) -> None:
    a, _ = await pair(net)
    began_s = time.monotonic()
    await net.crash("b")
    await eventually(lambda: [peer.node for peer in a.bus.peers()] == ["a"])
    assert time.monotonic() - began_s > GONE_S - 1.1  # since its last beat
    assert a.ear.changes == 1


async def test_a_node_that_is_back_is_a_new_one(net: Net) -> None:
    a, b = await pair(net)
    b.bus.keep("fixes", 4, b"of the first life")
    b.bus.keep("fixes", 8, b"too")
    await eventually_answers(lambda: a.bus.latest("fixes", 0), {"b": {4: b"of the first life", 8: b"too"}})
    epoch = b.bus.peers()[1].epoch
    await net.crash("b")
    again = await net.join("b")
    again.bus.keep("fixes", 8, b"of the second life")
    await eventually(lambda: a.bus.peers()[-1].node == "b" and a.bus.peers()[-1].epoch != epoch)
    await eventually(lambda: set(a.ear.stales) == set(range(PARTITIONS)))
    await eventually_answers(lambda: a.bus.latest("fixes", 0), {"b": {8: b"of the second life"}})
    again.bus.publish(1, b"heard")
    await eventually(lambda: a.ear.payloads(1) == [b"heard"])


async def test_a_node_that_is_cut_off_is_deaf_and_forgets_nobody(net: Net) -> None:
    a, b = await pair(net)
    net.cut("a")
    await eventually(lambda: a.bus.deaf_s > 0)
    await eventually(lambda: [peer.node for peer in b.bus.peers()] == ["b"])
    assert b.bus.deaf_s == 0.0
    assert [peer.node for peer in a.bus.peers()] == ["a", "b"]
    net.heal("a")
    await eventually(lambda: a.bus.deaf_s == 0.0)
    await eventually(lambda: [peer.node for peer in b.bus.peers()] == ["a", "b"])
    assert [peer.node for peer in a.bus.peers()] == ["a", "b"]


async def test_what_was_missed_is_stale_and_nothing_comes_twice(net: Net) -> None:
    a, b = await pair(net)
    a.bus.publish(0, b"before")
    a.bus.keep("fixes", 0, b"before")
    await eventually(lambda: b.ear.payloads(0) == [b"before"])
    net.cut("b")
    for number in range(10):
        a.bus.publish(number % 2, b"missed %d" % number)
    a.bus.keep("fixes", 0, b"newest")
    await asyncio.sleep(0.2)
    assert b.ear.stales == []
    net.heal("b")
    await eventually(lambda: set(b.ear.stales) >= {0, 1}, within_s=3.0)
    await eventually_answers(lambda: b.bus.latest("fixes", 0), {"a": {0: b"newest"}})
    a.bus.publish(0, b"after")
    a.bus.publish(1, b"after")
    await eventually(lambda: b.ear.payloads(0)[-1:] == [b"after"] == b.ear.payloads(1)[-1:])
    assert b.ear.payloads(0) == [b"before", b"after"]
    assert b.ear.payloads(1) == [b"after"]


async def test_a_lost_last_message_is_noticed_on_an_idle_channel(net: Net) -> None:
    a, b = await pair(net)
    net.lose_one("a")
    a.bus.publish(2, b"lost")
    await eventually(lambda: b.ear.stales == [2], within_s=3.0)
    assert b.bus.gaps == 1
    assert b.ear.deltas == []


async def test_what_follows_a_lost_message_is_heard(net: Net) -> None:
    a, b = await pair(net)
    net.lose_one("a")
    a.bus.publish(3, b"lost")
    await asyncio.sleep(0.05)  # in a turn of its own
    a.bus.publish(3, b"found")
    await eventually(lambda: b.ear.stales == [3] and b.ear.deltas == [("a", 3, b"found")], within_s=3.0)


async def test_what_is_said_while_cut_off_is_dropped_counted_and_noticed(net: Net) -> None:
    a, b = await pair(net)
    net.cut("a")
    await asyncio.sleep(0.05)
    dropped = a.bus.dropped
    for _ in range(5):
        a.bus.publish(1, b"to nobody")
        await asyncio.sleep(0)
    a.bus.tell("drain", "*")
    await eventually(lambda: a.bus.dropped >= dropped + 6)
    net.heal("a")
    await eventually(lambda: 1 in b.ear.stales, within_s=4.0)
    assert b.ear.deltas == [] and b.ear.controls == []


async def test_tables_are_kept_by_node_and_partition(net: Net) -> None:
    a, b = await pair(net)
    for key in (1, 5, 2, -3):
        a.bus.keep("fixes", key, b"a%d" % key)
    b.bus.keep("fixes", 1, b"b1")
    a.bus.keep("devices", 1, b"other")
    a.bus.keep("fixes", 5, None)
    await eventually_answers(lambda: b.bus.latest("fixes", 1), {"a": {1: b"a1", -3: b"a-3"}})
    await eventually_answers(lambda: a.bus.latest("fixes", 1), {"b": {1: b"b1"}})
    assert await b.bus.latest("fixes", 2) == {"a": {2: b"a2"}}
    a.bus.keep("fixes", 1, None)
    a.bus.keep("fixes", -3, b"changed")
    await eventually_answers(lambda: b.bus.latest("fixes", 1), {"a": {-3: b"changed"}})


async def test_a_newcomer_reads_what_is_kept(net: Net) -> None:
    a = await net.join("a")
    for key in range(3_000):
        a.bus.keep("fixes", key, b"%d" % key)
    await asyncio.sleep(1.5)
    c = await net.join("c")
    everything = {key: b"%d" % key for key in range(0, 3_000, PARTITIONS)}
    await eventually_answers(lambda: c.bus.latest("fixes", 0), {"a": everything})


async def test_tables_of_the_gone_are_not_read(net: Net) -> None:
    a, b = await pair(net)
    b.bus.keep("fixes", 0, b"x")
    await eventually_answers(lambda: a.bus.latest("fixes", 0), {"b": {0: b"x"}})
    await net.crash("b")
    await eventually_answers(lambda: a.bus.latest("fixes", 0), {})


async def test_nothing_can_be_read_while_cut_off(net: Net) -> None:
    a, _ = await pair(net)
    net.cut("a")
    await asyncio.sleep(0.05)
    with pytest.raises(BusAway):
        await a.bus.latest("fixes", 0)


async def test_a_bucket_is_shared(net: Net) -> None:
    a, b = await pair(net)
    taken = [await node.bus.take("login:ann", 0.5, 3) for node in (a, b, a)]
    assert taken == [0.0, 0.0, 0.0]
    wait_s = await b.bus.take("login:ann", 0.5, 3)
    assert wait_s is not None and 1.0 < wait_s <= 2.0
    assert await b.bus.take("login:bob", 0.5, 3) == 0.0
    await a.bus.give_back("login:ann")
    assert await b.bus.take("login:ann", 0.5, 3) == 0.0


async def test_a_bucket_fills_again(net: Net) -> None:
    a = await net.join("a")
    assert await a.bus.take("x", 10.0, 1) == 0.0
    wait_s = await a.bus.take("x", 10.0, 1)
    assert wait_s is not None and 0.0 < wait_s <= 0.1
    await asyncio.sleep(wait_s)
    assert await a.bus.take("x", 10.0, 1) == 0.0


async def test_of_many_who_ask_at_once_no_more_than_the_burst_get_a_token(net: Net) -> None:
    a, b = await pair(net)
    answers = await asyncio.gather(*(node.bus.take("login", 0.01, 20) for node in (a, b) for _ in range(40)))
    assert answers.count(0.0) == 20
    assert None not in answers


async def test_a_bucket_that_cannot_be_reached_says_so_at_once(net: Net) -> None:
    a, _ = await pair(net)
    net.cut("a")
    began_s = time.monotonic()
    assert await a.bus.take("login", 1.0, 1.0) is None
    await a.bus.give_back("login")
    assert time.monotonic() - began_s < 0.5


async def test_nothing_is_refused_among_friends(net: Net) -> None:
    a, b = await pair(net)
    a.bus.publish(0, b"x")
    await eventually(lambda: b.ear.deltas != [])
    for node in (a, b):
        assert (node.bus.refused, node.bus.gaps, node.bus.reconnects) == (0, 0, 0)
        assert node.bus.sent > 0 and node.bus.heard > 0
