"""Credentials that do not count: of another kind, bent, ended, used up, or none; each is refused without a word."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from handlers.call import API
from hub.access import tokens
from tests.handlers.bad_rows import MARK
from tests.handlers.judge import Judge, request
from tests.handlers.rig import GOOD_PASSWORD, ORIGIN, Hub
from tests.handlers.test_bad_requests import hub, judge, world
from tests.handlers.world import World, open_session, set_password

__all__ = ["hub", "judge", "world"]  # fixtures

EMAIL = "dp@hub.test"
COOKIE = "hub_session"


@pytest.fixture
async def kinds(hub: Hub, world: World, database: str, superuser: asyncpg.Connection[asyncpg.Record]) -> dict[str, str]:
    """One of every kind of token, each fresh and good in its own place."""
    await set_password(hub, database, world.users["DP"])
    credentials = {"email": EMAIL, "password": GOOD_PASSWORD}
    app = (await hub.call("POST", f"{API}/sessions", json={**credentials, "client": "app"})).json
    web = await hub.call("POST", f"{API}/sessions", json={**credentials, "client": "web"})
    order = {"json": {"purpose": "live"}, "headers": {"Origin": ORIGIN}}
    ticket = await hub.call("POST", f"{API}/ws-tickets", token=app["access_token"], **order)
    activation = tokens.new_token()
    await superuser.execute(
        "INSERT INTO activation_links (hash, user_id, purpose, expires_at)"
        " VALUES ($1, $2, 'activate', now() + interval '1 day')",
        *(tokens.digest(activation), world.users["DR"]),
    )
    return {
        "access": app["access_token"],
        "refresh": app["refresh_token"],
        "cookie": web.cookies[COOKIE],
        "ticket": ticket.json["ticket"],
        "activation": activation,
        "secret": world.tokens["TB"],
    }


def _in_place(place: str, token: str) -> bytes:
    """Return a request that shows a token in one place where only one kind of them counts."""
    if place == "bearer":
        return request("GET", f"{API}/appointments", Authorization=f"Bearer {token}")
    if place == "cookie":
        return request("GET", f"{API}/appointments", Cookie=f"{COOKIE}={token}", Host="127.0.0.1")
    if place == "refresh":
        return request("POST", f"{API}/sessions/refresh", f'{{"refresh_token":"{token}"}}'.encode())
    if place == "activation":
        return request("POST", f"{API}/activations", f'{{"token":"{token}","password":"{GOOD_PASSWORD}"}}'.encode())
    return request("POST", f"{API}/devices/claim", f'{{"code":"{token}"}}'.encode())


REFUSED = {"activation": 404, "claim": 404}  # there is no such link, no such code; elsewhere 401
PLACES = {
    "bearer": {"access", "secret"},
    "cookie": {"cookie"},
    "refresh": {"refresh"},
    "activation": {"activation"},
    "claim": set[str](),
}


@pytest.mark.parametrize("place", PLACES)
async def test_a_token_counts_in_its_own_place_alone(judge: Judge, kinds: dict[str, str], place: str) -> None:
    wrong = set(kinds) - PLACES[place]
    for kind in sorted(wrong):
        await judge.sent(f"{kind} as {place}", _in_place(place, kinds[kind]), {REFUSED.get(place, 401)})
    for kind in sorted(PLACES[place] - {"secret"}):
        await judge.sent(f"{kind} as {place}", _in_place(place, kinds[kind]), {200, 204})


@pytest.mark.parametrize("place", PLACES)
async def test_a_token_that_is_bent_does_not_count(judge: Judge, kinds: dict[str, str], place: str) -> None:
    good = kinds[min(PLACES[place], default="access")]
    bent = {
        "one bit off": good[:7] + ("A" if good[7] != "A" else "B") + good[8:],
        "one character short": good[:-1],
        "one character more": good + "A",
        "twice": good + good,
        "in capitals": good.upper(),
        "a word": MARK,
        "of NULs": "\\u0000" * 43 if place in ("refresh", "activation", "claim") else "-" * 43,
        "of dashes": "-" * 43,
    }
    for name, token in bent.items():
        await judge.sent(f"{name} as {place}", _in_place(place, token), {REFUSED.get(place, 401), 422})


BEARERS = (
    "", "Bearer", "Bearer ", "Basic ZHA6eA==", f"Basic {MARK}", "Digest username=dp", "Token TOKEN", "TOKEN",
    "Bearer  TOKEN", "Bearer TOKEN,TOKEN", "Bearer TOKEN TOKEN", "Bearer: TOKEN", "BearerTOKEN", "Bearer TOKEN;",
    f"Bearer {MARK * 500}", "Bearer null", "Bearer undefined", "Bearer \u00e9\u00e9",
)  # fmt: skip


async def test_headers_that_are_almost_a_bearer_do_not_count(judge: Judge, kinds: dict[str, str]) -> None:
    good = kinds["access"]
    for said in BEARERS:
        sent = request("GET", f"{API}/appointments", Authorization=said.replace("TOKEN", good))
        await judge.sent(said, sent, {401})
    twice = f"Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n"
    sent = f"GET {API}/map HTTP/1.1\r\nHost: h\r\n{twice}Connection: close\r\n\r\n".encode()
    await judge.sent("two", sent, {400, 401})
    for query in (f"access_token={good}", f"token={good}", f"authorization=Bearer%20{good}"):
        answer = await judge.sent("in the address", request("GET", f"{API}/appointments?{query}"), {401})
        assert good.encode() not in answer


async def test_what_has_ended_a_second_ago_does_not_count(
    hub: Hub, judge: Judge, world: World, superuser: asyncpg.Connection[asyncpg.Record], kinds: dict[str, str]
) -> None:
    _, expired = await open_session(hub, world.users["DP"], lives_s=-1)
    await judge.sent("an access token", _in_place("bearer", expired), {401})
    await superuser.execute("UPDATE ws_tickets SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    await superuser.execute("UPDATE activation_links SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    await superuser.execute("UPDATE session_tokens SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    for place, kind in (("activation",) * 2, ("refresh",) * 2, ("cookie",) * 2, ("bearer", "access")):
        await judge.sent(f"{kind} after its time", _in_place(place, kinds[kind]), {REFUSED.get(place, 401)})


async def test_what_counts_once_counts_once(judge: Judge, kinds: dict[str, str]) -> None:
    for place in ("activation", "refresh"):
        await judge.sent(f"{place} the first time", _in_place(place, kinds[place]), {200, 204})
        await judge.sent(f"{place} the second time", _in_place(place, kinds[place]), {REFUSED.get(place, 401)})
    await judge.sent("its family", _in_place("bearer", kinds["access"]), {401})


async def test_one_of_many_at_once_wins(hub: Hub, kinds: dict[str, str]) -> None:
    body = {"token": kinds["activation"], "password": GOOD_PASSWORD}
    answers = await asyncio.gather(*(hub.call("POST", f"{API}/activations", json=body) for _ in range(10)))
    assert sorted(answer.status for answer in answers) == [204] + [404] * 9


async def test_odd_passwords_are_refused_like_wrong_ones(judge: Judge, kinds: dict[str, str]) -> None:
    for password, statuses in (
        ("\\u0000", {401, 422}), (f"{GOOD_PASSWORD}\\u0000", {401, 422}), (f"\\u0000{GOOD_PASSWORD}", {401, 422}),
        (GOOD_PASSWORD.upper(), {401}), (f"{GOOD_PASSWORD} ", {401}), ("a" * 1024, {401}), ("a" * 1025, {422}),
        ("a" * 1_000_000, {0, 413}), ("\\ud83d\\ude00" * 256, {401}), ("\\ud83d", {400}), (MARK, {401}),
    ):  # fmt: skip
        body = f'{{"email":"{EMAIL}","password":"{password}","client":"app"}}'.encode()
        await judge.sent(password[:20], request("POST", f"{API}/sessions", body), statuses)
