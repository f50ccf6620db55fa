"""Nothing is left out: no route, no column and no channel is without a line of the page and a cell."""

from __future__ import annotations

import re

import pytest

from handlers.routes import ROUTES
from hub.live.fleet import AMBULANCE, FLEET
from hub.live.inboxes import INBOX
from hub.live.physio_channel import PHYSIO
from hub.live.requests import REQUEST
from storage.records.catalog import ENTITIES
from storage.records.entity import Entity
from tests.access import page
from tests.access.command_cells import all_commands
from tests.access.create_cells import TRIES, creations
from tests.access.flips import LATER
from tests.access.live_cells import LATER as LATER_CHANNELS
from tests.access.oracle import Oracle
from tests.access.people import PEOPLE, uid
from tests.access.read_cells import readable, reads_of
from tests.access.rows import Row
from tests.access.stage import staged
from tests.access.world import World, build
from tests.access.write_cells import changes, removals

TABLES = {
    *("users", "patients", "doctors", "staff", "facilities", "doctor_facilities", "doctor_schedules"),
    *("appointments", "ambulances", "ambulance_requests", "physio_sessions", "joint_motion_logs"),
    *("workout_plans", "plan_exercises", "rehab_progress", "transactions", "messages", "notifications"),
}
# Routes whose cells are in tests of their own, because they change what the others are about.
ELSEWHERE = {
    ("DELETE", "/api/v1/sessions/current"),
    ("POST", "/api/v1/sessions/refresh"),
    ("POST", "/api/v1/totp/confirm"),
    ("POST", "/api/v1/users/{id}/enable"),
    ("POST", "/api/v1/devices"),
    ("POST", "/api/v1/devices/{id}/rotate"),
    ("POST", "/api/v1/devices/{id}/revoke"),
}


def test_each_of_the_eighteen_tables_is_declared_and_has_cells() -> None:
    world = build()
    assert {entity.name for entity in ENTITIES} >= TABLES
    assert world.by_table.keys() | {"joint_motion_logs"} >= TABLES


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_every_column_and_word_is_on_the_page_as_it_is_declared(entity: Entity) -> None:
    listed = page.fields()[entity.name]
    assert listed[""] == {column.name for column in entity.columns}
    assert listed.get("change", set()) == {column.name for column in entity.columns if column.change}
    assert listed.get("create", set()) == {column.name for column in entity.columns if column.create != "no"}
    words = {word: frozenset(said.fields) for word, said in entity.words.items()}
    assert {word: fields for word, fields in listed.items() if word not in ("", "change", "create")} == words


def test_every_route_has_a_cell() -> None:
    world = build()
    session = world.named("physio_sessions", "pat-session")
    reading = Row("joint_motion_logs", "reading", {"id": session.id, "session_id": session.id})
    day = Row("rehab_days", "day", {"id": session.id, "plan_id": uid("pat-plan")})
    oracle = Oracle(World(world.now, (*world.rows, reading, day)))
    who = [PEOPLE[name] for name in ("pat", "doc", "rc", "sa", "admin")]
    tables = readable(oracle.world)
    cells = [cell for one in who for table in (*tables, "joint_motion_logs") for cell in reads_of(oracle, one, table)]
    cells += [cell for table in tables for cell in (*changes(oracle, table, who), *removals(oracle, table, who))]
    cells += [cell for table in TRIES for cell in creations(oracle, table, who)]
    cells += all_commands(oracle)
    asked = {(cell.method, cell.path.partition("?")[0]) for cell in cells if cell.statuses != (405,)}
    for route in ROUTES:
        if (route.method, route.path) in ELSEWHERE or route.path.endswith(".csv"):
            continue
        pattern = re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(route.path)))
        found = any(method == route.method and pattern.fullmatch(path) for method, path in asked)
        assert found, f"no cell asks {route.method} {route.path}"


def test_what_is_for_later_is_not_there_yet() -> None:
    actions = {route.action for route in ROUTES}
    assert not actions & set(LATER)
    assert {f"live.{kind}" for kind in LATER_CHANNELS} <= set(LATER)


async def test_every_channel_has_a_line(database: str) -> None:
    async with staged(database) as stage:
        kinds = {name.partition(":")[0] for name in stage.directory.channels} | {AMBULANCE, FLEET, REQUEST, PHYSIO}
        lines = {action.removeprefix("live.") for action in page.matrix() if action.startswith("live.")}
        assert kinds <= lines
        assert lines - kinds - set(LATER_CHANNELS) == {INBOX}
