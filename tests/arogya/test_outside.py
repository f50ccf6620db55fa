"""Travel times come from where the settings say."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from arogya import config
from arogya.outside import outside
from hub.clock import Clock
from hub.metrics import Metrics


@pytest.mark.parametrize(
    ("chosen", "name"),
    [
        pytest.param({}, "line", id="line"),
        pytest.param({"travel": "osrm", "travel_url": "http://127.0.0.1:5000"}, "osrm", id="osrm"),
        pytest.param({"travel": "valhalla", "travel_url": "http://127.0.0.1:8002"}, "valhalla", id="valhalla"),
        pytest.param({"travel": "roads", "roads_graph": "roads.json"}, "roads", id="roads"),
    ],
)
async def test_travel_times_come_from_where_the_settings_say(
    chosen: dict[str, str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "roads.json").write_text('{"nodes": [[18.5, 73.8], [18.6, 73.8]], "ways": [[0, 1, 60]]}')
    settings = await asyncio.to_thread(config.load, env={}, options={"dispatch": chosen})
    async with outside(settings, Clock(), Metrics()) as found:
        assert found.travel.name == name
