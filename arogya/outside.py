"""What the hub asks of others: travel times of a routing server, and places of a geocoder."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import aiohttp

from arogya import dispatching
from arogya.config import Settings
from arogya.geocoder import WebGeocoder
from arogya.travel.osrm import Osrm
from arogya.travel.server import ServedTravel
from arogya.travel.valhalla import Valhalla
from hub.clock import Clock
from hub.dispatch.geocoding import Geocoder
from hub.dispatch.travel import StraightLine, Travel
from hub.metrics import Metrics

CONNECTIONS = 16  # to all of these servers together
SERVERS: dict[str, type[Osrm] | type[Valhalla]] = {"osrm": Osrm, "valhalla": Valhalla}


class Outside(NamedTuple):
    """Who is asked."""

    travel: Travel
    geocoder: Geocoder | None = None


@asynccontextmanager
async def outside(settings: Settings, clock: Clock, metrics: Metrics) -> AsyncIterator[Outside]:
    """Have connections to these servers as long as the block lasts; none is asked before it is needed."""
    # What they answer is for this hub alone: no proxy, no cookies, no credentials out of the environment.
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS), cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as http:
        yield Outside(await _travel(settings, http, clock, metrics), _geocoder(settings, http))


def _geocoder(settings: Settings, http: aiohttp.ClientSession) -> Geocoder | None:
    chosen = settings.dispatch
    if chosen.geocoder_url is None:
        return None
    return WebGeocoder(http, chosen.geocoder, chosen.geocoder_url, deadline_s=chosen.geocoder_deadline_s)


async def _travel(settings: Settings, http: aiohttp.ClientSession, clock: Clock, metrics: Metrics) -> Travel:
    chosen = settings.dispatch
    policy = dispatching.policy(settings)
    line = StraightLine(policy)
    if chosen.travel == "roads" and chosen.roads_graph is not None:
        return await asyncio.to_thread(_roads, Path(chosen.roads_graph), ZoneInfo(policy.time_zone))
    if chosen.travel in SERVERS and chosen.travel_url is not None:
        server = SERVERS[chosen.travel]()
        return ServedTravel(
            server, chosen.travel_url, http, line, deadline_s=chosen.travel_deadline_s, clock=clock, metrics=metrics
        )
    return line


def _roads(path: Path, zone: tzinfo) -> Travel:
    from arogya.travel.roads import RoadGraph  # its libraries take a second to load

    return RoadGraph.read(path, zone)
