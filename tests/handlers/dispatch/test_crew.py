"""What a crew reports and sees over HTTP, as on its socket."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.dispatch.board_rig import API, Board, free_everybody
from tests.handlers.dispatch.scene import Connection
from tests.handlers.rig import Answer, Hub
from tests.handlers.world import World

NOW = 1_790_000_000_000_000


@pytest.fixture
async def board(hub: Hub, world: World, superuser: Connection) -> Board:
    await free_everybody(superuser)
    return Board(hub, world, superuser)


def report(report_id: str, kind: str, **body: Any) -> dict[str, Any]:
    """Return a report of ten seconds ago."""
    return {"id": report_id, "kind": kind, "at": NOW - 10_000_000, "body": body}


async def say(board: Board, *reports: dict[str, Any], who: str = "TB") -> Answer:
    """Post reports."""
    return await board.post("crew/reports", {"sent_at": NOW, "reports": list(reports)}, who)


async def state(board: Board, who: str = "TB") -> Answer:
    """Ask where the own ambulance stands."""
    return await board.hub.call("GET", f"{API}/crew/state", token=board.world.tokens[who])


async def test_a_crew_serves_a_call_by_posts_alone(board: Board) -> None:
    offered = await board.offered("live", complaint="Chest pain", caller="Ravi", location_note="Behind the mill")
    seen = (await state(board)).json
    assert (seen["unit"]["status"], seen["call"]) == ("dispatched", None)
    assert (seen["offer"]["assignment"], seen["offer"]["complaint"]) == (offered["id"], "Chest pain")
    assert "caller" not in seen["offer"]
    about = {"assignment": offered["id"]}
    answer = await say(board, report("1", "accept", **about), report("2", "stage", stage="en_route", **about))
    assert (answer.status, answer.json) == (
        200,
        {"reports": [{"id": "1", "status": "done"}, {"id": "2", "status": "done"}]},
    )
    seen = (await state(board)).json
    assert (seen["unit"]["status"], seen["offer"]) == ("en_route", None)
    assert (seen["call"]["stage"], seen["call"]["caller"]) == ("en_route", "Ravi")
    again = await say(board, report("1", "accept", **about))
    assert again.json == {"reports": [{"id": "1", "status": "done"}]}


async def test_one_refusal_does_not_hold_up_the_others(board: Board) -> None:
    answer = await say(board, report("1", "dance"), report("2", "sos", alarm="help"), report("3", "duty"))
    first, second, third = answer.json["reports"]
    assert (first["status"], first["code"], first["state"]) == (
        "refused",
        "invalid_value",
        {"unit_status": "available"},
    )
    assert second == {"id": "2", "status": "done"}
    assert (third["code"], third["detail"]) == ("malformed", "missing field: status")
    assert await board.db.fetchval("SELECT count(*) FROM alarms WHERE alarm_id = 'help'") == 1


async def test_messages_are_there_until_they_are_read(board: Board) -> None:
    live = board.world.ambulances["live"]
    sent = await board.post(f"ambulances/{live}/messages", {"text": "Use the rear gate."})
    (unread,) = (await state(board)).json["messages"]
    assert (unread["message"], unread["text"], unread["from"]) == (sent.json["id"], "Use the rear gate.", "Name of DP")
    await say(board, report("1", "read", message=unread["message"]))
    assert (await state(board)).json["messages"] == []


@pytest.mark.parametrize("who", ["DP", "PX"])
async def test_only_the_tablet_of_an_ambulance_has_a_crew(board: Board, who: str) -> None:
    assert (await say(board, report("1", "duty", status="available"), who=who)).status == 403
    assert (await state(board, who)).status == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"sent_at": NOW, "reports": []},
        {"sent_at": NOW, "reports": [report(str(number), "duty") for number in range(51)]},
        {"sent_at": "now", "reports": [report("1", "duty")]},
        {"sent_at": NOW, "reports": [report("", "duty")]},
        {"sent_at": NOW, "reports": [report("1", "duty") | {"mood": "good"}]},
        {"sent_at": NOW, "reports": [report("1", "duty") | {"at": 2**63}]},
    ],
    ids=["nothing", "no reports", "too many", "no time", "no id", "unknown field", "no such time"],
)
async def test_what_is_no_report_is_422_and_nothing_is_taken(board: Board, body: dict[str, Any]) -> None:
    answer = await board.post("crew/reports", body, "TB")
    assert answer.status in (400, 422)
    assert await board.db.fetchval("SELECT count(*) FROM crew_reports") == 0
