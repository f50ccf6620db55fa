"""What a demonstration of dispatch starts with, stored."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from arogya.cli import demo_city, demo_data, demo_dispatch
from arogya.config import Settings, changed
from tests.storage.world import Connection


@pytest.fixture(autouse=True)
def blocking_calls_fail() -> None:
    """Let calls block here: the demonstration's data is prepared as the command line does."""


async def test_the_city_is_stored_once_with_its_last_days_and_nobody_is_told_of_those(
    database: str, superuser: Connection, tmp_path: Path
) -> None:
    await demo_data.prepare(database, tmp_path)
    for _ in range(2):
        file = await demo_dispatch.prepare(database, tmp_path, 1, demo_dispatch.found_ahead(tmp_path, 1))
    past = "SELECT count(*) FROM ambulance_requests WHERE back_entered AND status = 'completed'"
    assert await superuser.fetchval(past) > 200
    assert await superuser.fetchval("SELECT count(*) FROM assignments WHERE status <> 'cleared'") == 0
    assert await superuser.fetchval("SELECT count(DISTINCT ambulance_id) FROM assignments") > 10
    cleared = await superuser.fetchval("SELECT count(*) FROM assignment_events WHERE status = 'cleared'")
    assert cleared == await superuser.fetchval("SELECT count(*) FROM assignments")
    assert await superuser.fetchval("SELECT count(*) FROM channel_events WHERE channel !~ '^inbox'") == 0
    assert await superuser.fetchval("SELECT count(*) FROM places WHERE name % 'Central Library'") > 0
    bases = "SELECT count(*) FROM ambulances a JOIN places p ON p.location ~= a.base_location WHERE p.kind = 'station'"
    assert await superuser.fetchval(bases) == len(demo_data.plates())
    told = json.loads(file.read_text())
    assert len(told["patients"]) == len(demo_dispatch.PATIENTS)
    await superuser.execute("INSERT INTO ambulance_requests (requested_at) VALUES (now())")
    assert await superuser.fetchval("SELECT count(*) FROM channel_events WHERE channel = 'dispatch'") == 1


def test_calls_are_served_by_themselves_unless_somebody_has_chosen_how() -> None:
    chosen = demo_dispatch.by_itself(Settings()).dispatch
    assert {chosen.p1_mode, chosen.p4_mode} == {"automatic"}
    assert chosen.p2_unattended_s == demo_dispatch.UNATTENDED_S
    own = changed(Settings(), "dispatch", p1_unattended_s=30.0)
    assert demo_dispatch.by_itself(own) is own


def test_history_ends_before_now() -> None:
    city = demo_city.found(1, demo_data.plates(), demo_data.FACILITIES)
    assert max(past.cleared_at for past in city.past) - min(past.requested_at for past in city.past) > timedelta(days=3)
