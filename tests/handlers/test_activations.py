"""Choosing a password with a one-use link."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.access import tokens
from storage import accounts
from tests.handlers.rig import GOOD_PASSWORD, Hub
from tests.handlers.world import World

PATH = "/api/v1/activations"


async def _invite(hub: Hub, world: World, who: str = "DP", *, lives: timedelta = timedelta(hours=24)) -> str:
    link = tokens.new_token()
    await accounts.invite(
        hub.context.app,
        tokens.digest(link),
        world.users[who],
        purpose="activate",
        expires_at=datetime.now(UTC) + lives,
    )
    return link


async def test_a_link_sets_the_password_once_and_ends_the_sessions(hub: Hub, world: World) -> None:
    link = await _invite(hub, world)
    answer = await hub.call("POST", PATH, json={"token": link, "password": GOOD_PASSWORD})
    assert (answer.status, answer.body) == (204, b"")
    body = {"email": "dp@hub.test", "password": GOOD_PASSWORD, "client": "app"}
    assert (await hub.call("POST", "/api/v1/sessions", json=body)).status == 201
    assert (await hub.call("GET", "/api/v1/sessions", token=world.tokens["DP"])).status == 401
    again = await hub.call("POST", PATH, json={"token": link, "password": GOOD_PASSWORD})
    assert (again.status, again.code) == (404, "not_found")


async def test_a_bad_choice_does_not_use_the_link_up(hub: Hub, world: World) -> None:
    link = await _invite(hub, world)
    for password in ("short", "x" * 129, "Password2026!!", "dp@hub.test1234"):
        answer = await hub.call("POST", PATH, json={"token": link, "password": password})
        assert (answer.status, answer.json["field"]) == (422, "password")
        assert password.encode() not in answer.body
    assert (await hub.call("POST", PATH, json={"token": link, "password": GOOD_PASSWORD})).status == 204


async def test_composed_and_decomposed_characters_are_one_password(hub: Hub, world: World) -> None:
    link = await _invite(hub, world)
    await hub.call("POST", PATH, json={"token": link, "password": "stra\u00dfe caf\u00e9 nacht"})
    body = {"email": "dp@hub.test", "password": "stra\u00dfe cafe\u0301 nacht", "client": "app"}
    assert (await hub.call("POST", "/api/v1/sessions", json=body)).status == 201


async def test_links_that_do_not_count_answer_alike(hub: Hub, world: World) -> None:
    expired = await _invite(hub, world, lives=timedelta(seconds=-1))
    for link in (expired, tokens.new_token(), "x", "\0"):
        answer = await hub.call("POST", PATH, json={"token": link, "password": GOOD_PASSWORD})
        assert (answer.status, answer.code) == (404, "not_found")
