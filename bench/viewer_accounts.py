"""The dispatchers of a benchmark: accounts in the database, and real sign-ins over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import orjson

from bench.broken import Broken
from bench.hub import HubUnderTest
from storage.passwords import Passwords

WINDOWS = 5  # viewers that one dispatcher opens: as many as the hub allows
PATIENCE_S = 60.0  # with a hub that says it is asked too often
AT_ONCE = 4  # sign-ins: each costs the hub 19 ms of a core


async def make_dispatchers(dsn: str, count: int) -> tuple[list[str], str]:
    """Insert dispatchers of a facility of their own; returns their e-mail addresses and the password of all."""
    prefix, password = f"bench-{secrets.token_hex(3)}", secrets.token_urlsafe()
    hashed = await Passwords().hash(password)
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            facility_id = await connection.fetchval(
                "INSERT INTO facilities (name, type) VALUES ($1, 'hospital') RETURNING id", prefix
            )
            rows = await connection.fetch(
                "INSERT INTO users (name, email, password, role) "
                "SELECT 'Dispatcher ' || n, $1 || '-' || n || '@bench.example', $2, 'staff' "
                "FROM generate_series(1, $3::int) AS n RETURNING id, email",
                prefix,
                hashed,
                count,
            )
            await connection.execute(
                "INSERT INTO staff (id, facility_id, role, duty) "
                "SELECT id, $1, 'receptionist', 'dispatcher' FROM unnest($2::uuid[]) AS id",
                facility_id,
                [row["id"] for row in rows],
            )
    finally:
        await connection.close()
    return [row["email"] for row in rows], password


def sign_in(hub: HubUnderTest, email: str, password: str) -> str:
    """Sign in as an app and return the access token; waits where the hub asks for it, raises `Broken` when refused."""
    body = orjson.dumps({"email": email, "password": password, "client": "app"})
    deadline = time.monotonic() + PATIENCE_S
    while True:
        connection = http.client.HTTPConnection(hub.host, hub.port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            connection.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            content = answer.read()
        if answer.status == 201:
            token: str = orjson.loads(content)["access_token"]
            return token
        if answer.status != 429 or time.monotonic() > deadline:
            raise Broken(f"a sign-in was answered with {answer.status}: {content.decode()}")
        time.sleep(float(answer.headers["Retry-After"]))


async def viewer_tokens(hub: HubUnderTest, viewers: int) -> list[str]:
    """Return an access token for each viewer: dispatchers sign in, and each opens as many windows as it may."""
    emails, password = await make_dispatchers(hub.dsn, -(-viewers // WINDOWS))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tokens = list(pool.map(lambda email: sign_in(hub, email, password), emails))
    return [token for token in tokens for _ in range(WINDOWS)][:viewers]
