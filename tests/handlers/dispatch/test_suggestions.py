"""Which units are suggested for a call, and where free ones are advised to wait."""

from __future__ import annotations

from uuid import UUID

from tests.handlers.dispatch.scene import Connection, add_call
from tests.handlers.rig import Hub
from tests.handlers.world import World

UNKNOWN = "9217b713-b0ba-4afa-b6b7-4b56a37f29f6"


async def test_units_are_suggested_with_why_and_the_choice_is_kept(
    hub: Hub, world: World, superuser: Connection
) -> None:
    call = await add_call(superuser)
    answer = await hub.call("GET", f"/api/v1/ambulance_requests/{call}/suggestions", token=world.tokens["DP"])
    assert answer.status == 200
    assert answer.json["travel"] == "line"
    looked_at = answer.json["candidates"]
    assert {one["ambulance_id"] for one in looked_at} == {
        row["id"] for row in await superuser.fetch("SELECT id FROM ambulances")
    }
    assert all((one["rank"] is None) == (one["why_not"] is not None) for one in looked_at)
    assert all(one["detail"] for one in looked_at if one["why_not"] is not None)
    kept = await superuser.fetchrow(
        "SELECT kind, words FROM dispatch_decisions WHERE id = $1", UUID(answer.json["decision_id"])
    )
    assert kept is not None
    assert dict(kept) == {"kind": "suggest", "words": answer.json["words"]}


async def test_nothing_is_suggested_for_a_call_that_is_not_there(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", f"/api/v1/ambulance_requests/{UNKNOWN}/suggestions", token=world.tokens["DP"])
    assert answer.status == 404


async def test_advice_says_where_free_units_should_wait(hub: Hub, world: World) -> None:
    answer = await hub.call("GET", "/api/v1/dispatch/advice", token=world.tokens["SV"])
    assert answer.status == 200
    assert isinstance(answer.json["moves"], list)
    assert answer.json["words"]
