"""The world of the access tests is the one that its names promise."""

from __future__ import annotations

from tests.access.oracle import Oracle
from tests.access.people import PEOPLE, uid
from tests.access.relations import cares
from tests.access.stage import staged
from tests.access.world import build


async def test_the_world_can_be_stored_and_behind_it_runs_a_hub(database: str) -> None:
    async with staged(database) as stage:
        answer = await stage.hub.call("GET", "/api/v1/sessions/current", token=stage.tokens["pat"])
        assert answer.status == 200
        for name in ("disabled", "expired"):
            answer = await stage.hub.call("GET", "/api/v1/sessions/current", token=stage.tokens[name])
            assert answer.status == 401


def test_care_begins_and_ends_where_the_page_says() -> None:
    world = build()
    found = {name for name, person in PEOPLE.items() if cares(world, uid("doc"), person.id)}
    assert found == {"pat", "recent", "planned", "trained", "soon"}
    assert not any(cares(world, uid("idle-doc"), person.id) for person in PEOPLE.values())


def test_the_oracle_knows_a_few_answers_that_anybody_can_check() -> None:
    oracle = Oracle(build())
    visit = oracle.world.named("appointments", "pat-visit")
    assert "notes" in oracle.visible(PEOPLE["doc"], visit)
    assert "notes" not in oracle.visible(PEOPLE["rc"], visit)
    assert oracle.visible(PEOPLE["rc"], visit) >= {"id", "status"}
    assert not oracle.visible(PEOPLE["south-rc"], visit)
    assert oracle.writable(PEOPLE["pat"], visit) == {"status", "scheduled_at", "duration_min"}
