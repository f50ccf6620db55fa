"""The API's page for people: whole, linked within itself, and without a script."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from handlers.context import HttpSettings
from handlers.openapi import markup
from handlers.openapi.document import document
from handlers.openapi.page import STYLE, page, policy
from handlers.openapi.words import CODES, SCOPES, introduction
from handlers.routes import ROUTES
from hub.access import policy as access
from tests.handlers.rig import Hub

THEME = Path(__file__).resolve().parents[2] / "web" / "src" / "styles" / "theme.css"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(ROUTES, version="1", settings=HttpSettings())


@pytest.fixture(scope="module")
def html(described: dict[str, Any]) -> str:
    return page(described, introduction(HttpSettings()))


def test_every_operation_and_type_is_on_it_and_every_link_leads_somewhere(described: dict[str, Any], html: str) -> None:
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    operations = [operation for methods in described["paths"].values() for operation in methods.values()]
    assert {operation["operationId"] for operation in operations} <= set(ids)
    assert {f"type-{name}" for name in described["components"]["schemas"]} <= set(ids)
    assert html.count("<figcaption>With curl</figcaption>") == len(operations) + 1


def test_every_code_and_scope_of_the_matrix_has_words() -> None:
    assert set(CODES) == set(access.CODES)
    assert set(SCOPES) == {str(scope) for scope in access.Scope}


def test_nothing_in_it_runs_and_its_policy_names_its_style_alone(html: str) -> None:
    assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:|<img|<link", html)
    assert html.count("<style>") == 1
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    assert policy().startswith("default-src 'none'; ")
    assert f"style-src 'sha256-{digest}'" in policy()
    assert "</" not in STYLE


def test_its_colours_are_the_product_s() -> None:
    theme = THEME.read_text()
    used = set(re.findall(r"#[0-9a-f]{6}", STYLE))
    assert len(used - set(re.findall(r"#[0-9a-f]{6}", theme))) <= 3, "colours that the theme does not have"


def test_words_are_escaped() -> None:
    assert markup.text("a < b & `c > d`") == "a &lt; b &amp; <code>c &gt; d</code>"
    assert markup.attribute('"><script>') == "&quot;&gt;&lt;script&gt;"
    assert "<b>" not in markup.block("<b>", '"<b>')


async def test_the_hub_serves_it_packed_and_once(hub: Hub) -> None:
    plain = await hub.call("GET", "/api", headers={"Accept-Encoding": "identity"})
    assert (plain.status, plain.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert plain.headers["Content-Security-Policy"] == policy()
    assert plain.body.startswith(b"<!doctype html>")
    packed = await hub.raw(b"GET /api HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
    head, _, body = packed.partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head and b"Vary: Accept-Encoding" in head
    assert gzip.decompress(body) == plain.body
    again = await hub.call("GET", "/api", headers={"If-None-Match": plain.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
