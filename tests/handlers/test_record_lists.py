"""Lists of records over HTTP: pages, cursors, orders, filters, searches, and one query for each."""

from __future__ import annotations

import base64
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from storage.pool import READER, Database
from storage.sql import Query
from tests.handlers.rig import Hub, running
from tests.handlers.test_records import TOMORROW
from tests.handlers.world import World, build_world

API = "/api/v1"
BOOKED = 7


class CountingDatabase(Database):
    """Counts the statements that are run on it."""

    asked = 0

    async def fetch(self, query: Query, **parameters: object) -> list[asyncpg.Record]:
        """Count, and fetch."""
        self.asked += 1
        return await super().fetch(query, **parameters)

    async def fetch_one(self, query: Query, **parameters: object) -> asyncpg.Record | None:
        """Count, and fetch."""
        self.asked += 1
        return await super().fetch_one(query, **parameters)


@pytest.fixture
async def booked(hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]) -> list[str]:
    """The ids of some appointments of DR with PT, by time; two were made at the same moment."""
    made = []
    for number in range(BOOKED):
        made.append(
            await superuser.fetchval(
                "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at, created_at, status)"
                " VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                world.users["PT"],
                world.users["DR"],
                world.facilities["north"],
                TOMORROW + timedelta(hours=number),
                TOMORROW - timedelta(days=number // 2),
                "cancelled" if number % 3 == 0 else "scheduled",
            )
        )
    return [str(id_) for id_ in made]


async def _pages(hub: Hub, token: str, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    for _ in range(50):
        answer = await hub.call("GET", f"{API}/{query}{cursor}", token=token)
        assert answer.status == 200, answer
        found += answer.json["items"]
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"
    raise AssertionError("the list has no end")


async def test_pages_add_up_to_the_whole_list_in_every_order(hub: Hub, world: World, booked: list[str]) -> None:
    token = world.tokens["DR"]
    for sort, limit in itertools.product(("scheduled_at", "-scheduled_at", "created_at", "-created_at"), (1, 3, 7)):
        items = await _pages(hub, token, f"appointments?sort={sort}&limit={limit}")
        assert sorted(item["id"] for item in items) == sorted(booked), (sort, limit)
        keys = [(item[sort.lstrip("-")], item["id"]) for item in items]
        assert keys == sorted(keys, reverse=sort.startswith("-")), (sort, limit)


async def test_an_order_by_what_may_be_missing_loses_nobody(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute("UPDATE doctors SET years_experience = 4 WHERE id = $1", world.users["DR"])
    for number in range(4):
        id_ = await superuser.fetchval(
            "INSERT INTO users (name, email, role) VALUES ('more', $1, 'doctor') RETURNING id", f"more{number}"
        )
        years = number if number % 2 else None
        await superuser.execute("INSERT INTO doctors (id, years_experience) VALUES ($1, $2)", id_, years)
    for sort in ("years_experience", "-years_experience"):
        items = await _pages(hub, world.tokens["AD"], f"doctors?sort={sort}&limit=1")
        assert len({item["id"] for item in items}) == len(items) == 6
        shown = [item["years_experience"] for item in items]
        given = [one for one in shown if one is not None]
        assert given == sorted(given, reverse=sort.startswith("-"))
        assert shown.index(None) == (0 if sort.startswith("-") else len(given))


async def test_a_cursor_is_of_one_caller_and_one_list(hub: Hub, world: World, booked: list[str]) -> None:
    token = world.tokens["DR"]
    first = await hub.call("GET", f"{API}/appointments?limit=2", token=token)
    cursor = first.json["next_cursor"]
    assert (await hub.call("GET", f"{API}/appointments?limit=5&cursor={cursor}", token=token)).status == 200
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    flipped = [
        base64.urlsafe_b64encode(raw[:n] + bytes([raw[n] ^ 1]) + raw[n + 1 :]).rstrip(b"=").decode()
        for n in (0, 15, 16, len(raw) - 1)
    ]
    tries = [(world.tokens["PT"], f"limit=2&cursor={cursor}"), (token, f"sort=created_at&cursor={cursor}")]
    tries += [(token, f"status=scheduled&cursor={cursor}"), (token, "cursor=x"), (token, "cursor=%C3%A9")]
    tries += [(token, f"limit=2&cursor={other}") for other in flipped]
    for who, query in tries:
        answer = await hub.call("GET", f"{API}/appointments?{query}", token=who)
        assert (answer.status, answer.code, answer.json.get("field")) == (422, "invalid_value", "cursor"), query
    elsewhere = await hub.call("GET", f"{API}/users?limit=2&cursor={cursor}", token=token)
    assert elsewhere.status == 422


async def test_filters_and_spans_narrow_the_list(hub: Hub, world: World, booked: list[str]) -> None:
    token = world.tokens["RC"]
    since = (TOMORROW + timedelta(hours=1)).isoformat().replace("+", "%2B")
    until = (TOMORROW + timedelta(hours=3)).isoformat().replace("+", "%2B")
    span = f"scheduled_at_from={since}&scheduled_at_until={until}"
    expected = {
        span: booked[1:3],
        "status=cancelled": booked[::3],
        f"{span}&status=cancelled": [],
        f"doctor_id={world.users['DR elsewhere']}": [],
    }
    for query, ids in expected.items():
        answer = await hub.call("GET", f"{API}/appointments?total=true&{query}", token=token)
        assert sorted(item["id"] for item in answer.json["items"]) == sorted(ids), query
        assert answer.json["total"] == len(ids)
    plain = await hub.call("GET", f"{API}/appointments?limit=1", token=token)
    assert "total" not in plain.json
    late = await hub.call("GET", f"{API}/appointments?limit=4&total=true", token=token)
    last = await hub.call(
        "GET", f"{API}/appointments?limit=4&total=true&cursor={late.json['next_cursor']}", token=token
    )
    assert (len(last.json["items"]), last.json["total"]) == (3, BOOKED)


async def test_what_cannot_be_asked_is_refused_with_its_name(hub: Hub, world: World) -> None:
    tries = {
        "limit=201": ("invalid_value", "limit"),
        "limit=0": ("invalid_value", "limit"),
        "status=gone": ("invalid_value", "status"),
        "patient_id=7": ("invalid_value", "patient_id"),
        "scheduled_at_from=2026-01-01T00:00:00": ("invalid_value", "scheduled_at_from"),
        "sort=notes": ("invalid_value", "sort"),
        "embed=patient,notes": ("invalid_value", "embed"),
        "total=1": ("invalid_value", "total"),
        "notes=a": ("unknown_field", None),
        "search=a": ("unknown_field", None),
        "limit=1&limit=2": ("invalid_value", "limit"),
    }
    for query, (code, field) in tries.items():
        answer = await hub.call("GET", f"{API}/appointments?{query}", token=world.tokens["RC"])
        assert (answer.status, answer.code, answer.json.get("field")) == (422, code, field), query


async def test_what_is_hidden_is_not_found_by_searching_or_filtering(
    hub: Hub, world: World, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    await superuser.execute("UPDATE users SET phone = '5550001' WHERE id = $1", world.users["SA"])
    for query in ("search=sa@hub.test", "search=5550001", "created_at_from=2000-01-01T00:00:00Z"):
        answer = await hub.call("GET", f"{API}/users?total=true&{query}", token=world.tokens["RC"])
        assert str(world.users["SA"]) not in answer.body.decode(), query
        assert answer.json["total"] == len(answer.json["items"]), query
    refused = await hub.call("GET", f"{API}/users?sort=created_at", token=world.tokens["RC"])
    assert (refused.status, refused.code, refused.json["field"]) == (403, "field_forbidden", "sort")
    by_name = await hub.call("GET", f"{API}/users?search=name%20SA", token=world.tokens["RC"])
    assert [item["id"] for item in by_name.json["items"]] == [str(world.users["SA"])]


async def test_a_search_is_for_letters_not_patterns_in_any_script(hub: Hub, world: World) -> None:
    token = world.tokens["AD"]
    for name in ("100% Physio", "अपोलो अस्पताल", "Back\\slash"):
        await hub.call("POST", f"{API}/facilities", token=token, json={"name": name, "type": "clinic"})
    for search, count in (
        ("%25", 1),
        ("अस्पताल अपोलो", 1),
        ("_", 0),
        ("k%5Cs", 1),
        ("PHYSIO", 1),
        ("a b c d e f g", -1),
    ):
        answer = await hub.call("GET", f"{API}/facilities?search={search}", token=token)
        found = -1 if answer.status == 422 else len(answer.json["items"])
        assert found == count, search


@pytest.fixture
async def counted(database: str) -> AsyncIterator[tuple[Hub, World, CountingDatabase]]:
    """A hub whose reading pool counts."""
    reader = await CountingDatabase.open(database, role=READER, size=2, command_timeout_s=5)
    assert isinstance(reader, CountingDatabase)
    async with running(database, reader=reader) as hub:
        yield hub, await build_world(hub, database), reader


async def test_a_list_is_one_query_whatever_is_embedded(
    counted: tuple[Hub, World, CountingDatabase], superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    hub, world, reader = counted
    for number in range(3):
        await superuser.execute(
            "INSERT INTO appointments (patient_id, doctor_id, facility_id, scheduled_at) VALUES ($1, $2, $3, $4)",
            world.users["PT"],
            world.users["DR"],
            world.facilities["north"],
            TOMORROW + timedelta(hours=number),
        )
    for query in ("", "?embed=patient,doctor,facility&total=true&limit=2&status=scheduled"):
        before = reader.asked
        answer = await hub.call("GET", f"{API}/appointments{query}", token=world.tokens["DR"])
        assert (answer.status, reader.asked - before) == (200, 1)
    assert answer.json["items"][0]["facility"] == {"id": str(world.facilities["north"]), "name": "north"}
