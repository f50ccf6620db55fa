"""What a crew says through a device client: answered, kept until then, in order and once."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from arogya.client import DeviceClient, Hooks, Report, ReportAck, SpoolError
from arogya.client.reports import KEPT_MAX, ON_THE_WAY_MAX
from arogya.client.spool import KeptReport, Spool
from tests.arogya.client.sending import QUICK
from tests.arogya.client.tiny_hub import TinyHub, until

DUTY: dict[str, object] = {"status": "available"}


def fill(path: Path, kept: list[KeptReport]) -> None:
    spool = Spool(path)
    spool.write_reports(kept, [])
    spool.close()


def left_in(path: Path) -> list[KeptReport]:
    spool = Spool(path)
    try:
        return spool.reports()
    finally:
        spool.close()


@pytest.mark.parametrize("encoding", ["msgpack", "json"])
async def test_a_report_is_answered_and_forgotten(encoding: str, tmp_path: Path) -> None:
    async with TinyHub() as hub:
        device = DeviceClient(hub.url, "s", spool=tmp_path / "spool", encoding=encoding, options=QUICK)  # type: ignore[arg-type]  # both literals
        async with device:
            answer = await device.report("duty", DUTY)
            assert answer.status == "done"
            assert device.reports == []
        (stored,) = hub.reports.values()
        assert (stored.id, stored.kind, stored.body) == (answer.id, "duty", DUTY)
    assert await asyncio.to_thread(left_in, tmp_path / "spool") == []


async def test_a_refusal_is_an_answer_too(tmp_path: Path) -> None:
    async with TinyHub() as hub:
        hub.refusal = ReportAck("", "refused", "conflict", "the unit has a call", {"status": "en_route"})
        async with DeviceClient(hub.url, "s", options=QUICK) as device:
            answer = await device.report("duty", DUTY, report_id="mine")
    assert answer == replace(hub.refusal, id="mine")


async def test_what_is_said_without_a_network_goes_later_in_order_with_its_own_times(tmp_path: Path) -> None:
    now_us = 1_000_000

    def clock() -> int:
        return now_us

    options = replace(QUICK, clock=clock)
    async with TinyHub() as hub:
        hub.status = 503
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=options) as device:
            async with asyncio.TaskGroup() as tasks:
                for number in range(3):
                    tasks.create_task(device.report("message", {"text": str(number)}))
                    await until(lambda expected=number: len(device.reports) > expected)  # type: ignore[misc]
                    now_us += 60_000_000
                hub.status = None
        said = list(hub.reports.values())
    assert [report.body["text"] for report in said] == ["0", "1", "2"]
    assert [(report.sent_at - report.at) // 60_000_000 for report in said] == [3, 2, 1]


async def test_an_answer_that_was_lost_is_asked_for_again(tmp_path: Path) -> None:
    async with TinyHub() as hub, DeviceClient(hub.url, "s", options=QUICK) as device:
        hub.holds_answers = True
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(device.report("duty", DUTY))
            await until(lambda: hub.reports)
            hub.holds_answers = False
            hub.connections[-1].drop()
        assert asked.result().status == "done"
        assert len(hub.reports) == 1


async def test_a_report_outlives_the_program(tmp_path: Path) -> None:
    heard: list[tuple[ReportAck, Report]] = []
    async with TinyHub() as hub:
        hub.status = 503
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            tasks = [asyncio.ensure_future(device.report("message", {"text": text})) for text in ("one", "two")]
            await until(lambda: len(device.reports) == 2)
        assert all(isinstance(error, SpoolError) for error in await asyncio.gather(*tasks, return_exceptions=True))
        hub.status = None
        hooks = Hooks(on_answer=lambda ack, report: heard.append((ack, report)))
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", hooks=hooks, options=QUICK) as device:
            await device.report("message", {"text": "three"})
    assert [report.body["text"] for _, report in heard] == ["one", "two", "three"]


async def test_only_so_many_are_on_the_way_at_once(tmp_path: Path) -> None:
    async with TinyHub() as hub, DeviceClient(hub.url, "s", options=QUICK) as device:
        hub.holds_answers = True
        async with asyncio.TaskGroup() as tasks:
            for number in range(40):
                tasks.create_task(device.report("message", {"text": str(number)}))
            await until(lambda: len(hub.reports) == ON_THE_WAY_MAX)
            assert len(device.reports) == 40
            hub.holds_answers = False
            hub.connections[-1].drop()
        assert [report.body["text"] for report in hub.reports.values()] == [str(number) for number in range(40)]


async def test_too_many_are_refused_but_never_a_call_for_help(tmp_path: Path) -> None:
    kept = [KeptReport(number, str(number), "duty", 1, DUTY) for number in range(1, KEPT_MAX + 1)]
    await asyncio.to_thread(fill, tmp_path / "spool", kept)
    async with TinyHub() as hub:
        hub.status = 503
        async with DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
            with pytest.raises(SpoolError):
                await device.report("duty", DUTY)
            asking = asyncio.ensure_future(device.report("sos", {"alarm": "help"}))
            await until(lambda: len(device.reports) == KEPT_MAX + 1)
            asking.cancel()
            assert device.reports[-1].kind == "sos"


async def test_what_no_hub_takes_is_an_error_of_the_program(tmp_path: Path) -> None:
    async with TinyHub() as hub, DeviceClient(hub.url, "s", options=QUICK) as device:
        with pytest.raises(ValueError, match="missing field: status"):
            await device.report("duty", {})
        with pytest.raises(ValueError, match="kind must be one of"):
            await device.report("dance", {})
        assert device.reports == []


class FullDisk(Spool):
    """Refuses reports."""

    def write_reports(self, keep: Sequence[KeptReport], forget: Sequence[int]) -> None:
        """Refuse."""
        raise sqlite3.OperationalError("database or disk is full")


async def test_a_full_disk_does_not_hold_up_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arogya.client.device.Spool", FullDisk)
    async with TinyHub() as hub, DeviceClient(hub.url, "s", spool=tmp_path / "spool", options=QUICK) as device:
        assert (await device.report("sos", {"alarm": "help"})).status == "done"


def test_a_spool_of_before_reports_gets_a_place_for_them(tmp_path: Path) -> None:
    Spool(tmp_path / "spool").close()
    old = sqlite3.connect(tmp_path / "spool")
    old.execute("DROP TABLE reports")
    old.close()
    kept = [KeptReport(1, "a", "duty", 1, DUTY)]
    fill(tmp_path / "spool", kept)
    assert left_in(tmp_path / "spool") == kept
