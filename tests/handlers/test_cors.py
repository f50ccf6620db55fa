"""Pages of other sites: those that are listed may use the API, and browsers are told exactly that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from arogya.config import ConfigError, load
from tests.handlers.rig import ORIGIN, SETTINGS, Hub, running
from tests.handlers.world import build_world

PARTNER, STRANGER = "https://partner.example", "https://partner.example.evil.example"
MAP = "/api/v1/map"
CORS = "Access-Control-"


@pytest.fixture
async def open_hub(database: str) -> AsyncIterator[Hub]:
    """A hub that lets one other site in."""
    origins = frozenset({ORIGIN, PARTNER})
    async with running(database, settings=replace(SETTINGS, origins=origins, cors_origins=frozenset({PARTNER}))) as hub:
        yield hub


def _asks(origin: str, method: str = "PATCH") -> dict[str, str]:
    return {"Origin": origin, f"{CORS}Request-Method": method, f"{CORS}Request-Headers": "authorization,if-match"}


def _said(headers: object) -> dict[str, str]:
    return {name: value for name, value in dict(headers).items() if name.startswith(CORS)}  # type: ignore[call-overload]


async def test_nobody_is_let_in_by_default(hub: Hub) -> None:
    for headers in ({"Origin": PARTNER}, {"Origin": ORIGIN}, _asks(PARTNER)):
        answer = await hub.call("OPTIONS" if len(headers) > 1 else "GET", MAP, headers=headers)
        assert _said(answer.headers) == {}
        assert "Origin" not in answer.headers.get("Vary", "")


async def test_a_listed_site_is_told_what_it_may_send(open_hub: Hub) -> None:
    answer = await open_hub.call("OPTIONS", "/api/v1/facilities/1", headers=_asks(PARTNER))
    assert (answer.status, answer.body) == (204, b"")
    said = _said(answer.headers)
    assert said[f"{CORS}Allow-Origin"] == PARTNER
    assert said[f"{CORS}Allow-Credentials"] == "true"
    assert {"GET", "PATCH", "DELETE"} <= set(said[f"{CORS}Allow-Methods"].split(", "))
    taken = {name.lower() for name in said[f"{CORS}Allow-Headers"].split(", ")}
    assert {"authorization", "content-type", "if-match", "idempotency-key", "x-hub-csrf"} <= taken
    assert 0 < int(said[f"{CORS}Max-Age"]) <= 7_200
    assert answer.headers["Vary"] == "Origin"


async def test_a_listed_site_may_read_answers_and_refusals(open_hub: Hub, database: str) -> None:
    world = await build_world(open_hub, database)
    for token, status in ((world.tokens["DP"], 200), (None, 401)):
        answer = await open_hub.call("GET", MAP, token=token, headers={"Origin": PARTNER})
        assert answer.status == status
        said = _said(answer.headers)
        assert said[f"{CORS}Allow-Origin"] == PARTNER
        shown = {name.strip() for name in said[f"{CORS}Expose-Headers"].split(",")}
        assert {"ETag", "Location", "Retry-After"} <= shown
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize("origin", [STRANGER, "null", "*", "https://partner.example:8443", "http://partner.example"])
async def test_any_other_site_is_told_nothing(open_hub: Hub, origin: str) -> None:
    for method, headers in (("OPTIONS", _asks(origin)), ("GET", {"Origin": origin})):
        answer = await open_hub.call(method, MAP, headers=headers)
        assert _said(answer.headers) == {}
        assert answer.headers["Vary"] == "Origin", "a cache must not give one site's answer to another"


async def test_pages_and_assets_are_not_for_other_sites(open_hub: Hub) -> None:
    for path in ("/live", "/api", "/nothing"):
        assert _said((await open_hub.call("GET", path, headers={"Origin": PARTNER})).headers) == {}


@pytest.mark.parametrize("value", ["*", "https://*.example", "https://partner.example/", "partner.example", "null"])
def test_an_origin_is_named_in_full_or_not_taken(value: str) -> None:
    with pytest.raises(ConfigError, match="CORS_ORIGINS"):
        load(None, env={"AROGYA_SERVER__CORS_ORIGINS": value})


async def test_https_is_to_be_kept_where_it_is_spoken(database: str) -> None:
    proxied = replace(SETTINGS, trusted_proxies=("127.0.0.1/32",))
    async with running(database, settings=proxied) as hub:
        for said, kept in (({"X-Forwarded-Proto": "https"}, True), ({"X-Forwarded-Proto": "http"}, False), ({}, False)):
            answer = await hub.call("GET", "/live", headers=said)
            assert ("Strict-Transport-Security" in answer.headers) is kept
    async with running(database) as hub:
        answer = await hub.call("GET", "/live", headers={"X-Forwarded-Proto": "https"})
        assert "Strict-Transport-Security" not in answer.headers, "anybody can say so"
