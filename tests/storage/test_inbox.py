"""What an inbox counts is what a recount finds, whatever was written, delivered, read and removed."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from uuid import UUID

import pytest

from storage import events, inbox
from storage.audit import Entry
from storage.pool import Database
from tests.storage import world
from tests.storage.world import Connection

NOW = datetime(2031, 3, 3, 9, tzinfo=UTC)
ENTRY = Entry("notifications.U", "notifications")


class Model:
    """What there should be."""

    def __init__(self, people: list[UUID]) -> None:
        self.people = people
        self.messages: list[dict[str, object]] = []
        self.notices: list[dict[str, object]] = []

    def unread(self, person: UUID) -> tuple[int, int]:
        return (
            sum(one["to"] == person and not one["read"] for one in self.messages),
            sum(one["to"] == person and not one["read"] for one in self.notices),
        )

    def conversations(self, person: UUID) -> list[tuple[object, int, object]]:
        found: dict[object, tuple[object, int, object]] = {}
        for one in reversed(self.messages):
            if person in (one["to"], one["from"]):
                other = one["from"] if one["to"] == person else one["to"]
                _, count, content = found.get(other, (other, 0, one["content"]))
                found[other] = (other, count + (one["to"] == person and not one["read"]), content)
        return list(found.values())


@pytest.mark.parametrize("seed", range(3))
async def test_counts_and_conversations_equal_a_recount(
    app_pool: Database, reader: Database, superuser: Connection, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - replayable
    model = Model([await world.user(superuser) for _ in range(4)])
    for number in range(60):
        await act(chance, model, number, superuser, app_pool)
        if number % 6 == 0:
            for person in model.people:
                assert await inbox.unread(reader, person) == model.unread(person)
                rows = await inbox.conversations(reader, person, 50)
                assert [(row.user_id, row.unread, row.content) for row in rows] == model.conversations(person)


async def act(chance: random.Random, model: Model, number: int, superuser: Connection, app_pool: Database) -> None:
    """Do one thing to the database and to the model."""
    one, other = chance.sample(model.people, 2)
    kind = chance.choice(("send", "send", "notify", "read", "mark", "remove"))
    if kind == "send":
        key = await world.insert(superuser, "messages", sender_id=one, receiver_id=other, content=str(number))
        model.messages.append({"id": key, "from": one, "to": other, "content": str(number), "read": False})
    elif kind == "notify":
        key = await world.insert(superuser, "notifications", user_id=one, message=str(number), type="note")
        model.notices.append({"id": key, "to": one, "read": False})
    elif kind == "read" and model.messages:
        message = chance.choice(model.messages)
        await inbox.deliver_messages(app_pool, [message["id"]], NOW)  # type: ignore[list-item]
        await superuser.execute("UPDATE messages SET read_at = $2 WHERE id = $1", message["id"], NOW)
        message["read"] = True
    elif kind == "mark" and model.notices:
        place = chance.randrange(len(model.notices))
        up_to = await superuser.fetchval("SELECT sequence FROM notifications WHERE id = $1", model.notices[place]["id"])
        marked = await inbox.read_notifications(app_pool, one, up_to, NOW, ENTRY)
        mine = [notice for notice in model.notices[: place + 1] if notice["to"] == one and not notice["read"]]
        assert marked == len(mine)
        for notice in mine:
            notice["read"] = True
    elif kind == "remove" and model.notices:
        notice = model.notices.pop(chance.randrange(len(model.notices)))
        await superuser.execute("DELETE FROM notifications WHERE id = $1", notice["id"])


async def test_everybody_has_a_position_before_anything_came(reader: Database, superuser: Connection) -> None:
    person = await world.user(superuser)
    position = await events.position(reader, inbox.channel_of(person))
    assert position.offset == 0


async def test_what_was_delivered_is_told_once_and_stays(
    app_pool: Database, reader: Database, superuser: Connection
) -> None:
    one, other = await world.user(superuser), await world.user(superuser)
    key = await world.insert(superuser, "messages", sender_id=one, receiver_id=other, content="hello")
    assert [await inbox.deliver_messages(app_pool, [key], NOW) for _ in range(2)] == [1, 0]
    told = await events.read(reader, inbox.channel_of(one), after=0, rows_max=9)
    assert [event.kind for event in told.events] == ["message", "message_changed"]
