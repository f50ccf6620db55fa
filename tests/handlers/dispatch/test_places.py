"""Finding where a caller is: our own places, facilities, and a geocoder that may be away."""

from __future__ import annotations

import asyncpg
import pytest

from hub.dispatch.geocoding import FoundPlace, Geocoder, GeocoderAway, Near
from tests.handlers.dispatch.scene import HERE, Connection
from tests.handlers.rig import Hub, running
from tests.handlers.world import World, build_world

PLACES = "/api/v1/places"


class Atlas(Geocoder):
    """Knows one place, or does not answer."""

    def __init__(self, *, is_away: bool) -> None:
        self.is_away = is_away

    async def search(self, words: str, near: Near | None, rows_max: int) -> list[FoundPlace]:
        if self.is_away:
            raise GeocoderAway
        return [
            FoundPlace("City Hospital", "amenity", "Lake Road", 18.5205, 73.8567, "photon"),
            FoundPlace("City Hospital Annexe", "amenity", None, 18.7, 73.9, "photon"),
        ]


async def add_places(connection: Connection) -> None:
    """Store some places of a town, and its hospital."""
    rows = [
        ("Clock Tower", "landmark", "Market Square", 18.52, 73.85),
        ("Clock Tower", "crossing", "Old Highway", 19.52, 74.85),
        ("Mill Street", "street", None, 18.53, 73.86),
        ("50% Bazaar", "area", None, 18.54, 73.87),
    ]
    for name, kind, address, latitude, longitude in rows:
        await connection.execute(
            "INSERT INTO places (name, kind, address, location) VALUES ($1, $2, $3, point($5, $4))",
            *(name, kind, address, latitude, longitude),
        )
    await connection.execute(
        "INSERT INTO facilities (name, type, address, location)"
        " VALUES ('City Hospital', 'hospital', 'Lake Road 4', $1)",
        asyncpg.Point(HERE[1], HERE[0]),
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("clock", "Clock Tower"),
        ("clok tower", "Clock Tower"),
        ("hospitl", "City Hospital"),
        ("lake road", "City Hospital"),
        ("MILL", "Mill Street"),
        ("50%", "50% Bazaar"),
    ],
    ids=["a part", "a slip", "a facility", "an address", "capitals", "a sign of patterns"],
)
async def test_a_place_is_found_by_its_name_or_nearly(
    hub: Hub, world: World, superuser: Connection, words: str, first: str
) -> None:
    await add_places(superuser)
    answer = await hub.call("GET", PLACES, token=world.tokens["PT"], params={"q": words})
    assert answer.json["items"][0]["name"] == first
    assert answer.json["partial"] is False


async def test_of_two_alike_the_nearer_is_the_first(hub: Hub, world: World, superuser: Connection) -> None:
    await add_places(superuser)
    for latitude, longitude, kind in ((18.5, 73.9, "landmark"), (19.5, 74.8, "crossing")):
        near = {"q": "clock tower", "latitude": latitude, "longitude": longitude}
        answer = await hub.call("GET", PLACES, token=world.tokens["DP"], params=near)
        assert answer.json["items"][0]["kind"] == kind


async def test_a_geocoder_adds_what_we_do_not_know_ourselves(database: str, superuser: Connection) -> None:
    async with running(database, geocoder=Atlas(is_away=False)) as hub:
        world = await build_world(hub, database)
        await add_places(superuser)
        answer = await hub.call("GET", PLACES, token=world.tokens["DP"], params={"q": "city hospital"})
    assert [(item["name"], item["source"]) for item in answer.json["items"]] == [
        ("City Hospital", "local"),
        ("City Hospital Annexe", "photon"),
    ]
    assert answer.json["partial"] is False


async def test_without_it_our_own_are_shown_and_it_is_said(database: str, superuser: Connection) -> None:
    async with running(database, geocoder=Atlas(is_away=True)) as hub:
        world = await build_world(hub, database)
        await add_places(superuser)
        answer = await hub.call("GET", PLACES, token=world.tokens["DP"], params={"q": "city hospital"})
    assert (len(answer.json["items"]), answer.json["partial"]) == (1, True)


@pytest.mark.parametrize(
    "query", ["q=a", "q=%20%20%20a", "q=", "", "q=ab&latitude=1", "q=ab&latitude=91&longitude=0", f"q={'x' * 201}"]
)
async def test_an_impossible_search_is_refused(hub: Hub, world: World, query: str) -> None:
    assert (await hub.call("GET", f"{PLACES}?{query}", token=world.tokens["DP"])).status == 422
