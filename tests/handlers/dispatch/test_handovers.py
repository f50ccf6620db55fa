"""Notes from one shift to the next."""

from __future__ import annotations

import pytest

from tests.handlers.dispatch.scene import Connection
from tests.handlers.rig import Hub
from tests.handlers.world import World

HANDOVERS = "/api/v1/dispatch/handovers"


async def test_a_note_is_left_for_the_next_shift(hub: Hub, world: World) -> None:
    for note in ("Unit 7 has no suction.", "The bridge at Mill Street is closed."):
        answer = await hub.call("POST", HANDOVERS, token=world.tokens["DP"], json={"note": note})
        assert answer.status == 201
    listed = await hub.call("GET", HANDOVERS, token=world.tokens["SV"])
    newest = listed.json["items"][0]
    assert newest == answer.json
    assert newest["written_by"] == {"id": str(world.users["DP"]), "name": "Name of DP"}
    assert len(listed.json["items"]) == 2
    assert len((await hub.call("GET", f"{HANDOVERS}?limit=1", token=world.tokens["SV"])).json["items"]) == 1


async def test_the_answer_is_kept_in_the_transaction_of_the_note(hub: Hub, world: World, superuser: Connection) -> None:
    for _ in range(2):
        headers, note = {"Idempotency-Key": "once"}, {"note": "Once."}
        answer = await hub.call("POST", HANDOVERS, token=world.tokens["DP"], json=note, headers=headers)
        assert answer.status == 201
    assert await superuser.fetchval("SELECT k.xmin = n.xmin FROM idempotency_keys k, handover_notes n")


@pytest.mark.parametrize("note", ["", " \n ", "x" * 4_001, "a\x00b"], ids=["empty", "blank", "too long", "with a NUL"])
async def test_a_note_says_something(hub: Hub, world: World, note: str) -> None:
    assert (await hub.call("POST", HANDOVERS, token=world.tokens["DP"], json={"note": note})).status == 422
