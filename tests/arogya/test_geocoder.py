"""Asking a geocoder: the two shapes of answers, on a real local server, and everything that is no answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web

from arogya.geocoder import WebGeocoder, read_nominatim, read_photon
from hub.dispatch.geocoding import FoundPlace, GeocoderAway, Near

NOMINATIM = [
    {
        "place_id": 1,
        "lat": "18.5204",
        "lon": "73.8567",
        "category": "amenity",
        "type": "hospital",
        "name": "City Hospital",
        "display_name": "City Hospital, Lake Road, Pune, India",
    },
    {"lat": "18.6", "lon": "73.9", "type": "house", "name": "", "display_name": "14, Lake Road, Pune"},
    {"lat": "north", "lon": "73.9", "display_name": "Nowhere"},
    "noise",
]
PHOTON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [73.8567, 18.5204]},
            "properties": {
                **{"name": "City Hospital", "osm_key": "amenity", "osm_value": "hospital"},
                **{"street": "Lake Road", "housenumber": "14", "city": "Pune", "postcode": "411001"},
            },
        },
        {
            "geometry": {"coordinates": [73.9, 18.6]},
            "properties": {"street": "Lake Road", "housenumber": "16", "city": "Pune", "osm_value": "house"},
        },
        {"geometry": {"coordinates": [73.9]}, "properties": {"name": "Nowhere"}},
        {"geometry": None, "properties": None},
    ],
}
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(path: str, answer: Answering) -> AsyncIterator[str]:
    """Serve one path on a free port until the block ends."""
    application = web.Application()
    application.router.add_get(path, answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked_of(
    kind: str, path: str, document: object, near: Near | None
) -> tuple[list[FoundPlace], dict[str, str]]:
    """Return what a geocoder with this answer makes of a search, and what it was asked."""
    asked: dict[str, str] = {}

    async def answer(http_request: web.Request) -> web.StreamResponse:
        asked.update(http_request.query)
        return web.json_response(document)

    async with serving(path, answer) as base, ClientSession() as http:
        geocoder = WebGeocoder(http, kind, base, deadline_s=5.0)
        again = WebGeocoder(http, kind, base + path, deadline_s=5.0)
        found = await geocoder.search("city hospital", near, 5)
        assert await again.search("city hospital", near, 5) == found
        return found, asked


async def test_nominatim_is_asked_and_read_as_its_manual_says() -> None:
    found, asked = await asked_of("nominatim", "/search", NOMINATIM, Near(18.5, 73.8))
    assert found == [
        FoundPlace("City Hospital", "hospital", "Lake Road, Pune, India", 18.5204, 73.8567, "nominatim"),
        FoundPlace("14", "house", "Lake Road, Pune", 18.6, 73.9, "nominatim"),
    ]
    assert (asked["q"], asked["format"], asked["limit"]) == ("city hospital", "jsonv2", "5")
    assert asked["viewbox"] == "73.30000,19.00000,74.30000,18.00000"


async def test_photon_is_asked_and_read_as_its_manual_says() -> None:
    found, asked = await asked_of("photon", "/api", PHOTON, Near(18.5, 73.8))
    assert found == [
        FoundPlace("City Hospital", "hospital", "Lake Road 14, Pune, 411001", 18.5204, 73.8567, "photon"),
        FoundPlace("Lake Road 16", "house", "Pune", 18.6, 73.9, "photon"),
    ]
    assert asked == {"q": "city hospital", "limit": "5", "lat": "18.50000", "lon": "73.80000"}


async def refused(answer: Answering, *, deadline_s: float = 5.0) -> None:
    """Check that an answer counts as none."""
    async with serving("/search", answer) as base, ClientSession() as http:
        geocoder = WebGeocoder(http, "nominatim", base, deadline_s=deadline_s)
        with pytest.raises(GeocoderAway):
            await geocoder.search("city hospital", None, 5)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"[]"),
        (302, b"[]"),
        (429, b"[]"),
        (200, b"<html>"),
        (200, b'{"error":"x"}'),
        (200, b"[" + b" " * 600_000 + b"]"),
    ],
    ids=["broken", "elsewhere", "too often", "no JSON", "an error", "gigantic"],
)
async def test_what_is_no_answer_counts_as_none(status: int, body: bytes) -> None:
    async def answer(_http_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, body=body, headers={"Location": "/elsewhere"} if status == 302 else {})

    await refused(answer)


async def test_a_late_answer_counts_as_none() -> None:
    over = asyncio.Event()

    async def answer(_http_request: web.Request) -> web.StreamResponse:
        await over.wait()
        return web.json_response([])

    await refused(answer, deadline_s=0.05)
    over.set()


async def test_nobody_there_counts_as_none() -> None:
    async with ClientSession() as http:
        geocoder = WebGeocoder(http, "photon", "http://127.0.0.1:1", deadline_s=5.0)
        with pytest.raises(GeocoderAway):
            await geocoder.search("city hospital", None, 5)


@pytest.mark.parametrize("document", [None, 7, "x", {}, {"features": {}}], ids=repr)
def test_other_shapes_are_not_read(document: Any) -> None:
    with pytest.raises(GeocoderAway):
        read_photon(document)
    with pytest.raises(GeocoderAway):
        read_nominatim(document)
