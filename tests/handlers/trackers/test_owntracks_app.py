"""OwnTracks over HTTP on a real hub."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import asyncpg
import pytest

from tests.handlers.rig import Answer
from tests.handlers.trackers.rig import JSON, Posting, Station, add_tracker, stored

FIX = {"_type": "location", "lat": 18.5204, "lon": 73.8567, "tst": int(time.time()), "acc": 5, "vel": 36, "tid": "A1"}


@pytest.fixture
async def tracker(here: Station, superuser: asyncpg.Connection[asyncpg.Record]) -> Posting:
    """A phone with OwnTracks in an ambulance."""
    return await add_tracker(superuser, "owntracks")


async def post(here: Station, tracker: Posting, message: Any) -> Answer:
    """Post a message as the app does."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    headers = {**tracker.basic, "X-Limit-U": str(tracker.device_id), "X-Limit-D": "phone"}
    return await here.hub.call("POST", "/owntracks", data=body, headers=headers)


async def test_a_location_is_stored_and_answered_with_an_array(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    answers = [await post(here, tracker, FIX) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert isinstance(answers[0].json, list)
    assert answers[1].json == []
    assert [row[1:3] for row in await stored(superuser, tracker)] == [(18.5204, 73.8567)]
    speed = await superuser.fetchval("SELECT speed FROM ambulance_positions")
    assert speed == 10.0


@pytest.mark.parametrize(
    "message",
    [b"", b"{", b"[]", {"_type": "lwt", "tst": 1}, {"_type": "transition"}, {**FIX, "lat": 95}, b"x" * 500_000],
    ids=["empty", "broken", "array", "last will", "transition", "out of range", "gigantic"],
)
async def test_everything_else_is_answered_200_too(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record], message: Any
) -> None:
    answer = await post(here, tracker, message)
    assert (answer.status, isinstance(answer.json, list)) == (200, True)
    assert await stored(superuser, tracker) == []


async def test_it_is_told_to_report_closely_while_its_ambulance_has_a_call(
    here: Station, tracker: Posting, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    async def told(second: int) -> list[Any]:
        answer = await post(here, tracker, {**FIX, "tst": FIX["tst"] + second, "lat": 18.52 + second / 1e4})  # type: ignore[operator]
        return [each.get("configuration", {}).get("moveModeLocatorInterval") for each in answer.json]

    assert tracker.ambulance_id is not None
    await told(0)
    for status, expected in (("en_route", [1, None]), ("transporting", []), ("available", [5])):
        await superuser.execute("UPDATE ambulances SET status = $1 WHERE id = $2", status, tracker.ambulance_id)
        await here.intake.fleet.read_unit(tracker.ambulance_id)
        assert await told(len(status)) == expected


@pytest.mark.parametrize("user", ["", "x", "999999", "-7"])
async def test_the_name_is_the_number_of_the_device(here: Station, tracker: Posting, user: str) -> None:
    packed = base64.b64encode(f"{user}:{tracker.secret}".encode()).decode()
    answer = await here.hub.call("POST", "/owntracks", headers={"Authorization": f"Basic {packed}", **JSON}, data=b"")
    assert answer.status == 401


@pytest.mark.parametrize("sent", [None, "Basic", "Basic !!!", "Basic " + "QQ" * 300, "Bearer " + "A" * 43])
async def test_no_credential_and_half_of_one_are_refused(here: Station, sent: str | None) -> None:
    headers = {} if sent is None else {"Authorization": sent}
    assert (await here.hub.call("POST", "/owntracks", headers=headers, data=b"")).status == 401
