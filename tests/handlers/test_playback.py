"""The whole fleet's past over HTTP."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import asyncpg
import orjson
import pytest

from hub.history import playback
from hub.ingest.flags import JUMP
from tests.handlers.past import add_fixes, readings
from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

API = "/api/v1/fleet/playback"
BEGAN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


async def _add_fleet(connection: asyncpg.Connection[asyncpg.Record], world: World) -> None:
    """Two ambulances a fix a second for ten minutes, with one that nobody believes; one that was heard just before."""
    for number, name in enumerate(("live", "free"), 1):
        rows = [(BEGAN + timedelta(seconds=at), 48.0 + at * 1e-4, float(number), 0) for at in range(-30, 600)]
        rows[60] = (*rows[60][:3], JUMP)
        await add_fixes(connection, world.ambulances[name], rows, stream_id=number)
    before = [(BEGAN - timedelta(seconds=90), 1.0, 2.0, 0)]
    await add_fixes(connection, world.ambulances["cleared"], before, stream_id=3)


async def _play(hub: Hub, world: World, seconds: int = 600, **query: str) -> Answer:
    until = BEGAN + timedelta(seconds=seconds)
    return await hub.call(
        "GET",
        API,
        token=world.tokens["DP"],
        params={"from": BEGAN.isoformat(), "to": until.isoformat(), **query},
    )


@pytest.mark.parametrize("step_s", [1, 5, 8, 60])
async def test_each_ambulance_has_one_point_a_step_and_the_one_before(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], step_s: int
) -> None:
    await _add_fleet(superuser, world)
    answer = await _play(hub, world, step_s=str(step_s))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    played = answer.json
    assert datetime.fromisoformat(played["from"]) == BEGAN
    assert played["step_s"] == step_s
    tracks = {track[0]: track[1:] for track in played["tracks"]}
    assert set(tracks) == {world.ambulances[name] for name in ("live", "free", "cleared")}
    assert tracks[world.ambulances["cleared"]] == [[-90.0], [1.0], [2.0]]
    offsets, latitudes, longitudes = tracks[world.ambulances["free"]]
    assert offsets[0] == -1.0
    expected = [float(at) for at in range(step_s - 1, 600, step_s) if at != 30]
    assert offsets[1:] == expected
    assert latitudes[1:] == [round(48.0 + at * 1e-4, 5) for at in expected]
    assert set(longitudes) == {2.0}


async def test_a_long_answer_gets_longer_steps_and_says_so(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "POINTS_MAX", 100)
    await _add_fleet(superuser, world)
    played = (await _play(hub, world)).json
    assert played["step_s"] == 19
    assert sum(len(track[1]) for track in played["tracks"]) <= 100


async def test_fixes_that_came_days_later_are_played_too(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "LATE_AFTER", timedelta(minutes=30))
    rows = [(BEGAN + timedelta(seconds=at), 48.0, 11.0, 0) for at in (3, 13, 14)]
    await add_fixes(superuser, world.ambulances["free"], rows, received_after=timedelta(hours=1))
    played = (await _play(hub, world, step_s="10")).json
    assert played["tracks"] == [[world.ambulances["free"], [3.0, 14.0], [48.0, 48.0], [11.0, 11.0]]]


async def test_it_is_compressed_for_those_who_take_that(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_fleet(superuser, world)
    plain = await _play(hub, world)
    request = f"GET {API}?from={BEGAN:%Y-%m-%dT%H:%M:%SZ}&to={BEGAN + timedelta(minutes=10):%Y-%m-%dT%H:%M:%SZ}"
    for accepted, packed in (("br, gzip", True), ("gzip;q=0", False), ("GZIP;q=0.5", True), ("*", False), ("", False)):
        head = (
            f"HTTP/1.1\r\nHost: hub.test\r\nAccept-Encoding: {accepted}\r\nAuthorization: Bearer {world.tokens['DP']}"
        )
        received = await hub.raw(f"{request} {head}\r\nConnection: close\r\n\r\n".encode())
        header, _, chunked = received.partition(b"\r\n\r\n")
        assert (b"Content-Encoding: gzip" in header) == packed, accepted
        assert b"Vary: Accept-Encoding" in header
        body = _joined(chunked)
        assert orjson.loads(gzip.decompress(body) if packed else body)["tracks"] == plain.json["tracks"]


def _joined(chunked: bytes) -> bytes:
    """Return a body without its chunk sizes."""
    body = b""
    while chunked:
        size, _, chunked = chunked.partition(b"\r\n")
        body += chunked[: int(size, 16)]
        chunked = chunked[int(size, 16) + 2 :]
    return body


async def test_impossible_playbacks_are_refused(hub: Hub, world: World) -> None:
    assert (await _play(hub, world, seconds=6 * 3_600)).status == 200
    for seconds, query in (
        (6 * 3_600 + 1, {}),
        (0, {}),
        (-1, {}),
        (600, {"step_s": "0"}),
        (600, {"step_s": "-1"}),
        (600, {"step_s": "3601"}),
        (600, {"step_s": "1000000000"}),
        (600, {"step_s": "1.5"}),
    ):
        answer = await _play(hub, world, seconds, **query)
        assert (answer.status, answer.code) == (422, "invalid_value"), (seconds, query)


async def test_without_a_range_it_plays_the_last_six_hours(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await _add_fleet(superuser, world)
    answer = await hub.call("GET", API, token=world.tokens["DP"])
    since, until = (datetime.fromisoformat(answer.json[end]) for end in ("from", "to"))
    assert until - since == timedelta(hours=6)
    assert len(answer.json["tracks"]) == 3
    assert await readings(superuser) == [(str(world.users["DP"]), "fleet", "allowed")]
    await hub.call("GET", API, token=world.tokens["PT"])
    assert (await readings(superuser))[1] == (str(world.users["PT"]), None, "denied")
