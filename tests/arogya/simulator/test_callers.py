"""The calls of the made-up city, and how they reach the hub whatever happens on the way."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from aiohttp import web

from arogya.simulator import callers
from arogya.simulator.callers import Call, Exchange, ExchangeError, calls_of, read_exchange
from arogya.simulator.city import build
from arogya.simulator.gazetteer import places_of

CITY = build(1)


def some(seed: int, fleet: int = 16) -> list[Call]:
    return list(islice(calls_of(CITY, Random(seed), fleet, 12, ("a-patient",)), 400))  # noqa: S311 - repeatable


def test_calls_come_from_the_city_and_are_as_the_api_takes_them() -> None:
    assert some(1) == some(1) != some(2)
    latitudes = {place.latitude for place in CITY.places}
    for call in some(1):
        place = call.body["pickup_location"]
        assert isinstance(place, dict)
        assert min(abs(place["latitude"] - latitude) for latitude in latitudes) < 1e-6
        assert call.body["priority"] in (1, 2, 3, 4)
    assert 20 < sum("patient_id" in call.body for call in some(1)) < 120


def test_a_larger_fleet_is_called_more_often_and_the_first_calls_come_soon() -> None:
    calls = some(1)
    assert sum(call.after_s for call in calls[:3]) < 60.0
    assert sum(call.after_s for call in some(1, 64)) < sum(call.after_s for call in calls) / 3


def test_each_place_has_a_name_of_its_own_and_stations_are_among_them() -> None:
    places = places_of(CITY)
    assert places == places_of(CITY)
    assert len({(place.name, place.kind) for place in places}) == len(places) > 100
    assert [place.node for place in places if place.kind == "station"] == list(CITY.stations)
    assert {place.kind for place in places} == {"area", "crossing", "landmark", "station"}


@pytest.mark.parametrize("text", ["", "[]", '{"email": "a@b.c"}', "nonsense"])
def test_a_file_that_is_no_exchange_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "exchange.json"
    with pytest.raises(ExchangeError):
        read_exchange(file)
    file.write_text(text)
    with pytest.raises(ExchangeError):
        read_exchange(file)
    file.write_text('{"email": "a@b.c", "password": "p", "patients": ["x"]}')
    assert read_exchange(file) == Exchange("a@b.c", "p", ("x",))


async def test_a_call_is_made_once_however_often_it_has_to_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "RETRY_S", 0.0)
    monkeypatch.setattr(callers, "FIRST_S", (0.001, 0.001))
    answers = iter([503, 401, 201, 422, 201])
    heard: list[tuple[str, str]] = []
    enough = asyncio.Event()

    async def sign_in(_: web.Request) -> web.Response:
        return web.json_response({"access_token": f"token {len(heard)}"}, status=201)

    async def take(http_request: web.Request) -> web.Response:
        heard.append((http_request.headers["Idempotency-Key"], http_request.headers["Authorization"]))
        status = next(answers, 201)
        if len(heard) == 4:
            enough.set()
        return web.Response(status=status)

    app = web.Application()
    app.add_routes([web.post("/api/v1/sessions", sign_in), web.post("/api/v1/ambulance_requests", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        exchange = Exchange("a@b.c", "p")
        calling = asyncio.ensure_future(
            callers.call(f"http://127.0.0.1:{port}", exchange, CITY, Random(1), 16)  # noqa: S311 - repeatable
        )
        async with asyncio.timeout(10):
            await enough.wait()
        calling.cancel()
    finally:
        await runner.cleanup()
    keys = [key for key, _ in heard]
    assert keys[0] == keys[1] == keys[2] != keys[3]
    assert [token for _, token in heard[:4]] == ["Bearer token 0", "Bearer token 0", "Bearer token 2", "Bearer token 2"]
