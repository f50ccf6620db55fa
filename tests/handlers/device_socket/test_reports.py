"""What a crew says over a real socket to a real hub: committed before it is answered, once, and beside the samples."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from hub.protocol.codec import JSON, MSGPACK, Codec
from hub.protocol.limits import REPORTS_UNANSWERED_MAX
from tests.protocol.rig.hub import Served, Tablet, data, until
from tests.protocol.rig.wire import Socket

CODECS = pytest.mark.parametrize("codec", [JSON, MSGPACK], ids=["json", "msgpack"])
AT = 1_790_000_000_000_000
OFFER = """
WITH call AS (INSERT INTO ambulance_requests (priority, status) VALUES (1, 'queued') RETURNING id),
     asked AS (INSERT INTO assignments (request_id, ambulance_id, offered_at)
               SELECT id, $1, now() - interval '10 s' FROM call RETURNING id),
     busy AS (UPDATE ambulances SET status = 'dispatched' WHERE id = $1)
INSERT INTO device_commands (device_id, kind, body, assignment_id)
SELECT $2, 'offer', jsonb_build_object('assignment', id), id FROM asked RETURNING assignment_id::text
"""


def report(report_id: str, kind: str = "duty", **body: object) -> dict[str, object]:
    """Return a report of just now."""
    said = {"type": "report", "id": report_id, "kind": kind, "at": AT, "sent_at": AT}
    return said | {"body": body or {"status": "available"}}


class Held:
    """An ambulance whose row somebody else holds: nothing about its duty can be stored."""

    def __init__(self, served: Served, tablet: Tablet) -> None:
        self._served = served
        self._tablet = tablet

    async def __aenter__(self) -> None:
        self._connection = await asyncpg.connect(self._served.dsn)
        await self._connection.execute("BEGIN")
        await self._connection.execute("SELECT FROM ambulances WHERE id = $1 FOR UPDATE", self._tablet.ambulance_id)

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()


async def status(served: Served, tablet: Tablet) -> Any:
    """Return what the ambulance is doing."""
    return await served.value("SELECT status FROM ambulances WHERE id = $1", tablet.ambulance_id)


@CODECS
async def test_a_crew_serves_an_offer(served: Served, tablet: Tablet, codec: Codec) -> None:
    socket, _, _ = await tablet.join(codec)
    about = await served.value(OFFER, tablet.ambulance_id, tablet.device_id)
    command = await socket.hear("command")
    assert (command["kind"], command["body"]) == ("offer", {"assignment": about})
    socket.say({"type": "command_ack", "id": command["id"], "status": "done"})
    socket.say(report("seen", "seen", assignment=about))
    socket.say(report("accept", "accept", assignment=about))
    socket.say(report("leave", "stage", assignment=about, stage="en_route"))
    for name in ("seen", "accept", "leave"):
        assert await socket.hear("report_ack") == {"type": "report_ack", "id": name, "status": "done"}
    assert await status(served, tablet) == "en_route"
    times = "SELECT delivered_at, seen_at, accepted_at FROM assignments WHERE id = $1::uuid"
    assert None not in tuple((await served.query(times, about))[0])
    while not {"offer", "call", "reporting"} <= {each.get("kind") for each in socket.heard}:
        await socket.hear("command")
    await socket.say_goodbye()


async def test_samples_are_acked_while_a_report_cannot_be_stored(served: Served, tablet: Tablet) -> None:
    socket, stream, _ = await tablet.join()
    async with Held(served, tablet):
        socket.say(report("one"))
        socket.say(data(stream, 1, 5))
        assert (await socket.hear())["acks"] == [[stream, 5]]
    assert (await socket.hear("report_ack"))["status"] == "done"
    await socket.say_goodbye()


async def test_more_reports_than_may_wait_end_the_connection(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    async with Held(served, tablet):
        for number in range(REPORTS_UNANSWERED_MAX + 1):
            socket.say(report(str(number)))
        assert (await socket.ending()).code == 4003


async def test_a_hub_that_dies_before_the_answer_has_it_stored_and_another_answers_the_same(
    served: Served, other_hub: Served, tablet: Tablet
) -> None:
    socket, _, _ = await tablet.join()
    about = await served.value(OFFER, tablet.ambulance_id, tablet.device_id)
    socket.say(report("accept", "accept", assignment=about))
    await until(lambda: _accepted(served, about))
    socket.abort()  # whatever the hub says now, nobody hears it
    elsewhere = Tablet(other_hub.port, tablet.device_id, tablet.ambulance_id, tablet.secret)
    socket, _, _ = await elsewhere.join()
    socket.say(report("accept", "accept", assignment=about))
    assert (await socket.hear("report_ack"))["status"] == "done"
    events = await served.query("SELECT FROM assignment_events WHERE assignment_id = $1::uuid", about)
    assert len(events) == 1
    await socket.say_goodbye()


async def _accepted(served: Served, about: str) -> Any:
    return await served.value("SELECT accepted_at FROM assignments WHERE id = $1::uuid", about)


async def test_reports_keep_their_order_when_a_connection_follows_another(
    served: Served, other_hub: Served, tablet: Tablet
) -> None:
    about = await served.value(OFFER, tablet.ambulance_id, tablet.device_id)
    said = [report("1", "accept", assignment=about)]
    for number, stage in enumerate(("en_route", "on_scene", "transporting", "at_destination", "cleared"), 2):
        said.append(report(str(number), "stage", assignment=about, stage=stage))
    elsewhere = Tablet(other_hub.port, tablet.device_id, tablet.ambulance_id, tablet.secret)
    first, _, _ = await tablet.join()
    for each in said:
        first.say(each)
    await first.flush()
    second, _, _ = await elsewhere.join()  # while the first hub is still at it
    for each in said:
        second.say(each)
    answers = [await second.hear("report_ack") for _ in said]
    assert [(each["id"], each["status"]) for each in answers] == [(str(number), "done") for number in range(1, 7)]
    rows = await served.query(
        "SELECT status, skipped FROM assignment_events WHERE assignment_id = $1::uuid ORDER BY received_at, at", about
    )
    assert len(rows) == 6 and all(row["skipped"] == [] for row in rows)
    await second.say_goodbye()
    first.abort()


async def test_a_call_for_help_reaches_everybody_who_watches(served: Served, tablet: Tablet) -> None:
    socket, _, _ = await tablet.join()
    socket.say(report("sos", "sos", alarm="help"))
    assert (await socket.hear("report_ack"))["status"] == "done"
    events = await served.query(
        "SELECT kind FROM channel_events WHERE channel = 'alarms' AND (body->>'ambulance_id')::bigint = $1",
        tablet.ambulance_id,
    )
    assert [row["kind"] for row in events] == ["raised"]
    await _repeat(socket)
    assert await served.value("SELECT count(*) FROM alarms WHERE device_id = $1", tablet.device_id) == 1
    await socket.say_goodbye()


async def _repeat(socket: Socket) -> None:
    socket.say(report("sos", "sos", alarm="help"))
    socket.say(report("sos again", "sos", alarm="help"))
    assert [(await socket.hear("report_ack"))["status"] for _ in range(2)] == ["done", "done"]
