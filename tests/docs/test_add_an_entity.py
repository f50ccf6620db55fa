"""The steps of docs/add-an-entity.md, followed to the letter."""

from __future__ import annotations

import asyncio
import csv
import json
import os
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple

import asyncpg
import pytest

from handlers import application, records, routes
from hub.access import policy, reach
from hub.access.matrix import MATRIX
from storage.records import catalog
from storage.records.entity import Entity
from tests.docs.pages import blocks, text_of
from tests.handlers.rig import Hub, running
from tests.handlers.world import World, build_world

PAGE = text_of("docs/add-an-entity.md")
(TABLE,), (DECLARATION,), (LINES,) = (blocks(PAGE, language) for language in ("sql", "python", "matrix"))
MAKE, USE, _ = blocks(PAGE, "sh")


class Added(NamedTuple):
    """A hub that serves the table of the page."""

    hub: Hub
    world: World
    env: dict[str, str]  # of the page's commands


@pytest.fixture
def wards(monkeypatch: pytest.MonkeyPatch) -> Entity:
    """Steps 2 and 3: the declaration in the catalog, the lines in the matrix."""
    module: dict[str, Any] = {}
    exec(compile(DECLARATION, "docs/add-an-entity.md", "exec"), module)  # noqa: S102 - the page's own code
    declared: Entity = module["WARDS"]
    rules = policy.parse(MATRIX + LINES)
    monkeypatch.setattr(catalog, "ENTITIES", (*catalog.ENTITIES, declared))
    monkeypatch.setattr(policy, "RULES", rules)
    monkeypatch.setattr(reach, "RULES", rules)
    monkeypatch.setattr(application, "ROUTES", (*routes.ROUTES, *records.routes(declared)))
    return declared


@pytest.fixture
async def added(wards: Entity, database: str, superuser: asyncpg.Connection[asyncpg.Record]) -> AsyncIterator[Added]:
    """Step 1 on a fresh database, and a hub on it."""
    await superuser.execute(TABLE)
    async with running(database) as hub:
        world = await build_world(hub, database)
        yield Added(hub, world, {"HUB": hub.url, "TOKEN": world.tokens["SA"]})


async def _run(block: str, env: Mapping[str, str]) -> list[str]:
    """Run a block's commands one after the other; return what each said."""
    said = []
    for command in block.replace("\\\n", " ").splitlines():
        process = await asyncio.create_subprocess_exec(
            "bash", "-c", command, env={**os.environ, **env}, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, (command, output)
        said.append(output.decode())
    return said


async def test_the_commands_of_the_page_work(added: Added) -> None:
    (made,) = await _run(MAKE, added.env)
    ward = json.loads(made)
    assert (ward["name"], ward["beds"], ward["status"]) == ("Cardiology", 24, "open")
    assert ward["facility_id"] == str(added.world.facilities["north"])
    one, changed, listed, file = await _run(USE, {**added.env, "WARD": ward["id"]})
    assert json.loads(one) == {**ward, "facility": {"id": ward["facility_id"], "name": "north"}}
    assert json.loads(changed) == {**ward, "status": "closed", "beds": 20}
    assert json.loads(listed) == {"items": [json.loads(changed)], "next_cursor": None, "total": 1}
    assert [row["name"] for row in csv.DictReader(file.splitlines())] == ["Cardiology"]


async def test_its_lines_of_the_matrix_hold(added: Added) -> None:
    hub, world = added.hub, added.world
    (made,) = await _run(MAKE, added.env)
    path = f"/api/v1/wards/{json.loads(made)['id']}"
    expected = {"DR": 200, "RC": 200, "AD": 200, "DR elsewhere": 404, "RC elsewhere": 404, "PT": 403, "TB": 403}
    for who, status in expected.items():
        assert (await hub.call("GET", path, token=world.tokens[who])).status == status, who
    assert (await hub.call("PATCH", path, token=world.tokens["RC"], json={"beds": 1})).status == 200
    renamed = await hub.call("PATCH", path, token=world.tokens["RC"], json={"name": "mine"})
    assert (renamed.status, renamed.code) == (403, "field_forbidden")
    again = await hub.call("POST", "/api/v1/wards", token=world.tokens["SA"], json={"name": "Cardiology", "beds": 2})
    assert (again.status, again.json["detail"]) == (409, "the facility has a ward of this name")
    assert (await hub.call("DELETE", path, token=world.tokens["AD"])).status == 204


async def test_it_describes_itself(added: Added) -> None:
    document = (await added.hub.call("GET", "/openapi.json")).json
    assert set(document["paths"]["/api/v1/wards"]) == {"get", "post"}
    assert set(document["paths"]["/api/v1/wards/{id}"]) == {"get", "patch", "delete"}
    assert document["components"]["schemas"]["WardsCreation"]["required"] == ["name", "beds"]
