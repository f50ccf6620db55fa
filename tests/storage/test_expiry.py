"""What is older than its retention goes; what is younger stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import asyncpg

from storage import expiry
from storage.pool import Database

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

NOW = datetime.now(UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)


async def test_old_dead_letters_go_and_young_ones_stay(owner_pool: Database, superuser: Connection) -> None:
    device = await superuser.fetchval("INSERT INTO devices (kind, name) VALUES ('tablet', 'one') RETURNING id")
    await superuser.execute("INSERT INTO ambulances (plate_number) VALUES ('A 1')")
    stream = await superuser.fetchval(
        "INSERT INTO streams (device_id, log_id, kind, ambulance_id)"
        " SELECT $1, md5('a'), 'fixes', id FROM ambulances RETURNING id",
        device,
    )
    for seq, moment in ((1, OLD), (2, OLD), (3, YOUNG)):
        await superuser.execute(
            "INSERT INTO dead_letters (stream_id, seq, received_at, code, detail, body)"
            " VALUES ($1, $2, $3, 'invalid_value', '', '')",
            stream,
            seq,
            moment,
        )
    assert await expiry.remove_dead_letters(owner_pool, NOW - timedelta(days=30)) == 2
    assert await superuser.fetchval("SELECT seq FROM dead_letters") == 3


async def test_ended_sign_ins_go_with_their_tokens(owner_pool: Database, superuser: Connection) -> None:
    user = await superuser.fetchval(
        "INSERT INTO users (name, email, password, role) VALUES ('A', 'a@example.org', 'x', 'admin') RETURNING id"
    )
    for number, ended in enumerate((OLD, YOUNG)):
        session = await superuser.fetchval(
            "INSERT INTO sessions (user_id, client, created_at, expires_at, ended_at, end_reason)"
            " VALUES ($1, 'app', $2::timestamptz, $2 + interval '1 day', $2 + interval '1 minute', 'logout')"
            " RETURNING id",
            user,
            ended,
        )
        await superuser.execute(
            "INSERT INTO session_tokens (hash, session_id, kind, created_at, expires_at)"
            " VALUES (sha256($1), $2, 'access', $3::timestamptz, $3 + interval '1 hour')",
            bytes([number]),
            session,
            ended,
        )
    assert await expiry.remove_sessions(owner_pool, NOW - timedelta(days=30)) == 1
    assert await superuser.fetchval("SELECT count(*) FROM session_tokens") == 1
