"""A device client when connections end, commands come, and its application errs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from arogya.client import (
    Command,
    CommandRefused,
    DeviceClient,
    Hooks,
    Options,
    SpoolError,
)
from hub.protocol.device_frames import Skip
from hub.protocol.hub_frames import Ack, Nack
from hub.protocol.stream_frames import Hello
from tests.arogya.client.sending import QUICK, fix, offer
from tests.arogya.client.tiny_hub import TinyHub, until


@pytest.mark.parametrize("code", [4001, 4003, 1012, 1013])
async def test_a_hub_that_says_come_back_is_come_back_to(code: int) -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await device.send(fix(1))
            await device.drained(5)
            await hub.connections[0].socket.close(code=code)
            await device.send(fix(2))
            await device.drained(5)
            assert device.counters.reconnects == 1
        assert sorted(hub.log.rows) == [1, 2]


async def test_a_hub_that_says_stay_away_is_left_alone() -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await until(lambda: device.connected)
            await hub.connections[0].socket.close(code=4504)
            await until(lambda: device.last_ending is not None)
            assert device.last_ending is not None
            assert device.last_ending.close_code == 4504
            await asyncio.sleep(0.2)  # many times the ordinary back-off
            assert hub.handshakes == 1


async def test_a_refused_handshake_is_an_ending_with_its_status() -> None:
    async with TinyHub() as hub:
        hub.status, hub.retry_after = 503, "0"
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await until(lambda: hub.handshakes >= 3)
            assert device.last_ending is not None
            assert (device.last_ending.status, device.last_ending.retry_after_s) == (503, 0.0)


async def test_commands_are_carried_out_once_and_answered_each_time() -> None:
    carried_out: list[Command] = []

    async def carry_out(command: Command) -> None:
        carried_out.append(command)
        if command.kind == "dance":
            raise CommandRefused("ambulances do not dance")

    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", hooks=Hooks(on_command=carry_out), options=QUICK) as device:
            await until(lambda: device.connected)
            await hub.connections[0].send(Command("c1", "reporting", {"interval_s": 2.0}))
            await hub.connections[0].send(Command("c1", "reporting", {"interval_s": 2.0}))
            await hub.connections[0].send(Command("c2", "dance"))
            await until(lambda: len(hub.answers) == 3)
        assert [(answer.id, answer.status, answer.detail) for answer in hub.answers] == [
            ("c1", "done", None),
            ("c1", "done", None),
            ("c2", "refused", "ambulances do not dance"),
        ]
        assert [command.kind for command in carried_out] == ["reporting", "dance"]


async def test_the_journal_hooks_name_every_sample_sent_and_every_ack() -> None:
    sent: list[tuple[int, int]] = []
    acked: list[tuple[int, int]] = []
    hooks = Hooks(on_sent=lambda *sample: sent.append(sample), on_ack=lambda *mark: acked.append(mark))
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", hooks=hooks, options=QUICK) as device:
            await offer(device, 1, 60)
            await device.drained(5)
    assert sent == [(1, number) for number in range(1, 61)]
    assert acked[-1] == (1, 60)


async def test_a_hub_that_speaks_nonsense_is_left_and_tried_again() -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            await until(lambda: device.connected)
            await hub.connections[0].socket.send_bytes(b"\xc1")
            await until(lambda: hub.handshakes == 2 and device.connected)
            await hub.connections[1].send(Nack(1, expected=5_000))
            await hub.connections[1].send(Ack([[1, 7_000]], 100))
            await device.send(fix(1))
            await device.drained(5)
        assert list(hub.log.rows) == [1]


async def test_a_spool_in_use_is_refused(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool"):
            with pytest.raises(SpoolError):
                async with DeviceClient(hub.url, "s", spool=tmp_path / "spool"):
                    pass


async def test_an_error_of_the_application_comes_out_as_it_is() -> None:
    async with TinyHub() as hub:
        with pytest.raises(KeyError):
            async with DeviceClient(hub.url, "s", options=QUICK):
                raise KeyError("mine")


def test_a_wrong_address_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="not an address"):
        DeviceClient("hub.example.org", "s")


async def test_hello_names_the_log_and_the_application() -> None:
    async with TinyHub() as hub:
        async with DeviceClient(hub.url, "s", options=Options(agent="tablet 1.2")) as device:
            await until(lambda: device.connected)
        hello = hub.heard[0]
        assert isinstance(hello, Hello)
        assert hello.agent == "tablet 1.2"
        assert not [message for message in hub.heard if isinstance(message, Skip)]
