"""Reports that make no sense are refused with a sentence; a call for help never is."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from hub.protocol.fields import Wire
from storage.pool import Database
from tests.hub.dispatch.crew_rig import Tablet
from tests.hub.dispatch.desk_rig import Rig


@pytest.fixture
async def rig(app_pool: Database, superuser: asyncpg.Connection[asyncpg.Record]) -> Rig:
    rig = Rig(app_pool, superuser)
    await rig.start()
    return rig


@pytest.fixture
async def tablet(rig: Rig) -> Tablet:
    unit = await rig.unit(tablets=2)
    return Tablet(rig, (await rig.tablets(unit))[0], unit)


@pytest.mark.parametrize(
    ("body", "alarm_id"),
    [
        ({}, "r1"),
        ({"alarm": ""}, "r1"),
        ({"alarm": 5}, "r1"),
        ({"alarm": "help", "latitude": 200.0, "longitude": 1.0}, "help"),
        ({"alarm": "help", "latitude": 12.9}, "help"),
        ({"alarm": "help", "mood": "bad\x00"}, "help"),
        ({"alarm": "help", "mood": b"\xff"}, "help"),
    ],
    ids=["empty", "no name", "number", "off the Earth", "half a place", "NUL", "bytes"],
)
async def test_a_call_for_help_is_never_refused(rig: Rig, tablet: Tablet, body: Wire, alarm_id: str) -> None:
    assert (await tablet.say("sos", body, id="r1")).status == "done"
    row = await rig.superuser.fetchrow("SELECT alarm_id, latitude FROM alarms")
    assert tuple(row or ()) == (alarm_id, None)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("dance", {}, "invalid_value"),
        ("accept", {}, "malformed"),
        ("accept", {"assignment": "7"}, "invalid_value"),
        ("accept", {"assignment": str(uuid4()), "mood": "good"}, "unknown_field"),
        ("decline", {"assignment": str(uuid4())}, "malformed"),
        ("stage", {"assignment": str(uuid4()), "stage": "lunch"}, "invalid_value"),
        ("stage", {"assignment": str(uuid4()), "stage": "on_scene", "no_transport": True}, "invalid_value"),
        ("destination", {"assignment": str(uuid4())}, "invalid_value"),
        ("destination", {"assignment": str(uuid4()), "latitude": 1.0}, "malformed"),
        ("duty", {"status": "transporting"}, "invalid_value"),
        ("message", {"text": "   "}, "invalid_value"),
        ("message", {"text": "x" * 1001}, "invalid_value"),
        ("seen", {"assignment": str(uuid4())}, "not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(sorted(value)),
)
async def test_what_cannot_be_is_refused_with_a_sentence_and_the_same_one_again(
    rig: Rig, tablet: Tablet, kind: str, body: Wire, code: str
) -> None:
    report = tablet.report(kind, body)
    answer = await tablet.send(report)
    assert (answer.status, answer.code) == ("refused", code)
    assert answer.detail
    assert await tablet.send(report) == answer
