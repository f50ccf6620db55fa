"""Signing in and out over HTTP."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.handlers.clocks import MovableClock
from tests.handlers.rig import GOOD_PASSWORD, ORIGIN, SETTINGS, Answer, Hub, running
from tests.handlers.world import World, open_session, set_password

API = "/api/v1"
WRONG = "blue kettle on a quiet moon"


@pytest.fixture
async def member(hub: Hub, world: World, database: str) -> UUID:
    """A dispatcher with a password, dp@hub.test."""
    await set_password(hub, database, world.users["DP"])
    return world.users["DP"]


async def sign_in(hub: Hub, password: str = GOOD_PASSWORD, *, client: str = "app", **options: Any) -> Answer:
    body = {"email": "DP@hub.test", "password": password, "client": client}
    return await hub.call("POST", f"{API}/sessions", json=body, **options)


async def test_an_app_gets_tokens_and_uses_them(hub: Hub, member: UUID) -> None:
    answer = await sign_in(hub)
    assert answer.status == 201
    assert answer.json["user"] == {
        "id": str(member),
        "name": "Name of DP",
        "email": "dp@hub.test",
        "role": "staff",
        "duty": "dispatcher",
    }
    assert answer.json["expires_in"] == 900
    assert not answer.cookies
    current = await hub.call("GET", f"{API}/sessions/current", token=answer.json["access_token"])
    assert current.json == {"user": answer.json["user"], "session": answer.json["session"]}


async def test_a_browser_gets_a_cookie_and_no_token(hub: Hub, member: UUID) -> None:
    answer = await sign_in(hub, client="web", headers={"Origin": ORIGIN})
    assert set(answer.json) == {"user", "session"}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("hub_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie  # plain http on this machine
    value = answer.cookies["hub_session"]
    current = await hub.call("GET", f"{API}/sessions/current", headers={"Cookie": f"hub_session={value}"})
    assert current.status == 200


async def test_beyond_this_machine_the_cookie_is_a_host_cookie(hub: Hub, member: UUID) -> None:
    for headers in ({"Host": "hub.example"}, {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-Proto": "https"}):
        answer = await sign_in(hub, client="web", headers=headers)
        cookie = answer.headers["Set-Cookie"]
        assert cookie.startswith("__Host-hub_session=")
        assert "Secure" in cookie
        assert "Domain" not in cookie


async def test_a_cookie_changes_nothing_without_the_header_and_our_origin(hub: Hub, member: UUID) -> None:
    value = (await sign_in(hub, client="web")).cookies["hub_session"]
    cookie, csrf = {"Cookie": f"hub_session={value}"}, {"X-Hub-CSRF": "1"}
    for refused in (
        {},
        csrf,
        {"Origin": ORIGIN},
        {**csrf, "Origin": "https://evil.test"},
        {**csrf, "Origin": "null"},
        {"X-Hub-CSRF": "0", "Origin": ORIGIN},
    ):
        answer = await hub.call("DELETE", f"{API}/sessions/current", headers={**cookie, **refused})
        assert (answer.status, answer.code) == (403, "forbidden"), refused
    ended = await hub.call("DELETE", f"{API}/sessions/current", headers={**cookie, **csrf, "Origin": ORIGIN})
    assert ended.status == 204
    assert "Max-Age=0" in ended.headers["Set-Cookie"]
    assert (await hub.call("GET", f"{API}/sessions/current", headers=cookie)).status == 401


async def test_signing_in_from_a_foreign_page_is_refused(hub: Hub, member: UUID) -> None:
    answer = await sign_in(hub, client="web", headers={"Origin": "https://evil.test"})
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_wrong_unknown_disabled_and_passwordless_answer_alike(
    hub: Hub, member: UUID, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    answers = [await sign_in(hub, WRONG)]
    for email in ("nobody@hub.test", "rc@hub.test"):
        body = {"email": email, "password": GOOD_PASSWORD, "client": "app"}
        answers.append(await hub.call("POST", f"{API}/sessions", json=body))
    await superuser.execute("UPDATE users SET disabled_at = now() WHERE id = $1", member)
    answers.append(await sign_in(hub))
    assert {answer.status for answer in answers} == {401}
    bodies = [{**answer.json, "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)


async def test_an_unknown_account_costs_one_hash_like_a_known_one(hub: Hub, member: UUID) -> None:
    async def elapsed_s(email: str) -> float:
        started = time.perf_counter()
        body = {"email": email, "password": WRONG, "client": "app"}
        assert (await hub.call("POST", f"{API}/sessions", json=body)).status == 401
        return time.perf_counter() - started

    known = min([await elapsed_s("dp@hub.test") for _ in range(3)])
    unknown = min([await elapsed_s(f"nobody{number}@hub.test") for number in range(3)])
    assert unknown > known / 3


async def test_guessing_is_slowed_and_the_owner_elsewhere_is_not_locked_out(
    database: str, hub: Hub, member: UUID
) -> None:
    settings = replace(SETTINGS, trusted_proxies=("127.0.0.1/32",))
    async with running(database, settings=settings) as proxied:
        attacker, owner = {"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "198.51.100.7"}
        guesses = [await sign_in(proxied, WRONG, headers=attacker) for _ in range(8)]
        assert [guess.status for guess in guesses] == [401] * 5 + [429] * 3
        assert 1 <= int(guesses[-1].headers["Retry-After"]) <= 12
        assert (await sign_in(proxied, headers=attacker)).status == 429
        assert (await sign_in(proxied, headers=owner)).status == 201


async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(hub: Hub, member: UUID) -> None:
    statuses = [
        (await sign_in(hub, WRONG, headers={"X-Forwarded-For": f"203.0.113.{number}"})).status for number in range(7)
    ]
    assert statuses == [401] * 5 + [429] * 2


async def test_a_refresh_token_counts_once_and_its_reuse_ends_the_family(
    hub: Hub, member: UUID, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    first = (await sign_in(hub)).json
    second = await hub.call("POST", f"{API}/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status == 200
    assert (await hub.call("GET", f"{API}/sessions", token=second.json["access_token"])).status == 200
    reused = await hub.call("POST", f"{API}/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert (reused.status, reused.code) == (401, "unauthorized")
    for token in (first["access_token"], second.json["access_token"]):
        assert (await hub.call("GET", f"{API}/sessions", token=token)).status == 401
    dead = await hub.call("POST", f"{API}/sessions/refresh", json={"refresh_token": second.json["refresh_token"]})
    assert dead.status == 401
    assert (
        await superuser.fetchval("SELECT end_reason FROM sessions WHERE id = $1", UUID(first["session"]["id"]))
        == "reuse"
    )


async def test_a_refresh_token_raced_by_two_leaves_no_live_session(hub: Hub, member: UUID) -> None:
    first = (await sign_in(hub)).json
    body = {"refresh_token": first["refresh_token"]}
    answers = await asyncio.gather(*(hub.call("POST", f"{API}/sessions/refresh", json=body) for _ in range(2)))
    assert sorted(answer.status for answer in answers) == [200, 401]
    winner = next(answer for answer in answers if answer.status == 200)
    assert (await hub.call("GET", f"{API}/sessions", token=winner.json["access_token"])).status == 401


async def test_tokens_end_when_their_time_is_up(database: str, hub: Hub, member: UUID) -> None:
    clock = MovableClock()
    async with running(database, clock=clock) as later:
        given = (await sign_in(later)).json
        cookie = (await sign_in(later, client="web")).cookies["hub_session"]
        clock.ahead_s = 901
        assert (await later.call("GET", f"{API}/sessions", token=given["access_token"])).status == 401
        headers = {"Cookie": f"hub_session={cookie}"}
        assert (await later.call("GET", f"{API}/sessions", headers=headers)).status == 200
        clock.ahead_s = 12 * 3600 + 1
        assert (await later.call("GET", f"{API}/sessions", headers=headers)).status == 401
        body = {"refresh_token": given["refresh_token"]}
        clock.ahead_s = 30 * 86_400 + 1
        assert (await later.call("POST", f"{API}/sessions/refresh", json=body)).status == 401


async def test_one_kind_of_token_is_none_of_the_others(hub: Hub, world: World, member: UUID) -> None:
    given = (await sign_in(hub)).json
    cookie = (await sign_in(hub, client="web")).cookies["hub_session"]
    path = f"{API}/sessions"
    for token in (given["refresh_token"], cookie):
        assert (await hub.call("GET", path, token=token)).status == 401
    for value in (given["access_token"], given["refresh_token"], world.tokens["TB"]):
        assert (await hub.call("GET", path, headers={"Cookie": f"hub_session={value}"})).status == 401
    for value in (given["access_token"], cookie, world.tokens["TB"]):
        assert (await hub.call("POST", f"{path}/refresh", json={"refresh_token": value})).status == 401
    assert (await hub.call("GET", f"{path}?access_token={given['access_token']}")).status == 401


async def test_the_eleventh_session_ends_the_one_unused_longest(hub: Hub, world: World) -> None:
    user_id = world.users["DP"]
    made = [world.tokens["DP"]] + [(await open_session(hub, user_id))[1] for _ in range(10)]
    statuses = [(await hub.call("GET", f"{API}/sessions", token=token)).status for token in made]
    assert statuses == [401] + [200] * 10


async def test_signing_out_elsewhere_tells_that_session_s_sockets(hub: Hub, world: World, database: str) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await asyncpg.connect(database)
    try:
        await listener.add_listener("arogya", lambda *notice: heard.put_nowait(str(notice[3])))
        other, other_token = await open_session(hub, world.users["DP"])
        answer = await hub.call("DELETE", f"{API}/sessions/{other}", token=world.tokens["DP"])
        assert answer.status == 204
        assert await asyncio.wait_for(heard.get(), 2) == f"session:{other}"
        assert (await hub.call("GET", f"{API}/sessions", token=other_token)).status == 401
        again = await hub.call("DELETE", f"{API}/sessions/{other}", token=world.tokens["DP"])
        assert again.status == 404
    finally:
        await listener.close()


async def test_odd_passwords_and_addresses_are_refused_not_fatal(hub: Hub, member: UUID) -> None:
    for password in ("a\0b" + GOOD_PASSWORD, "\U0001f600" * 300, "x" * 1024):
        assert (await sign_in(hub, password)).status == 401
    hub_limits = await sign_in(hub, "x" * 1025)
    assert (hub_limits.status, hub_limits.code) == (422, "invalid_value")
    huge = await sign_in(hub, "x" * 1_000_000)
    assert (huge.status, huge.code) == (413, "too_large")
    for email in ("a\0b@hub.test", "x\n@hub.test"):
        body = {"email": email, "password": "x", "client": "app"}
        answer = await hub.call("POST", f"{API}/sessions", json=body)
        assert (answer.status, answer.code) == (422, "invalid_value")


async def test_requests_of_one_user_are_limited_and_others_are_not(database: str, hub: Hub, world: World) -> None:
    settings = replace(SETTINGS, api_per_s=1.0, api_burst=3.0)
    async with running(database, settings=settings) as limited:
        answers = [await limited.call("GET", f"{API}/map", token=world.tokens["DP"]) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 200, 429]
        assert (answers[-1].code, answers[-1].headers["Retry-After"]) == ("rate_limited", "1")
        assert (await limited.call("GET", f"{API}/map", token=world.tokens["SV"])).status == 200
        assert (await limited.call("GET", "/live")).status == 200


async def test_nothing_secret_is_stored_in_the_clear(
    hub: Hub, member: UUID, superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    given = (await sign_in(hub)).json
    for table in ("sessions", "session_tokens", "audit_log", "users"):
        rows = await superuser.fetch(f"SELECT * FROM {table}")  # noqa: S608 - the names stand above
        for secret in (given["access_token"], given["refresh_token"], GOOD_PASSWORD):
            assert secret not in repr(rows)
