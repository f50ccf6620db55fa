"""The cells of reading: every row by itself, and every list, for everybody who asks."""

from __future__ import annotations

from collections.abc import Iterator

from tests.access import page
from tests.access.asking import API, Cell, marks_of
from tests.access.oracle import Oracle
from tests.access.people import ASKING, Caller, Nobody
from tests.access.rows import Row
from tests.access.world import World

MISSING = {"uuid": "00000000-0000-4000-8000-000000000000", "bigint": "999999"}
NUMBERED = ("ambulances", "devices")


def missing_id(table: str) -> str:
    """Return an id that no row of a table has."""
    return MISSING["bigint" if table in NUMBERED else "uuid"]


def refusal(who: Caller) -> int:
    """Return what is answered where the matrix has nothing at all for a caller."""
    return 401 if isinstance(who, Nobody) else 403


def read_one(oracle: Oracle, who: Caller, row: Row) -> Cell:
    """Return the cell of one row."""
    action, path = f"{row.table}.R", f"{API}/{row.table}/{row.id}"
    if not oracle.asked(who, action):
        return Cell(action, who, repr(row), "GET", path, (refusal(who),))
    fields = oracle.visible(who, row)
    if not fields:
        return Cell(action, who, repr(row), "GET", path, (404,), "not_found")
    return Cell(action, who, repr(row), "GET", path, (200,), fields=fields, marks=marks_of(row, fields))


def read_missing(oracle: Oracle, who: Caller, table: str) -> Cell:
    """Return the cell of a row that is not there."""
    action = f"{table}.R"
    status = 404 if oracle.asked(who, action) else refusal(who)
    return Cell(action, who, f"{table}/missing", "GET", f"{API}/{table}/{missing_id(table)}", (status,))


def read_list(oracle: Oracle, who: Caller, table: str, asked: str = "limit=200") -> Cell:
    """Return the cell of a whole list."""
    action, path = f"{table}.R", f"{API}/{table}?{asked}"
    if not oracle.asked(who, action):
        return Cell(action, who, f"{table} list", "GET", path, (refusal(who),))
    seen = {row: fields for row in oracle.world.of(table) if (fields := oracle.visible(who, row))}
    marks = frozenset[str]().union(*(marks_of(row, fields) for row, fields in seen.items()))
    ids = frozenset(str(row.id) for row in seen)
    return Cell(action, who, f"{table} list", "GET", path, (200,), ids=ids, marks=marks)


def readings(oracle: Oracle, who: Caller) -> Iterator[Cell]:
    """Yield the cells of what sensors measured, which is read by session."""
    for session in oracle.world.of("physio_sessions"):
        path = f"{API}/joint_motion_logs?session_id={session.id}"
        about = f"{session}'s readings"
        if not oracle.asked(who, "joint_motion_logs.R"):
            yield Cell("joint_motion_logs.R", who, about, "GET", path, (refusal(who),))
            continue
        of_it = [row for row in oracle.world.of("joint_motion_logs") if row["session_id"] == session.id]
        ids = frozenset(str(row.id) for row in of_it if oracle.visible(who, row))
        yield Cell("joint_motion_logs.R", who, about, "GET", path, (200,), ids=ids)


def reads_of(oracle: Oracle, who: Caller, table: str) -> Iterator[Cell]:
    """Yield one caller's cells of a table."""
    if table == "joint_motion_logs":
        yield from readings(oracle, who)
        return
    yield read_missing(oracle, who, table)
    yield read_list(oracle, who, table)
    for row in oracle.world.of(table):
        yield read_one(oracle, who, row)


def reads(oracle: Oracle, tables: tuple[str, ...]) -> Iterator[Cell]:
    """Yield all of them."""
    for table in tables:
        for who in ASKING:
            yield from reads_of(oracle, who, table)


def readable(world: World) -> tuple[str, ...]:
    """Return the tables that somebody may read, of those that have rows here."""
    return tuple(table for table in page.fields() if page.has(f"{table}.R") and table in world.by_table)
