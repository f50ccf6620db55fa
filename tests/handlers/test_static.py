"""The web pages as a browser asks for them."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from aiohttp.typedefs import Handler

from handlers import problem
from handlers.middleware import add_headers
from handlers.static import PAGE_PATHS, add_pages, content_security_policy
from hub.errors import HubError

Browser = TestClient[web.Request, web.Application]
AiohttpClient = Callable[[web.Application], Awaitable[Browser]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small build of the pages, with something beside it that is none of a browser's business."""
    pages = tmp_path / "pages"
    (pages / "assets" / "deeper").mkdir(parents=True)
    (pages / "index.html").write_text("<!doctype html><title>t</title>")
    (pages / "assets" / "main-ABCDEFGH.js").write_text("let plain = 1;")
    (pages / "assets" / "main-ABCDEFGH.js.gz").write_bytes(b"packed")
    (pages / "assets" / ".hidden").write_text("hidden")
    (pages / "assets" / "keeper-ABCDEFGH.js").write_text("let kept = 1;")
    (pages / "assets" / "deeper" / "x.js").write_text("deep")
    (tmp_path / "secret.txt").write_text("secret")
    return pages


@web.middleware
async def boundary(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The hub's boundary without its log and metrics, which need a whole hub."""
    try:
        return await handler(request)
    except (HubError, web.HTTPException) as refusal:
        return problem.response(refusal, "request")


@pytest.fixture
async def browser(folder: Path, aiohttp_client: AiohttpClient) -> Browser:
    """A client of an application that serves `folder`, behind a boundary."""
    application = web.Application(middlewares=[boundary])
    application.on_response_prepare.append(add_headers)
    add_pages(application, tile_origin="https://tile.example.org", folder=folder)
    return await aiohttp_client(application)


async def test_the_page_has_a_strict_policy_and_is_asked_for_again_each_time(browser: Browser) -> None:
    answer = await browser.get("/")
    assert answer.status == 200
    assert answer.content_type == "text/html"
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert policy == content_security_policy("https://tile.example.org")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    again = await browser.get("/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304


def test_the_policy_allows_this_origin_and_the_tiles_images_alone() -> None:
    directives = dict(part.split(" ", 1) for part in content_security_policy("https://tile.example.org").split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert directives["img-src"] == "'self' data: https://tile.example.org"
    assert "example" not in content_security_policy(None)


async def test_an_asset_is_kept_for_ever_and_comes_packed_to_who_can_unpack(browser: Browser) -> None:
    plain = await browser.get("/assets/main-ABCDEFGH.js", headers={"Accept-Encoding": "identity"})
    assert plain.content_type == "text/javascript"
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert await plain.text() == "let plain = 1;"
    packed = await browser.head("/assets/main-ABCDEFGH.js", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content_type == "text/javascript"
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/.hidden",
        "/assets/deeper",
        "/assets/deeper/x.js",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/main-ABCDEFGH.js%00",
        "/index.html",
    ],
)
async def test_anything_else_is_not_found(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert answer.status == 404
    assert answer.content_type == "application/problem+json"


async def test_pages_that_are_not_built_say_how_to_build_them(browser: Browser, folder: Path) -> None:
    (folder / "index.html").unlink()
    answer = await browser.get("/")
    assert answer.status == 503
    assert "make web" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGE_PATHS)
async def test_every_page_is_the_one_document(browser: Browser, path: str) -> None:
    answer = await browser.get(path.replace("{id}", "7c1e"))
    assert answer.status == 200
    assert "<title>t</title>" in await answer.text()
    assert "Content-Security-Policy" in answer.headers


async def test_what_is_no_page_is_not_found(browser: Browser) -> None:
    for path in ("/peoples", "/people/7/8", "/people/", "/record/7"):
        assert (await browser.get(path)).status == 404


def test_the_pages_know_the_same_addresses() -> None:
    routes = Path(__file__).resolve().parents[2] / "web" / "src" / "shell" / "routes.tsx"
    assert set(re.findall(r'path: "([^"]+)"', routes.read_text(encoding="utf-8"))) == set(PAGE_PATHS)


async def test_the_service_worker_may_look_after_the_page_of_the_tablet_alone(browser: Browser) -> None:
    keeper = await browser.get("/assets/keeper-ABCDEFGH.js")
    assert keeper.headers["Service-Worker-Allowed"] == "/tablet"
    assert "connect-src 'self'" in keeper.headers["Content-Security-Policy"]
    assert "Service-Worker-Allowed" not in (await browser.get("/assets/main-ABCDEFGH.js")).headers
