"""Statements in files, and their parameters."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from storage.sql import Query, SqlError, load, number, parse

FILES = sorted((Path(__file__).parents[2] / "storage" / "queries").glob("*.sql"))
TEXT = """
-- name: find_one
-- The row with
-- that id.
SELECT * FROM t WHERE id = :id AND kind = :kind;

-- name: all_of
-- All of them.
SELECT 1
"""


def test_each_block_becomes_a_query_with_its_name_and_description() -> None:
    queries = parse("things", TEXT)
    assert queries.find_one == Query(
        "SELECT * FROM t WHERE id = $1 AND kind = $2", ("id", "kind"), "things.find_one", "The row with that id."
    )
    assert queries.all_of.parameters == ()
    assert [query.name for query in queries] == ["things.find_one", "things.all_of"]


def test_the_same_name_is_the_same_parameter() -> None:
    assert number("a = :x OR b = :y OR c = :x") == ("a = $1 OR b = $2 OR c = $1", ("x", "y"))


@pytest.mark.parametrize(
    "untouched",
    [
        "'12:30' || x::text",
        "'it''s :not'",
        '":neither"',
        "1 -- :nor this\n",
        "/* :nor\n this */ 1",
        "$$ :no $$",
        "$body$ :no $x$ :no $body$",
        "a[1:2]",
    ],
)
def test_casts_strings_names_and_comments_hold_no_parameters(untouched: str) -> None:
    assert number(untouched) == (untouched, ())


def test_a_parameter_may_be_cast() -> None:
    assert number(":ids::bigint[]") == ("$1::bigint[]", ("ids",))


def test_arguments_come_in_the_order_of_the_statement() -> None:
    query = parse("things", TEXT).find_one
    assert query.arguments({"kind": "k", "id": 7}) == [7, "k"]


@pytest.mark.parametrize("given", [{"id": 1}, {"id": 1, "sort": 2}, {"id": 1, "kind": 2, "more": 3}])
def test_missing_and_unknown_arguments_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(TypeError, match=r"things.find_one takes \['id', 'kind'\]"):
        parse("things", TEXT).find_one.arguments(given)


def test_a_missing_query_is_named() -> None:
    with pytest.raises(AttributeError, match=r"queries/things\.sql has no query named other"):
        _ = parse("things", TEXT).other


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("-- name: a\nSELECT 1", "no description"),
        ("-- name: a\n-- Nothing.\n", "no statement"),
        ("-- name: a\n-- One.\nSELECT 1\n-- name: a\n-- Two.\nSELECT 2", "defined twice"),
    ],
)
def test_a_malformed_file_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(SqlError, match=sentence):
        parse("bad", text)


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(SqlError, match=r"storage/queries/nowhere.sql"):
        load("nowhere")


@pytest.mark.parametrize("queries", [pytest.param(list(load(file.stem)), id=file.stem) for file in FILES])
async def test_every_statement_fits_the_schema(
    queries: list[Query], superuser: asyncpg.Connection[asyncpg.Record]
) -> None:
    for query in queries:
        try:
            await superuser.prepare(query.sql)
        except asyncpg.PostgresError as error:
            pytest.fail(f"{query.name}: {error}")
