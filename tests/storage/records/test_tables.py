"""What is declared of each table is what the database and the access matrix say of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from hub.access.policy import RULES
from hub.access.reach import reach_of
from storage.records import catalog, kinds
from storage.records.entity import Column, Entity
from storage.records.joints import JOINTS
from storage.records.reach import predicate
from tests.storage.world import Connection

TABLES = (
    *("users", "patients", "doctors", "staff", "facilities", "doctor_facilities", "doctor_schedules", "appointments"),
    *("ambulances", "ambulance_requests", "physio_sessions", "joint_motion_logs", "workout_plans", "plan_exercises"),
    *("rehab_progress", "transactions", "messages", "notifications"),
)
TYPES: Mapping[kinds.Kind, set[str]] = {
    kinds.TEXT: {"text", "citext", "inet"},
    kinds.INTEGER: {"integer", "smallint"},
    kinds.BIGINT: {"bigint"},
    kinds.NUMBER: {"real", "double precision"},
    kinds.MONEY: {"numeric(12,2)"},
    kinds.BOOLEAN: {"boolean"},
    kinds.KEY: {"uuid"},
    kinds.DATE: {"date"},
    kinds.TIME: {"time without time zone"},
    kinds.MOMENT: {"timestamp with time zone"},
    kinds.PLACE: {"point"},
    kinds.TEXTS: {"text[]"},
    kinds.DOCUMENT: {"jsonb"},
}
# What no record shows: secrets, and what the database and the hub keep for themselves. A new column is either declared
# or named here.
KEPT_INSIDE: Mapping[str, set[str]] = {
    "users": {"password", "pseudonymised_at"},
    "appointments": {"during", "overbook_reason"},
    "ambulances": {
        *("current_location", "location_fix_at", "location_speed", "location_heading", "location_accuracy"),
    },
    "physio_sessions": {"pain"},  # what pain_before and pain_after took the place of
    "rehab_progress": {"peak_angle_sum", "peak_angle_n"},
    "rehab_days": {"peak_angle_sum", "peak_angle_n"},
    "devices": {"claim_hash"},
    "notifications": {"dedupe_key"},
    "audit_log": {"network"},
    "record_accesses": {"patient_id"},  # always the reader
}
# Said by a trigger, which no catalogue lists.
RAISED = {"doctor_facilities_no_bookings"}


class Stored(NamedTuple):
    """A column as the catalogue has it."""

    kind: str
    nullable: bool
    target: str | None  # the table that it points at
    comment: str


class Table(NamedTuple):
    """A table as the catalogue has it."""

    columns: Mapping[str, Stored]
    is_view: bool
    checks: str  # all of them
    lists: Mapping[str, tuple[str, ...]]  # the values of columns with a closed list


async def table_of(connection: Connection, name: str) -> Table:
    """Read a table's catalogue entries."""
    columns = await connection.fetch(
        """
        SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS kind, NOT a.attnotnull AS nullable,
               coalesce(col_description(a.attrelid, a.attnum), '') AS comment,
               (SELECT c.confrelid::regclass::text FROM pg_constraint c
                 WHERE c.contype = 'f' AND c.conrelid = a.attrelid AND c.conkey = ARRAY[a.attnum]) AS target
          FROM pg_attribute a
         WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
        """,
        name,
    )
    checks = await connection.fetch(
        "SELECT pg_get_constraintdef(oid) AS said FROM pg_constraint WHERE contype = 'c' AND conrelid = $1::regclass",
        name,
    )
    lists = {}
    for row in checks:
        found = re.match(r"CHECK \(\((\w+) = ANY \(ARRAY\[(.*)\]\)\)\)$", row["said"])
        if found:
            lists[found[1]] = tuple(re.findall(r"'([^']*)'::text", found[2]))
    kind = await connection.fetchval("SELECT relkind FROM pg_class WHERE oid = $1::regclass", name)
    described = {row["name"]: Stored(*(row[part] for part in Stored._fields)) for row in columns}
    return Table(described, kind == b"v", "\n".join(row["said"] for row in checks), lists)


def bound(table: Table, column: Column, sign: str) -> float | None:
    """Return what the checks of a table say of a column's least (`>=`) or greatest (`<=`) value or length."""
    name = rf'length\(\(?"?{column.stored}"?\)?(?:::text)?\)' if column.kind is kinds.TEXT else rf'"?{column.stored}"?'
    found = re.search(rf"\({name} {sign} \(?'?(-?[\d.]+)", table.checks)
    return float(found[1]) if found else None


@pytest.fixture(params=catalog.ENTITIES, ids=lambda entity: entity.name)
def entity(request: pytest.FixtureRequest) -> Entity:
    """Every declared table."""
    declared: Entity = request.param
    return declared


async def test_every_field_is_a_column_of_its_type_that_is_null_where_it_may_be(
    entity: Entity, superuser: Connection
) -> None:
    table = await table_of(superuser, entity.name)
    for column in entity.columns:
        if column.stored is None:
            continue
        stored = table.columns[column.stored]
        assert stored.kind in TYPES[column.kind], column.name
        if not table.is_view:
            assert stored.nullable == column.nullable, column.name


async def test_every_column_is_declared_or_kept_inside(entity: Entity, superuser: Connection) -> None:
    table = await table_of(superuser, entity.name)
    declared = {column.stored for column in entity.columns} - {None}
    assert set(table.columns) - declared == KEPT_INSIDE.get(entity.name, set())


async def test_closed_lists_are_the_same_in_both(entity: Entity, superuser: Connection) -> None:
    table = await table_of(superuser, entity.name)
    for column in entity.columns:
        if column.stored in table.lists:
            assert sorted(column.choices) == sorted(table.lists[column.stored or ""]), column.name
        else:
            assert column.choices in ((), JOINTS) or table.is_view, column.name


async def test_limits_are_the_same_in_both(entity: Entity, superuser: Connection) -> None:
    table = await table_of(superuser, entity.name)
    for column in entity.columns:
        if column.create == "no" and not column.change:
            continue
        if column.elsewhere is not None:
            other = catalog.entity(column.elsewhere).column(column.name)
            assert (column.minimum, column.maximum, column.choices) == (other.minimum, other.maximum, other.choices)
            continue
        assert column.kind is not kinds.TEXT or column.choices or column.maximum, f"{column.name} has no end"
        assert bound(table, column, "<=") == column.maximum, column.name
        least = bound(table, column, ">=")
        if least is None and re.search(rf"\(\(?{column.stored} <> ''", table.checks):
            least = 1
        if column.kind is not kinds.DATE:  # its limits are checks
            assert least == column.minimum, column.name


async def test_references_are_foreign_keys(entity: Entity, superuser: Connection) -> None:
    table = await table_of(superuser, entity.name)
    for column in entity.columns:
        if column.stored is None or table.is_view or entity.name == "audit_log":  # which outlives what it tells about
            continue
        target = table.columns[column.stored].target
        if target == "physio_devices":  # that extends devices one to one
            target = "devices"
        if column.name == "id":
            continue  # a person's row has the id of their account: `user_id` says so
        assert column.references == target, column.name


def edges(comment: str) -> dict[str, set[str]]:
    """Return the moves that a status column's comment tells: `a → b | c; b → c`."""
    found: dict[str, set[str]] = {}
    for sentence in filter(re.compile("→").search, re.split(r"[;.]", comment)):
        steps = [[word.split()[0] for word in step.split("|")] for step in sentence.split("→")]
        for here, there in itertools.pairwise(steps):
            for status in here:
                found.setdefault(status, set()).update(there)
    return found


@pytest.mark.parametrize("name", ["appointments", "physio_sessions", "workout_plans"])
async def test_moves_are_those_that_the_column_tells(name: str, superuser: Connection) -> None:
    comment = (await table_of(superuser, name)).columns["status"].comment
    declared = {status: set(moves) for status, moves in catalog.entity(name).moves.items()}
    assert declared == edges(comment)


async def test_of_machines_people_make_only_the_moves_that_the_column_leaves_them(superuser: Connection) -> None:
    said = (await table_of(superuser, "ambulances")).columns["status"].comment
    assert "People and tablets may set only available ↔ out_of_service." in said
    assert catalog.entity("ambulances").moves == {"available": ("out_of_service",), "out_of_service": ("available",)}
    said = (await table_of(superuser, "ambulance_requests")).columns["status"].comment
    assert "any open one → cancelled" in said
    requests = catalog.entity("ambulance_requests")
    closed = {"completed", "cancelled", "duplicate"}
    assert requests.moves == dict.fromkeys(set(requests.column("status").choices) - closed, ("cancelled",))


async def test_joints_are_those_of_the_database(superuser: Connection) -> None:
    sides = ("", "left_", "right_")
    parts = {joint.removeprefix("left_").removeprefix("right_").partition("_")[0] for joint in JOINTS}
    motions = {joint.rpartition("_")[2] for joint in JOINTS} | {"extension"}
    made = ["".join(words) for words in itertools.product(sides, parts, ["_"], motions)]
    rows = await superuser.fetch("SELECT j FROM unnest($1::text[]) AS j WHERE are_joints(ARRAY[j])", made)
    assert {row["j"] for row in rows} == set(JOINTS)


async def test_sentences_are_about_constraints_that_there_are(entity: Entity, superuser: Connection) -> None:
    rows = await superuser.fetch(
        "SELECT conname AS name FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
    )
    known = {row["name"] for row in rows} | RAISED
    named = set(entity.conflicts) | {check.constraint for check in entity.checks if check.constraint}
    assert named <= known


def test_names_in_a_declaration_are_its_fields(entity: Entity) -> None:
    names = {column.name for column in entity.columns}
    assert len(names) == len(entity.columns)
    assert entity.columns[0].name == "id"
    used = [one.column for one in entity.filters] + [one.column for one in entity.sorts]
    used += [*entity.owners.values(), *entity.stamps, *entity.resend, *(check.field for check in entity.checks)]
    used += [name for word in entity.words.values() for name in word.fields]
    used += [embed.through for embed in entity.embeds]
    used += [entity.facility] if entity.facility else []
    assert set(used) <= names
    statuses = set(entity.column("status").choices) if "status" in names else set()
    moved = {status for word in entity.words.values() for status in word.moves}
    assert moved | set(entity.moves) | {to for moves in entity.moves.values() for to in moves} <= statuses


def test_all_documented_tables_are_declared() -> None:
    assert set(TABLES) <= {entity.name for entity in catalog.ENTITIES}


@pytest.mark.parametrize("name", TABLES)
def test_every_verb_of_a_documented_table_has_a_line_of_the_matrix(name: str) -> None:
    for verb in "RCUD":
        action = f"{name}.{verb}"
        assert action in RULES or any(known.startswith(f"{action}.") for known in RULES), action


def test_every_scope_and_word_of_the_matrix_means_something_here_and_none_is_left_over(entity: Entity) -> None:
    scopes: set[str] = set()
    words: set[str] = set()
    for action, rules in RULES.items():
        table, _, verb = action.partition(".")
        if table != entity.name or verb not in ("R", "C", "U", "D", "*"):
            continue
        for rule in rules:
            reach = reach_of(entity, rule, "R" if verb == "*" else verb)
            assert predicate(entity, reach)
            scopes.add(reach.scope)
            words |= {word for word in reach.words if word in entity.words}
    if entity.name in TABLES:
        assert set(entity.scopes) == scopes - {"*", "par"}
        assert set(entity.words) == words
