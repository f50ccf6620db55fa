"""What driver exceptions mean, with the exceptions of a real server."""

from __future__ import annotations

import asyncio
import functools
import gc
import io
import struct
from typing import Any

import asyncpg
import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from storage.errors import (
    Conflict,
    Denied,
    MissingPartition,
    Poison,
    StorageError,
    Unavailable,
    forgotten,
    translate,
    translated,
)
from storage.pool import READER
from tests.faults.rig import faults
from tests.faults.rig.checker import wait_until
from tests.faults.rig.proxy import FaultProxy
from tests.storage import world
from tests.storage.world import Connection


async def _raised(connection: Connection, sql: str, *arguments: object) -> StorageError:
    with pytest.raises(StorageError) as caught, translated():
        await connection.fetch(sql, *arguments)
    assert caught.value.__cause__ is not None
    return caught.value


async def test_a_duplicate_is_a_conflict_that_names_its_constraint(superuser: Connection) -> None:
    await world.ambulance(superuser)
    error = await _raised(superuser, "INSERT INTO ambulances (plate_number) SELECT plate_number FROM ambulances")
    assert isinstance(error, Conflict)
    assert error.constraint == "ambulances_plate_number_key"


async def test_a_double_booking_is_a_conflict_that_names_its_constraint(superuser: Connection) -> None:
    doctor = await world.doctor(superuser)
    await world.appointment(superuser, doctor_id=doctor)
    with pytest.raises(Conflict, match="appointments_doctor_free"), translated():
        await world.appointment(superuser, doctor_id=doctor)


async def test_a_missing_parent_is_a_conflict(superuser: Connection) -> None:
    error = await _raised(superuser, "INSERT INTO patients (id) VALUES (gen_random_uuid())")
    assert isinstance(error, Conflict)
    assert error.constraint == "patients_id_fkey"


@pytest.mark.parametrize(
    ("sql", "constraint", "code"),
    [
        ("INSERT INTO facilities (name, type) VALUES ('x', 'school')", "facilities_type_check", "23514"),
        ("INSERT INTO facilities (type) VALUES ('clinic')", "", "23502"),
        ("SELECT 1 / 0", "", "22012"),
        ("SELECT 'x'::int", "", "22P02"),
    ],
)
async def test_a_value_that_never_fits_is_poison(superuser: Connection, sql: str, constraint: str, code: str) -> None:
    error = await _raised(superuser, sql)
    assert isinstance(error, Poison)
    assert (error.constraint, error.code, error.line) == (constraint, code, None)


async def test_an_argument_of_the_wrong_kind_is_poison(superuser: Connection) -> None:
    assert isinstance(await _raised(superuser, "SELECT $1::int", "one"), Poison)


async def test_poison_in_a_binary_copy_names_its_row(superuser: Connection) -> None:
    rows = [_position(seq, latitude=12.0 if seq != 1500 else 91.0) for seq in range(1, 2001)]
    binary = b"PGCOPY\n\xff\r\n\0" + bytes(8) + b"".join(rows) + b"\xff\xff"
    with pytest.raises(Poison) as caught, translated():
        await superuser.copy_to_table("ambulance_positions", source=io.BytesIO(binary), format="binary")
    assert (caught.value.table, caught.value.line) == ("ambulance_positions", 1500)
    assert caught.value.constraint == "ambulance_positions_place"


@pytest.mark.parametrize("word", ["line", "Zeile", "ligne", "línea", "строка", "行"])
def test_a_server_that_speaks_another_language_names_the_row_too(word: str) -> None:
    error = asyncpg.CheckViolationError("")
    error.constraint_name, error.context = "place", f"COPY ambulance_positions, {word} 7: «...»"
    poison = translate(error)
    assert isinstance(poison, Poison)
    assert (poison.table, poison.line) == ("ambulance_positions", 7)


async def test_a_row_without_a_partition_is_not_poison(superuser: Connection) -> None:
    sql = "INSERT INTO motion_frames VALUES (1, 1, '1970-01-02', now(), 0, '{}', '{1}')"
    assert isinstance(await _raised(superuser, sql), MissingPartition)


async def test_a_statement_that_ran_out_of_time_may_be_tried_again(superuser: Connection) -> None:
    await superuser.execute("SET statement_timeout = '50ms'")
    assert isinstance(await _raised(superuser, "SELECT pg_sleep(5)"), Unavailable)


async def test_a_lock_that_is_not_got_in_time_may_be_tried_again(superuser: Connection, database: str) -> None:
    other = await asyncpg.connect(database)
    await other.execute("SET lock_timeout = '50ms'")
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE users")
        assert isinstance(await _raised(other, "SELECT count(*) FROM users"), Unavailable)
    await other.close()


async def test_a_killed_backend_is_a_server_that_is_away(superuser: Connection, database: str) -> None:
    other = await asyncpg.connect(database)
    await superuser.execute("SELECT pg_terminate_backend($1)", other.get_server_pid())
    assert isinstance(await _raised(other, "SELECT 1"), Unavailable)
    assert isinstance(await _raised(other, "SELECT 1"), Unavailable)


async def test_a_right_that_is_missing_is_denied(superuser: Connection) -> None:
    await superuser.execute(f"SET ROLE {READER}")
    assert isinstance(await _raised(superuser, "DELETE FROM users"), Denied)


async def test_a_server_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable), translated():
        await asyncpg.connect("postgresql://nobody@/none?host=/nowhere")


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError(), asyncpg.InterfaceError("closed")])
def test_lost_connections_and_timeouts_are_unavailable(error: Exception) -> None:
    assert isinstance(translate(error), Unavailable)


def test_what_is_ours_stays_as_it_is() -> None:
    error = Conflict("some_key")
    assert translate(error) is error
    with pytest.raises(ZeroDivisionError), translated():
        _ = 1 / 0


def _position(seq: int, latitude: float) -> bytes:
    """Encode one row of ambulance_positions, received now."""
    now = world.now_us()
    nan = struct.pack("!if", 4, float("nan"))
    columns = [struct.pack("!iq", 8, value) for value in (1, seq, now, 1, now, now)]
    columns += [
        struct.pack("!id", 8, latitude),
        struct.pack("!id", 8, 77.0),
        nan,
        nan,
        nan,
        nan,
        struct.pack("!ii", 4, 0),
    ]
    return struct.pack("!h", len(columns)) + b"".join(columns)


async def test_the_future_that_the_driver_forgets_is_known_from_others(
    cluster: EmbeddedPostgres, database: str, superuser: Connection
) -> None:
    loop = asyncio.get_running_loop()
    complaints: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: complaints.append(context))
    name = database.split("?")[0].rsplit("/", 1)[1]
    async with FaultProxy(str(cluster.socket_dir / ".s.PGSQL.5432")).run() as proxy:
        doomed = await asyncpg.connect(f"postgresql://postgres@127.0.0.1:{proxy.port}/{name}?sslmode=disable")
        await doomed.execute("CREATE TEMP TABLE copied (a int)")
        proxy.set(down=faults.StopReading())  # one more chunk comes: the last word of the server, and not its end
        await superuser.execute("SELECT pg_terminate_backend($1)", doomed.get_server_pid())
        await wait_until(functools.partial(_is_gone, superuser, doomed.get_server_pid()), 10, "the backend's end")
        await asyncio.sleep(0.1)  # its last word has passed the proxy
        with pytest.raises(Unavailable), translated():
            await doomed.copy_to_table("copied", source=bytearray(b"1\n"), format="text")  # type: ignore[arg-type]
        doomed.terminate()
        del doomed
        await asyncio.sleep(0)
        gc.collect()
    for future in (loop.create_future(), asyncio.ensure_future(asyncio.sleep(0))):
        assert not forgotten({"future": future, "exception": OSError()})
    (complaint,) = [each for each in complaints if "future" in each]
    assert forgotten(complaint)


async def _is_gone(superuser: Connection, pid: int) -> bool:
    return not await superuser.fetchval("SELECT count(*) FROM pg_stat_activity WHERE pid = $1", pid)
