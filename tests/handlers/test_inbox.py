"""Messages and notifications reach every open socket of their people, and wait for those who were away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import asyncpg
import pytest

from arogya.client import EventFeed, EventPosition, HubEvent, LiveClient
from hub.protocol.hub_frames import Error
from hub.protocol.live_frames import Events
from storage.listen import Listener
from storage.pool import READER
from tests.handlers.floor import Floor, ask, close_code, hear, until

API = "/api/v1"


@pytest.fixture
async def floor(floor: Floor) -> AsyncIterator[Floor]:
    """A hub that hears what PostgreSQL tells, with an appointment of PT with DR at the facility of RC."""
    await floor.execute(
        "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at, duration_min, status)"
        " VALUES ($1, $2, $3, now() + interval '1 day', 30, 'scheduled')",
        floor.world.users["PT"],
        floor.world.users["DR"],
        floor.world.facilities["north"],
    )
    listener = Listener(floor.dsn, floor.changes.heard, floor.changes.missed, role=READER)
    async with asyncio.TaskGroup() as tasks:
        works = [tasks.create_task(work) for work in (listener.run(), floor.changes.run())]
        await listener.listening.wait()
        yield floor
        for work in works:
            work.cancel()


async def send(floor: Floor, who: str, to: str, content: str = "hello", **more: object) -> dict[str, Any]:
    body = {"receiver_id": str(floor.world.users[to]), "content": content, **more}
    answer = await floor.hub.call("POST", f"{API}/messages", token=floor.world.tokens[who], json=body)
    assert answer.status == 201, answer
    made: dict[str, Any] = answer.json
    return made


async def get(floor: Floor, who: str, path: str) -> Any:
    answer = await floor.hub.call("GET", f"{API}/{path}", token=floor.world.tokens[who])
    assert answer.status == 200, answer
    return answer.json


async def told(ws: aiohttp.ClientWebSocketResponse, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the next so many events, of however many frames."""
    found: list[tuple[str, dict[str, Any]]] = []
    while len(found) < count:
        frame = await hear(ws)
        assert isinstance(frame, Events), frame
        assert frame.channel == "inbox"
        found += [(row[2], row[3]) for row in frame.events]  # type: ignore[misc]
    return found


@asynccontextmanager
async def watching(floor: Floor, who: str, **position: object) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with floor.viewer(who, channel="inbox", **position) as ws:
        yield ws


async def test_a_message_reaches_every_socket_of_both_as_the_api_shows_it(floor: Floor) -> None:
    async with watching(floor, "PT") as one, watching(floor, "PT") as other, watching(floor, "DR") as doctor:
        for ws in (one, other, doctor):
            await hear(ws)  # where the channel stands
        made = await send(floor, "PT", "DR")
        for ws in (one, other):
            ((kind, body),) = await told(ws, 1)
            assert (kind, body) == ("message", made)
        ((kind, body),) = await told(doctor, 1)
        assert body == made | {"with_user_id": str(floor.world.users["PT"])}
        for ws in (one, doctor):  # it was pushed to its receiver: that is told too
            ((kind, body),) = await told(ws, 1)
            assert (kind, body["id"]) == ("message_changed", made["id"])
            assert body["delivered_at"] is not None
            assert not body["read"]
        path = f"{API}/messages/{made['id']}"
        read = await floor.hub.call("PATCH", path, token=floor.world.tokens["DR"], json={"read": True})
        ((kind, body),) = await told(one, 1)
        assert (kind, body) == ("message_changed", read.json | {"with_user_id": made["receiver_id"]})


async def test_what_came_while_somebody_was_away_is_in_the_state_or_follows_its_position(floor: Floor) -> None:
    await send(floor, "DR", "PT", "before")
    state = await get(floor, "PT", "inbox")
    assert [talk["last_message"]["content"] for talk in state["conversations"]] == ["before"]
    await send(floor, "DR", "PT", "meanwhile")
    async with watching(floor, "PT", epoch=state["epoch"], offset=state["offset"]) as ws:
        messages = [body["content"] for kind, body in await told(ws, 2) if kind == "message"]
        assert messages == ["meanwhile"]


async def test_a_position_of_another_numbering_is_told_to_begin_anew(floor: Floor) -> None:
    async with watching(floor, "PT", epoch="another", offset=0) as ws:
        answer = await hear(ws)
        assert isinstance(answer, Error)
        assert (answer.code, answer.channel) == ("resync", "inbox")


async def test_nobody_names_an_inbox(floor: Floor) -> None:
    async with floor.viewer("DP") as ws:
        refusals = set()
        for name in (f"inbox:{floor.world.users['PT']}", f"inbox:{floor.world.users['DP']}", "inbox:", "nothing"):
            await ask(ws, channel=name)
            answer = await hear(ws)
            assert isinstance(answer, Error)
            refusals.add((answer.code, answer.detail))
        assert len(refusals) == 1
    async with watching(floor, "TB") as tablet:
        assert isinstance(await hear(tablet), Error)


async def test_a_disabled_user_hears_nothing_more(floor: Floor) -> None:
    async with watching(floor, "DR") as ws:
        await hear(ws)
        await floor.execute("UPDATE users SET disabled_at = now() WHERE id = $1", floor.world.users["DR"])
        assert await close_code(ws) in (4005, 4504)  # to come back, or not to
    assert await floor.refusal(name="DR") == 401


async def test_an_inbox_is_held_for_as_long_as_somebody_watches_it(floor: Floor) -> None:
    async with watching(floor, "PT") as ws, watching(floor, "PT") as other, watching(floor, "DR") as doctor:
        for each in (ws, other, doctor):
            await hear(each)
        assert len(floor.inboxes) == 2
        await ask(ws, channel="inbox")  # once more on the same connection
        await hear(ws)
        assert len(floor.inboxes) == 2
    await until(lambda: len(floor.inboxes) == 0)
    async with watching(floor, "PT") as ws:
        await hear(ws)
        await send(floor, "DR", "PT")
        assert (await told(ws, 1))[0][0] == "message"


async def test_what_is_listed_counts_as_delivered(floor: Floor) -> None:
    made = await send(floor, "DR", "PT")
    await get(floor, "DR", "messages")  # by its sender, which delivers nothing
    await get(floor, "PT", "messages")

    async def delivered() -> bool:
        return (await get(floor, "DR", f"messages/{made['id']}"))["delivered_at"] is not None

    async with asyncio.timeout(5):
        while not await delivered():  # noqa: ASYNC110 - the condition lies in PostgreSQL
            await asyncio.sleep(0.02)


async def test_notifications_are_told_marked_up_to_one_of_them_and_removed(
    floor: Floor, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    me = floor.world.users["PT"]
    async with watching(floor, "PT") as ws:
        await hear(ws)
        await superuser.execute(
            "INSERT INTO notifications (user_id, message, type)"
            " SELECT $1, 'reminder ' || n, 'reminder' FROM generate_series(1, 3) AS n",
            me,
        )
        events = await told(ws, 3)
        assert [(kind, body["message"]) for kind, body in events] == [
            ("notification", f"reminder {number}") for number in (1, 2, 3)
        ]
        listed = (await get(floor, "PT", "notifications?sort=sequence"))["items"]
        assert [row | {"delivered_at": None} for row in listed] == [body for _, body in events]
        assert (await get(floor, "PT", "inbox"))["unread_notifications"] == 3
        mark = {"up_to_sequence": listed[1]["sequence"]}
        for marked in (2, 0):
            answer = await floor.hub.call(
                "POST", f"{API}/notifications/read", token=floor.world.tokens["PT"], json=mark
            )
            assert (answer.status, answer.json) == (200, {"marked": marked})
        changed = await told(ws, 2)
        assert [(kind, body["read"]) for kind, body in changed] == [("notification_changed", True)] * 2
        assert (await get(floor, "PT", "inbox"))["unread_notifications"] == 1
        path = f"{API}/notifications/{listed[2]['id']}"
        assert (await floor.hub.call("DELETE", path, token=floor.world.tokens["PT"])).status == 204
        ((kind, body),) = await told(ws, 1)
        assert (kind, body["id"]) == ("notification_removed", listed[2]["id"])
    assert await superuser.fetchval("SELECT count(*) FROM notifications WHERE delivered_at IS NULL") == 0


async def test_the_inbox_counts_and_orders_conversations(floor: Floor) -> None:
    await send(floor, "DR", "PT", "one")
    await send(floor, "DR", "PT", "two")
    await send(floor, "RC", "PT", "three")
    await send(floor, "PT", "DR", "four")
    state = await get(floor, "PT", "inbox")
    assert (state["unread_messages"], state["unread_notifications"]) == (3, 0)
    assert [
        (talk["user"]["name"], talk["unread"], talk["last_message"]["content"]) for talk in state["conversations"]
    ] == [
        ("Name of DR", 2, "four"),
        ("Name of RC", 1, "three"),
    ]
    assert state["conversations"][0]["user"]["role"] == "doctor"
    assert (await get(floor, "PT", "inbox?limit=1"))["conversations"] == state["conversations"][:1]
    assert (await get(floor, "DR", "inbox"))["unread_messages"] == 1


async def test_only_those_are_offered_whom_one_may_write_to(floor: Floor) -> None:
    async def offered(who: str, search: str = "") -> list[tuple[str, str]]:
        items = (await get(floor, who, f"messages/recipients{search}"))["items"]
        return [(one["name"].removeprefix("Name of "), one["relation"]) for one in items]

    assert await offered("PT") == [
        ("DR", "treats you"),
        ("RC", "works at a facility of yours"),
        ("SA", "works at a facility of yours"),
    ]
    assert await offered("PT", "?search=of%20dr") == [("DR", "treats you")]
    assert await offered("PT", "?search=%25") == []
    assert await offered("DR") == [
        ("PT", "in your care"),
        ("RC", "works at your facility"),
        ("SA", "works at your facility"),
    ]
    assert await offered("DR elsewhere") == [
        ("DP", "works at your facility"),
        ("RC elsewhere", "works at your facility"),
        ("SV", "works at your facility"),
    ]
    assert ("RC", "staff") in await offered("AD")
    for who in ("PT", "DR", "RC", "AD"):
        for name, _ in (await offered(who))[:3]:
            await send(floor, who, name)


async def test_the_client_library_follows_an_inbox_alone(floor: Floor) -> None:
    heard: list[str] = []

    async def start() -> EventPosition:
        state = await get(floor, "PT", "inbox")
        heard.extend(talk["last_message"]["content"] for talk in state["conversations"])
        return EventPosition(state["epoch"], state["offset"])

    def on_events(events: Sequence[HubEvent]) -> None:
        heard.extend(str(event.body["content"]) for event in events if event.kind == "message")

    await send(floor, "DR", "PT", "waiting")
    feed = EventFeed("inbox", start, on_events)
    async with LiveClient(floor.hub.url, floor.world.tokens["PT"], channel=None, events=[feed]) as client:
        await until(lambda: client.connected)
        await send(floor, "DR", "PT", "live")
        await until(lambda: heard == ["waiting", "live"])
