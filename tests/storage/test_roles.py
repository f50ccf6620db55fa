"""What each database role may see and do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from storage.pool import APP, INGEST, READER
from tests.storage import world
from tests.storage.world import Connection

AsRole = Callable[[str], Awaitable[Connection]]


@pytest.fixture
def as_role(superuser: Connection) -> AsRole:
    """Turns the superuser's connection into a role."""

    async def become(role: str) -> Connection:
        await superuser.execute(f"SET ROLE {role}")
        return superuser

    return become


async def test_the_reader_never_sees_a_password(superuser: Connection, as_role: AsRole) -> None:
    await world.user(superuser)
    reader = await as_role(READER)
    assert await reader.fetchval("SELECT count(email) FROM users") == 1
    for query in ("SELECT password FROM users", "SELECT * FROM users", "SELECT to_jsonb(u) FROM users u"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.fetch(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT hash FROM session_tokens",
        "SELECT hash FROM device_secrets",
        "SELECT claim_hash FROM devices",
        "SELECT * FROM ws_tickets",
        "SELECT * FROM activation_links",
        "SELECT * FROM idempotency_keys",
        "SELECT * FROM totp_secrets",
        "SELECT * FROM second_factor_codes",
        "SELECT * FROM workstations",
    ],
)
@pytest.mark.parametrize("role", [READER, INGEST])
async def test_neither_reader_nor_ingest_sees_a_hash_of_a_secret(as_role: AsRole, role: str, query: str) -> None:
    connection = await as_role(role)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch(query)


async def test_the_reader_can_write_nothing(superuser: Connection) -> None:
    rights = await superuser.fetch(
        """
        SELECT c.relname, privilege
        FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
          AND (has_table_privilege($1, c.oid, privilege)
               OR privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege($1, c.oid, privilege))
        """,
        READER,
    )
    assert rights == []


async def test_the_reader_can_read_every_table_but_those_of_secrets(superuser: Connection) -> None:
    closed = await superuser.fetch(
        """
        SELECT relname FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND NOT relispartition
          AND NOT has_any_column_privilege($1, oid, 'SELECT') ORDER BY relname
        """,
        READER,
    )
    assert [row["relname"] for row in closed] == [
        *("activation_links", "idempotency_keys", "second_factor_codes", "totp_secrets", "workstations", "ws_tickets"),
    ]


async def test_ingest_writes_what_devices_send_and_nothing_else(superuser: Connection) -> None:
    rights = await superuser.fetch(
        """
        SELECT relname FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
          AND (has_any_column_privilege($1, oid, 'INSERT') OR has_any_column_privilege($1, oid, 'UPDATE')) ORDER BY 1
        """,
        INGEST,
    )
    assert [row["relname"] for row in rights] == [
        "alarms",
        "ambulance_positions",
        "ambulances",
        "dead_letters",
        "device_commands",
        "motion_counters",
        "motion_frames",
        "motion_repetitions",
        "stream_skips",
        "streams",
    ]


async def test_ingest_moves_an_ambulance_but_not_its_status(superuser: Connection, as_role: AsRole) -> None:
    await world.ambulance(superuser)
    ingest = await as_role(INGEST)
    await ingest.execute("UPDATE ambulances SET current_location = point(77, 12), location_fix_at = now()")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ingest.execute("UPDATE ambulances SET status = 'offline'")


async def test_handlers_cannot_rewrite_telemetry_marks_or_the_audit_log(as_role: AsRole) -> None:
    app = await as_role(APP)
    for change in (
        "DELETE FROM ambulance_positions",
        "UPDATE streams SET last_seq = 0",
        "DELETE FROM audit_log",
        "UPDATE audit_seals SET hash = ''",
        "DELETE FROM users",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.execute(change)


async def test_everything_belongs_to_the_owner_role(superuser: Connection) -> None:
    owners = await superuser.fetch(
        "SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    )
    assert [row["owner"] for row in owners] == ["arogya_owner"]


async def test_booking_as_a_handler_needs_no_right_on_engagements(superuser: Connection, as_role: AsRole) -> None:
    people = {"patient_id": await world.patient(superuser), "doctor_id": await world.doctor(superuser)}
    place = await world.facility(superuser)
    app = await as_role(APP)
    await world.appointment(app, facility_id=place, **people)
    assert await app.fetchval("SELECT count(*) FROM engagements") == 2
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("DELETE FROM engagements")
