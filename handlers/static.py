"""The built web pages and their hashed assets, with the headers that keep a browser strict."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

from aiohttp import web

from hub import errors

PAGES: Final = Path(__file__).resolve().parent / "pages"

# The addresses that the one document answers to; which page it then shows is its own affair (web/src/shell/routes.tsx).
PAGE_PATHS: Final = (
    *("/", "/dispatch", "/dispatch/report"),
    *("/people", "/people/{id}", "/appointments", "/appointments/{id}", "/doctors", "/doctors/{id}"),
    *("/facilities", "/facilities/{id}", "/devices", "/inbox", "/audit", "/record", "/profile"),
    *("/tablet", "/call", "/requests/{id}", "/exercise"),
    *("/physio", "/physio/sessions/{id}", "/plans", "/plans/{id}"),
)

# An asset's name carries the hash of its content (web/build.py), so it never changes: RFC 8246.
FOR_EVER: Final = "public, max-age=31536000, immutable"

# Said here and not guessed: the guess depends on the machine, and `nosniff` makes a wrong one fatal.
CONTENT_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}

COMMON_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# The tablet's service worker (web/src/tablet/keeper.ts) may look after that one page, above its own folder.
KEEPER: Final = "keeper-"
KEEPER_HEADERS: Final = {
    "Service-Worker-Allowed": "/tablet",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'",  # a worker has its script's, not its page's
}

# What is not built yet is said in words; a blank page would not say what to do.
NOT_BUILT: Final = "The web pages are not built: run `make web`, or install a release.\n"


def content_security_policy(tile_origin: str | None) -> str:
    """Return the pages' Content-Security-Policy: this origin only, and map tiles' images from `tile_origin`.

    `tile_origin` is a scheme and host such as `https://tile.example.org` or `https://*.example.org` (W3C CSP 3).
    Trusted types stay off: Leaflet 1.9 tries out the browser with markup of its own when it is loaded.
    """
    images = "'self' data:" if tile_origin is None else f"'self' data: {tile_origin}"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        f"img-src {images}; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def page_headers(tile_origin: str | None) -> dict[str, str]:
    """Return the headers of the document itself; it is asked for again each time, so that a build is seen."""
    return {
        **COMMON_HEADERS,
        "Cache-Control": "no-cache",
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(tile_origin),
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
        "X-Frame-Options": "DENY",
    }


class Pages:
    """Serves one folder of built pages."""

    def __init__(self, folder: Path, *, tile_origin: str | None) -> None:
        self.folder = folder  # holds index.html and assets/; may be built, or built anew, while the hub runs
        self.headers = page_headers(tile_origin)  # of the document

    async def index(self, _http_request: web.Request) -> web.StreamResponse:
        """Answer every address of `PAGE_PATHS` with the one document."""
        page = self.folder / "index.html"
        if not await asyncio.to_thread(page.is_file):
            return web.Response(status=503, text=NOT_BUILT, headers={**COMMON_HEADERS, "Cache-Control": "no-store"})
        return web.FileResponse(page, headers=self.headers)

    async def asset(self, http_request: web.Request) -> web.StreamResponse:
        """Answer `/assets/{name}`; raises `NotFound` for anything that is not a plain file name there."""
        name = http_request.match_info["name"]
        asset = self.folder / "assets" / name
        if asset.name != name or name.startswith(".") or not await asyncio.to_thread(asset.is_file):
            raise errors.NotFound
        kind = CONTENT_TYPES.get(asset.suffix, "application/octet-stream")
        headers = {**COMMON_HEADERS, "Cache-Control": FOR_EVER, "Content-Type": kind}
        if name.startswith(KEEPER):
            headers |= KEEPER_HEADERS
        return web.FileResponse(asset, headers=headers)


def add_pages(app: web.Application, *, tile_origin: str | None, folder: Path = PAGES) -> None:
    """Add `PAGE_PATHS` and `/assets/{name}` to `app`; map tiles may come from `tile_origin` too."""
    pages = Pages(folder, tile_origin=tile_origin)
    for path in PAGE_PATHS:
        app.router.add_get(path, pages.index)
    app.router.add_get("/assets/{name}", pages.asset, name="asset")
