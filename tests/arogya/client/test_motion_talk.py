"""What a motion client and a hub say to each other: claims, refusals, commands and reports."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from uuid import uuid4

import pytest

from arogya.client import (
    ClaimRefusal,
    Command,
    MotionClient,
    MotionHooks,
    MotionRefusal,
    MotionStream,
    Report,
    ReportAck,
    SpoolError,
)
from hub.protocol.stream_frames import Hello, Open
from tests.arogya.client.moving import BEGAN, expected, move
from tests.arogya.client.tiny_hub import until
from tests.arogya.client.tiny_motion_hub import KNEES, QUICK, SESSION, TinyMotionHub


async def test_a_refused_frame_is_told_and_its_neighbours_are_stored() -> None:
    refusals: list[MotionRefusal] = []
    async with TinyMotionHub() as hub:
        hub.refuses = {7}
        hooks = MotionHooks(on_refused=refusals.append)
        async with MotionClient(hub.url, "s", hooks=hooks, options=QUICK) as sensor:
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 4)
            await stream.drained(5)
            assert sensor.counters.refused == 5
        assert sorted(hub.only.rows) == [*range(1, 6), *range(11, 21)]
        assert [refusal[1:5] for refusal in refusals] == [(1, 6, 10, "outside_session")]


async def test_a_refused_log_is_kept_aside_and_the_others_go_on(tmp_path: Path) -> None:
    told: list[ClaimRefusal] = []
    foreign = uuid4()
    async with TinyMotionHub() as hub:
        hub.refuses_claims = {str(foreign): "forbidden"}
        hooks = MotionHooks(on_set_aside=told.append)
        async with MotionClient(hub.url, "s", folder=tmp_path, hooks=hooks, options=QUICK) as sensor:
            streams = [await sensor.open(session, KNEES) for session in (foreign, SESSION)]
            await until(lambda: streams[0].refused)
            with pytest.raises(SpoolError, match="forbidden"):
                await move(streams[0], 1)
            with pytest.raises(SpoolError, match="forbidden"):
                await streams[0].drained()
            await move(streams[1], 2)
            await sensor.drained(5)
        assert [(claim.session, claim.code) for claim in told] == [(foreign, "forbidden")]
        assert hub.only.rows == expected(10)
        assert len([name for name in os.listdir(tmp_path) if name.endswith(".motion.refused")]) == 1
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            assert not sensor.streams


async def test_more_streams_than_a_connection_may_name_go_over_several(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            for _ in range(20):
                stream = await sensor.open(uuid4(), KNEES)
                await move(stream, 1)
                await stream.finish()
            await sensor.drained(10)
        assert [log.rows for log in hub.motion.values()] == [expected(5)] * 20
        assert max(hub.claimed) == 8


async def test_a_session_that_the_sensor_begins_is_claimed_once_the_hub_knows_of_it(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub:
        hub.status = 503
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor, asyncio.TaskGroup() as tasks:
            starting = tasks.create_task(sensor.report("session_start", {"session": SESSION}))
            stream = await sensor.open(SESSION, KNEES)
            await move(stream, 3)
            hub.status = None
            assert (await starting).status == "done"
            await stream.drained(5)
        kinds = [type(message) for message in hub.heard]
        assert kinds.index(Report) < kinds.index(Open)
        assert isinstance(hub.heard[0], Hello)
        assert hub.heard[0].streams == ()
        assert hub.only.rows == expected(15)


async def test_commands_are_carried_out_and_an_earlier_runs_reports_are_answered(tmp_path: Path) -> None:
    heard: list[str] = []
    answered: list[tuple[str, str]] = []

    async def carry_out(command: Command) -> None:
        heard.append(command.kind)

    def on_answer(ack: ReportAck, report: Report) -> None:
        answered.append((ack.status, report.kind))

    async with TinyMotionHub() as hub:
        hub.holds_answers = True
        async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK) as sensor:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await sensor.report("session_stop", {"session": SESSION})
            assert [report.kind for report in sensor.reports] == ["session_stop"]
        hub.holds_answers = False
        hooks = MotionHooks(on_command=carry_out, on_answer=on_answer)
        async with MotionClient(hub.url, "s", folder=tmp_path, hooks=hooks, options=QUICK) as sensor:
            await until(lambda: sensor.connected)
            for number, kind in enumerate(("session_start", "session_start", "session_target")):
                await hub.command(Command(str(number // 2), kind, {"session": SESSION}))
            await until(lambda: len(hub.answers) == 3)
            await until(lambda: answered)
    assert [(answer.id, answer.status) for answer in hub.answers] == [("0", "done"), ("0", "done"), ("1", "done")]
    assert heard == ["session_start", "session_target"]
    assert answered == [("done", "session_stop")]


async def test_what_no_hub_takes_is_an_error_at_once() -> None:
    async with TinyMotionHub() as hub, MotionClient(hub.url, "s", options=QUICK) as sensor:
        stream: MotionStream = await sensor.open(SESSION, KNEES)
        with pytest.raises(ValueError, match="different joints"):
            await sensor.open(SESSION, ["neck_flexion", "neck_flexion"])
        for rows, why in (
            ([[1.0]], "1 rows of angles for 2 joints"),
            ([[1.0], [1.0, 2.0]], "equally long"),
            ([[], []], "1 to 2000 samples"),
            ([[1.0], [float("nan")]], "a number of degrees"),
            ([[1.0], [361.0]], "a number of degrees"),
        ):
            with pytest.raises(ValueError, match=why):
                await stream.send(BEGAN, 10_000, rows)
        for spacing, why in (((0,), "offsets for 2"), ((0, 0), "ascends"), ((1, 2), "begins with 0"), (0, "interval")):
            with pytest.raises(ValueError, match=why):
                await stream.send(BEGAN, spacing, [[1.0, 2.0], [1.0, 2.0]])
        assert stream.last_seq == 0


async def test_only_what_sensors_report_is_taken() -> None:
    async with TinyMotionHub() as hub, MotionClient(hub.url, "s", options=QUICK) as sensor:
        for kind, body in (("accept", {"assignment": SESSION}), ("session_start", {"session": "x"})):
            with pytest.raises(ValueError, match="must be"):
                await sensor.report(kind, body)


async def test_a_folder_has_one_user_at_a_time(tmp_path: Path) -> None:
    async with TinyMotionHub() as hub, MotionClient(hub.url, "s", folder=tmp_path, options=QUICK):
        with pytest.raises(SpoolError, match="can not be opened"):
            async with MotionClient(hub.url, "s", folder=tmp_path, options=QUICK):
                pass
