"""Routing servers are asked once, in time, and not while they are dead; straight lines stand for what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from arogya.travel.osrm import Osrm
from arogya.travel.server import PLACES_MAX, ServedTravel
from arogya.travel.valhalla import Valhalla
from hub.clock import Clock
from hub.dispatch.policy import DispatchPolicy
from hub.dispatch.travel import StraightLine, TravelAway
from hub.dispatch.unit import Place
from hub.metrics import Metrics

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)
UNITS = [Place(18.51, 73.81), Place(18.52, 73.82)]
CALLS = [Place(18.53, 73.83), Place(18.54, 73.84), Place(18.55, 73.85)]
LINE = StraightLine(DispatchPolicy())
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Hands(Clock):
    """A clock whose monotonic time is put forward by hand."""

    def __init__(self) -> None:
        self.s = 100.0

    def monotonic_s(self) -> float:
        """Return what the hands show."""
        return self.s


class Router:
    """A routing server on a socket of its own: what it was asked, and what it says next."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []  # method, path with its query, body
        self.answer: Answer = self.seconds
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take note of a question, and answer it."""
        body = await request.json() if request.can_read_body else None
        self.asked.append((request.method, str(request.rel_url), body))
        return await self.answer(request)

    async def seconds(self, request: web.Request) -> web.StreamResponse:
        """Answer as OSRM does: 100 s from the first to the first, one more for each that follows on either side."""
        rows, columns = (len(request.query[name].split(";")) for name in ("sources", "destinations"))
        table = [[100.0 + 10 * row + column for column in range(columns)] for row in range(rows)]
        return web.json_response({"code": "Ok", "durations": table, "sources": [], "destinations": []})

    def says(self, body: object, status: int = 200) -> None:
        """Answer with this from now on."""

        async def answer(_request: web.Request) -> web.StreamResponse:
            return web.json_response(body, status=status)

        self.answer = answer


@pytest.fixture
async def router() -> AsyncIterator[Router]:
    found = Router()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", found.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    found.url = f"http://{host}:{port}/maps"
    yield found
    await runner.cleanup()


@asynccontextmanager
async def served(
    router: Router, *, kind: type[Osrm] | type[Valhalla] = Osrm, deadline_s: float = 5.0
) -> AsyncIterator[tuple[ServedTravel, Hands, Metrics]]:
    clock, metrics = Hands(), Metrics()
    async with aiohttp.ClientSession() as http:
        yield (
            ServedTravel(kind(), router.url, http, LINE, deadline_s=deadline_s, clock=clock, metrics=metrics),
            clock,
            metrics,
        )


async def test_osrm_is_asked_one_question_for_all_ways(router: Router) -> None:
    async with served(router) as (travel, _, _):
        times = await travel.times_s(UNITS, CALLS, NOON)
    assert times == [[100.0, 101.0, 102.0], [110.0, 111.0, 112.0]]
    [(method, path, _)] = router.asked
    assert method == "GET"
    assert path.startswith("/maps/table/v1/driving/73.810000,18.510000;73.820000,18.520000;73.830000,18.530000;")
    assert "sources=0;1&destinations=2;3;4&annotations=duration" in path
    assert travel.name == "osrm"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(
            {"sources_to_targets": {"durations": [[9, 8, 7], [6, 5, 4.5]], "distances": [[1, 1, 1], [1, 1, 1]]}},
            id="short",
        ),
        pytest.param(
            {
                "sources_to_targets": [
                    [{"distance": 1.0, "time": time, "from_index": 0, "to_index": n} for n, time in enumerate(row)]
                    for row in ([9, 8, 7], [6, 5, 4.5])
                ],
                "units": "kilometers",
            },
            id="long",
        ),
    ],
)
async def test_valhalla_is_understood_in_both_forms_of_its_answer(router: Router, answer: object) -> None:
    router.says(answer)
    async with served(router, kind=Valhalla) as (travel, _, _):
        assert await travel.times_s(UNITS, CALLS, NOON) == [[9, 8, 7], [6, 5, 4.5]]
    [(method, path, body)] = router.asked
    assert (method, path) == ("POST", "/maps/sources_to_targets")
    assert body["costing"] == "auto"
    assert body["sources"] == [{"lat": place.latitude, "lon": place.longitude} for place in UNITS]
    assert len(body["targets"]) == 3


async def test_what_the_server_knows_no_way_for_the_straight_line_says(router: Router) -> None:
    router.says({"code": "Ok", "durations": [[60.0, None, 80.0], [None, 50.0, 70.0]]})
    lines = await LINE.times_s(UNITS, CALLS, NOON)
    async with served(router) as (travel, _, _):
        times = await travel.times_s(UNITS, CALLS, NOON)
    assert times == [[60.0, lines[0][1], 80.0], [lines[1][0], 50.0, 70.0]]


async def test_many_places_are_asked_for_in_parts_at_once(router: Router) -> None:
    many = [Place(18.5 + n / 1_000, 73.8) for n in range(PLACES_MAX + 5)]
    async with served(router) as (travel, _, _):
        times = await travel.times_s(many, many, NOON)
    assert len(router.asked) == 4
    assert [len(row) for row in times] == [len(many)] * len(many)
    assert times[PLACES_MAX][PLACES_MAX] == 100.0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"code": "NoTable", "message": "secret words"}, 200, id="no-table"),
        pytest.param({"code": "TooBig"}, 400, id="refused"),
        pytest.param({"message": "oops"}, 500, id="broken"),
        pytest.param([1, 2, 3], 200, id="another-shape"),
        pytest.param({"code": "Ok", "durations": [[1.0]]}, 200, id="too-few"),
        pytest.param({"code": "Ok", "durations": [[-1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]}, 200, id="before-it-began"),
        pytest.param({"code": "Ok", "durations": [[None, None, None], [None, None, None]]}, 200, id="knows-nothing"),
    ],
)
async def test_an_answer_that_is_none_lets_straight_lines_count(router: Router, body: object, status: int) -> None:
    router.says(body, status)
    async with served(router) as (travel, _, _):
        with pytest.raises(TravelAway):
            await travel.times_s(UNITS, CALLS, NOON)


async def test_a_server_that_is_late_is_left_alone_for_longer_and_longer_until_it_answers(router: Router) -> None:
    hangs = asyncio.Event()

    async def hang(request: web.Request) -> web.StreamResponse:
        await hangs.wait()
        return await router.seconds(request)

    router.answer = hang
    async with served(router, deadline_s=0.05) as (travel, clock, metrics):
        for pause_s in (1.0, 2.0, 4.0):
            with pytest.raises(TravelAway):
                await travel.times_s(UNITS, CALLS, NOON)
            asked = len(router.asked)
            for _ in range(10):
                with pytest.raises(TravelAway):
                    await travel.times_s(UNITS, CALLS, NOON)
            assert len(router.asked) == asked
            clock.s += pause_s
        hangs.set()
        router.answer = router.seconds
        travel._deadline_s = 5.0
        assert (await travel.times_s(UNITS, CALLS, NOON))[0][0] == 100.0
        assert (await travel.times_s(UNITS, CALLS, NOON))[0][0] == 100.0
    counted = {result: metrics.travel_answers.labels("osrm", result)._value.get() for result in ("late", "resting")}
    assert counted == {"late": 3, "resting": 30}


async def test_a_server_that_is_not_there_is_away(router: Router) -> None:
    async with served(router) as (travel, _, _):
        travel._base = "http://127.0.0.1:1"
        with pytest.raises(TravelAway):
            await travel.times_s(UNITS, CALLS, NOON)


async def test_nothing_is_asked_about_nothing(router: Router) -> None:
    async with served(router) as (travel, _, _):
        assert await travel.times_s([], CALLS, NOON) == []
        assert await travel.times_s(UNITS, [], NOON) == [[], []]
    assert router.asked == []
