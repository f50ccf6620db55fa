"""Credentials that do not count: limited by network, and nobody else pays for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from hub.access import tokens
from tests.handlers.rig import SETTINGS, Hub, running
from tests.handlers.world import World, build_world

PATH = "/api/v1/sessions"
MINE, ANOTHER = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}


@pytest.fixture
async def strict(database: str) -> AsyncIterator[Hub]:
    settings = replace(SETTINGS, refusals_per_network_per_min=3.0, trusted_proxies=("127.0.0.1/32",))
    async with running(database, settings=settings) as hub:
        yield hub


@pytest.fixture
async def people(strict: Hub, database: str) -> World:
    return await build_world(strict, database)


async def test_bad_bearers_and_cookies_are_counted_by_network(strict: Hub, people: World) -> None:
    cookie = {"Cookie": f"__Host-hub_session={tokens.new_token()}"}
    answers = [
        await strict.call("GET", PATH, token=tokens.new_token(), headers=MINE),
        await strict.call("GET", PATH, token="nonsense", headers=MINE),
        await strict.call("GET", PATH, headers={**MINE, **cookie}),
        await strict.call("GET", PATH, token=tokens.new_token(), headers=MINE),
    ]
    assert [answer.status for answer in answers] == [401, 401, 401, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1
    elsewhere = await strict.call("GET", PATH, token=tokens.new_token(), headers=ANOTHER)
    assert elsewhere.status == 401


async def test_who_has_a_credential_that_counts_is_let_in_beside_those_who_guess(strict: Hub, people: World) -> None:
    for _ in range(5):
        await strict.call("GET", PATH, token=tokens.new_token(), headers=MINE)
    assert (await strict.call("GET", PATH, token=people.tokens["DP"], headers=MINE)).status == 200
    assert (await strict.call("GET", PATH, headers=MINE)).status == 401  # no credential is no guess
