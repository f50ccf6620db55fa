"""What lies below the ambulances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from handlers.context import MapSettings
from tests.handlers.rig import SETTINGS, Hub, running
from tests.handlers.world import World


async def test_without_a_configuration_there_is_no_backdrop(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", "/api/v1/map", token=world.tokens["DP"])
    assert answer.json == dict.fromkeys(("tile_url", "attribution", "center", "zoom", "roads_url"))


async def test_tiles_and_roads_are_what_is_configured(database: str, hub: Hub, world: World, tmp_path: Path) -> None:
    roads = tmp_path / "roads.geojson"
    roads.write_text('{"type":"FeatureCollection","features":[]}')
    chosen = MapSettings("https://tiles.test/{z}/{x}/{y}.png", "(c) somebody", (48.1, 11.5), 12, roads)
    async with running(database, settings=replace(SETTINGS, map=chosen)) as drawn:
        answer = await drawn.call("GET", "/api/v1/map", token=world.tokens["TB"])
        assert answer.json == {
            "tile_url": chosen.tile_url,
            "attribution": chosen.attribution,
            "center": [48.1, 11.5],
            "zoom": 12,
            "roads_url": "/api/v1/map/roads",
        }
        file = await drawn.call("GET", answer.json["roads_url"], token=world.tokens["TB"])
        assert (file.headers["Content-Type"], file.body) == ("application/geo+json", roads.read_bytes())
        assert (await drawn.call("GET", answer.json["roads_url"])).status == 401
