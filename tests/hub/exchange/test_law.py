"""Whatever happens between hubs, when all is well again all maps are the same, and no marker has gone back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.bus import memory, station
from hub.exchange import catch_up, exchange, presence
from tests.hub.exchange.hubs import SECOND, Crew, crew
from tests.storage.world import Connection, ambulance

NAMES = ("A", "B", "C")
VEHICLES = 3
NOW = int(datetime.now(UTC).timestamp()) * SECOND

HUB = st.sampled_from(NAMES)
VEHICLE = st.integers(0, VEHICLES - 1)
STEP = st.one_of(
    st.tuples(st.just("move"), HUB, VEHICLE, st.integers(0, 8)),  # at a second, by whatever clock
    st.tuples(st.just("move"), HUB, VEHICLE, st.integers(0, 8)),
    st.tuples(st.just("cut"), HUB, st.just(0), st.just(0)),
    st.tuples(st.just("heal"), HUB, st.just(0), st.just(0)),
    st.tuples(st.just("lose"), HUB, st.just(0), st.just(0)),
    st.tuples(st.just("restart"), HUB, st.just(0), st.just(0)),
    st.tuples(st.just("wait"), HUB, st.just(0), st.integers(0, 8)),
)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second of beats and pauses pass in the twentieth of one."""
    monkeypatch.setattr(memory, "BEAT_S", 0.05)
    monkeypatch.setattr(memory, "DEAF_S", 0.125)
    monkeypatch.setattr(station, "DEAF_S", 0.125)
    monkeypatch.setattr(catch_up, "SETTLE_S", 0.075)
    monkeypatch.setattr(catch_up, "PAUSE_S", 0.01)
    monkeypatch.setattr(catch_up, "RETRY_S", 0.015)
    monkeypatch.setattr(catch_up, "POLL_S", 0.025)
    monkeypatch.setattr(exchange, "WATCH_S", 0.025)
    monkeypatch.setattr(presence, "FRESH_S", 0.07)


async def _take(hubs: Crew, vehicles: list[int], step: tuple[str, str, int, int], number: int) -> None:
    kind, name, which, amount = step
    if kind == "move":
        hubs[name].show(vehicles[which], NOW + amount * SECOND, 40.0 + number / 64)
    elif kind == "cut":
        hubs.ether.cut(name)
    elif kind == "heal":
        hubs.ether.heal(name)
    elif kind == "lose":
        hubs.ether.lose_one(name)
    elif kind == "restart":
        await hubs.restart(name)
    else:
        await asyncio.sleep(amount * 0.01)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=25))
@pytest.mark.timeout(180)
async def test_when_all_is_well_again_all_maps_are_the_same(
    superuser: Connection, database: str, hurry: None, steps: list[tuple[str, str, int, int]]
) -> None:
    await superuser.execute("DELETE FROM ambulances")
    vehicles = [await ambulance(superuser) for _ in range(VEHICLES)]
    async with crew(database, *NAMES, location_s=3_600.0) as hubs:
        seen: dict[tuple[str, int], int] = {}
        for number, step in enumerate(steps):
            await _take(hubs, vehicles, step, number)
            if step[0] == "restart":  # the new one does not know what the old one had heard
                seen = {place: at for place, at in seen.items() if place[0] != step[1]}
            for name in NAMES:
                for vehicle, shown in hubs[name].picture().items():
                    assert shown.fix_at >= seen.get((name, vehicle), 0)
                    seen[name, vehicle] = shown.fix_at
        newest = {name: hubs[name].picture() for name in NAMES}
        for name in NAMES:
            hubs.ether.heal(name)
        await hubs.alike(5.0)
        for picture in newest.values():
            for vehicle, shown in picture.items():
                assert hubs["A"].picture()[vehicle].fix_at >= shown.fix_at
