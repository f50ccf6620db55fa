"""What a device client delivers, to a hub that misbehaves at chosen moments."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from arogya.client import (
    DeviceClient,
    Hooks,
    Options,
    Refusal,
)
from hub.protocol.device_frames import Data, DeviceMessage, LiveHint
from hub.protocol.hub_frames import Ack
from tests.arogya.client.sending import QUICK, fix, offer, quick
from tests.arogya.client.tiny_hub import Connection, TinyHub, until


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_what_was_sent_arrives_once_and_in_order(encoding: str, tmp_path: Path) -> None:
    async with TinyHub() as hub:
        device = DeviceClient(hub.url, "s", spool=tmp_path / "spool", encoding=encoding, options=QUICK)  # type: ignore[arg-type]  # both literals
        async with device:
            assert [await device.send(fix(number)) for number in (1, 2, 3)] == [1, 2, 3]
            await device.drained(5)
            assert device.connected
            assert device.stream == 1
        assert hub.log.rows == {number: fix(number).wire() for number in (1, 2, 3)}
        assert (device.counters.sent, device.counters.acked, device.counters.resent) == (3, 3, 0)


async def test_sending_does_not_wait_for_a_hub_that_is_not_there(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        url = hub.url
    async with DeviceClient(url, "s", spool=tmp_path / "spool", options=QUICK) as device:
        async with asyncio.timeout(5):
            assert await device.send(fix(1)) == 1
        with pytest.raises(TimeoutError):
            await device.drained(0.05)


async def test_what_was_not_acked_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        hub.holds_acks = True
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            await offer(device, 1, 120)
            await until(lambda: len(hub.log.rows) == 120)
        hub.holds_acks = False
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            assert await device.send(fix(121)) == 121
            await device.drained(5)
        assert hub.log.rows == {number: fix(number).wire() for number in range(1, 122)}
        assert len(hub.logs) == 1


async def test_a_wiped_spool_is_a_new_stream(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        for _ in range(2):
            async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
                await device.send(fix(1))
                await device.drained(5)
            (tmp_path / "spool").unlink()
        assert [list(log.rows) for log in hub.logs.values()] == [[1], [1]]


async def test_a_line_cut_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    def cut(connection: Connection, message: DeviceMessage) -> bool:
        if isinstance(message, Data) and len(hub.connections) < 8 and message.seq > 40 * len(hub.connections):
            connection.drop()
            return True
        return False

    async with TinyHub() as hub:
        hub.misbehave = cut
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            await offer(device, 1, 600)
            await device.drained(10)
            assert device.counters.reconnects == 7
            assert device.counters.acked == 600
            assert device.counters.sent == 600
            assert device.counters.resent > 0
        assert hub.log.rows == {number: fix(number).wire() for number in range(1, 601)}


async def test_a_lost_frame_is_sent_again_from_the_sample_the_hub_expects() -> None:
    lost: list[int] = []

    def lose(_: Connection, message: DeviceMessage) -> bool:
        if isinstance(message, Data) and message.seq > 100 and not lost:
            lost.append(message.seq)
            return True
        return False

    async with TinyHub() as hub:
        hub.misbehave = lose
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await offer(device, 1, 400)
            await device.drained(5)
            assert device.counters.connects == 1
        assert lost
        assert sorted(hub.log.rows) == list(range(1, 401))


async def test_credit_is_never_exceeded() -> None:
    async with TinyHub() as hub:
        hub.credit, hub.holds_acks = 70, True
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await offer(device, 1, 300)
            await until(lambda: len(hub.log.rows) == 70)
            hub.holds_acks = False
            hub.log.acked = 70
            hub.connections[0].unacked = 0
            await hub.connections[0].send(Ack([[1, 70]], 70))
            await device.drained(5)
        assert hub.worst_unacked == 70
        assert sorted(hub.log.rows) == list(range(1, 301))


async def test_a_backlog_goes_in_frames_and_a_live_fix_alone() -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await until(lambda: device.connected)
            await device.send(fix(1))
            await device.drained(5)
            await offer(device, 2, 201)
            await device.drained(5)
        frames = [len(message.fixes) for message in hub.heard if isinstance(message, Data)]
        assert frames[0] == 1
        assert max(frames) == 50
        assert sum(frames) == 201


async def test_every_frame_carries_the_clock_it_was_given() -> None:
    times = iter(range(5_000, 6_000))
    options = Options(backoff=quick, clock=lambda: next(times))
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=options) as device:
            await device.send(fix(1))
            await device.drained(5)
            await device.send(fix(2))
            await device.drained(5)
        assert [message.sent_at for message in hub.heard if isinstance(message, Data)] == [5_000, 5_001]


async def test_while_the_hub_can_not_store_the_newest_fix_is_shown_at_most_once_a_second() -> None:
    async with TinyHub() as hub:
        hub.credit, hub.holds_acks = 60, True
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await until(lambda: device.connected)
            await offer(device, 1, 200)
            await until(lambda: any(isinstance(message, LiveHint) for message in hub.heard))
            began = asyncio.get_running_loop().time()
            await offer(device, 201, 202)
            await until(lambda: sum(isinstance(message, LiveHint) for message in hub.heard) >= 2)
            assert asyncio.get_running_loop().time() - began > 0.5
        hints = [message for message in hub.heard if isinstance(message, LiveHint)]
        assert hints[-1].seq == 202
        assert hints[-1].fix == fix(202)
        assert len(hints) == 2


async def test_refused_samples_are_reported_and_their_neighbours_stored() -> None:
    refusals: list[Refusal] = []
    async with TinyHub() as hub:
        hub.refuses = {2, 5}
        async with DeviceClient(hub.url, "s", hooks=Hooks(on_refused=refusals.append), options=QUICK) as device:
            await offer(device, 1, 5)
            await device.drained(5)
            assert device.counters.refused == 2
        assert sorted(hub.log.rows) == [1, 3, 4]
        assert [(refusal.seq, refusal.code, refusal.fix) for refusal in refusals] == [
            (2, "invalid_value", fix(2)),
            (5, "invalid_value", fix(5)),
        ]


async def test_a_full_spool_drops_the_oldest_and_says_so() -> None:
    async with TinyHub() as hub:
        hub.status = 503
        options = Options(backoff=quick, spool_rows=100)
        async with DeviceClient(hub.url, "s", options=options) as device:
            await offer(device, 1, 250)
            hub.status = None
            await device.drained(5)
            assert device.counters.skipped == 150
        assert [(skip.first, skip.last, skip.reason) for skip in hub.log.skips] == [(1, 150, "spool_full")]
        assert sorted(hub.log.rows) == list(range(151, 251))


async def test_a_hub_restored_from_a_backup_is_told_what_it_lost(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            await offer(device, 1, 80)
            await device.drained(5)
        hub.log.acked = 30
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            await until(lambda: hub.log.skips)
            await device.send(fix(81))
            await device.drained(5)
        assert [(skip.first, skip.last, skip.reason) for skip in hub.log.skips] == [(31, 80, "hub_lost")]
        assert 81 in hub.log.rows


async def test_a_spool_restored_from_a_backup_goes_on_as_a_new_log(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    async with TinyHub() as hub:
        hub.holds_acks = True
        async with DeviceClient(hub.url, "s", spool=spool, options=QUICK) as device:
            await offer(device, 1, 10)
        backup = spool.read_bytes()
        hub.holds_acks = False
        async with DeviceClient(hub.url, "s", spool=spool, options=QUICK) as device:
            await offer(device, 11, 30)
            await device.drained(5)
        spool.write_bytes(backup)
        async with DeviceClient(hub.url, "s", spool=spool, options=QUICK) as device:
            await device.send(fix(99))
            await device.drained(5)
        first, second = hub.logs.values()
        assert sorted(first.rows) == list(range(1, 31))
        assert list(second.rows.values()) == [fix(number).wire() for number in [*range(1, 11), 99]]
