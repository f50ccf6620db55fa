"""A hub with a crowd of moving ambulances in every state, and Chromium in front of it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from playwright.async_api import Browser, async_playwright

from bench import viewer_accounts
from bench.worker import Worker, working

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--disable-gpu", "--disable-background-networking", "--no-first-run"]
CITY = [18.40, 73.70, 18.66, 74.02]  # south, west, north, east
# Statuses as a busy service has them, by ambulance number modulo the length.
STATUSES = (
    ["available"] * 9
    + ["dispatched", "en_route", "en_route", "on_scene", "transporting", "at_hospital"]
    + ["out_of_service"]
)
OPTIONS: dict[str, dict[str, object]] = {
    "auth": {"totp": "off"},
    "limits": {"login_per_network_per_minute": 100_000, "api_per_s": 1_000, "api_burst": 10_000},
}


@dataclass(frozen=True, slots=True)
class Crowd:
    """A running hub that moves its own fleet once a second each."""

    url: str
    email: str  # of a dispatcher
    password: str
    ids: list[int]  # of its ambulances
    mover: Worker  # takes `go` and `stop`


@contextlib.asynccontextmanager
async def crowd(dsn: str, size: int) -> AsyncIterator[Crowd]:
    """Put `size` ambulances and a dispatcher into a migrated database and let a hub of its own move them."""
    ids = await insert_ambulances(dsn, size)
    (email,), password = await viewer_accounts.make_dispatchers(dsn, 1)
    port = free_port()  # browsers come from an origin that the hub knows beforehand
    options = OPTIONS | {"server": {"port": port}}
    with working("mover", {"dsn": dsn, "options": options, "ids": ids, "area": CITY, "port": port}) as mover:
        url = f"http://127.0.0.1:{mover.report()['port']}"
        mover.tell("go")
        yield Crowd(url, email, password, ids, mover)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


async def insert_ambulances(dsn: str, size: int) -> list[int]:
    """Insert ambulances in all statuses; returns their ids."""
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(
            "INSERT INTO ambulances (plate_number, driver_name, status) "
            "SELECT 'MH-14-' || lpad(n::text, 4, '0'), 'Driver ' || n, ($2::text[])[1 + n % $3::int] "
            "FROM generate_series(1, $1::int) AS n RETURNING id",
            size,
            STATUSES,
            len(STATUSES),
        )
    finally:
        await connection.close()
    return [row["id"] for row in rows]


@contextlib.asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium without a screen, drawing in software."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags())
        yield browser
        await browser.close()


def flags() -> list[str]:
    """Return Chromium's command line; root has no sandbox."""
    return [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
