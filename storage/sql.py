"""Loads the named statements of storage/queries/*.sql and turns `:named` parameters into PostgreSQL's `$n`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

# What is not a parameter comes first, so that `::` casts, quotes and comments are stepped over whole.
TOKEN = re.compile(
    r"""
    (?P<skip> -- [^\n]*                         # a comment to the end of the line
      | /\* .*? \*/                             # a comment in the line
      | '(?: [^'] | '' )*'                      # a string
      | "(?: [^"] | "" )*"                      # a quoted name
      | (?P<tag> \$ [A-Za-z_]* \$ ) .*? (?P=tag)  # a dollar-quoted string
      | ::                                      # a cast
    )
    | : (?P<name> [a-z_][a-z0-9_]* )
    """,
    re.VERBOSE | re.DOTALL,
)
HEADING = re.compile(r"^-- name: *(?P<name>[a-z][a-z0-9_]*)[ \t]*$", re.MULTILINE)


class SqlError(Exception):
    """A file of queries is not as it should be; found at start, never while serving."""


class Query(NamedTuple):
    """One statement, ready for the driver."""

    sql: str  # with $1, $2, …
    parameters: tuple[str, ...] = ()  # the name of $1, $2, …
    name: str = ""  # file.name, for messages
    description: str = ""

    def arguments(self, given: dict[str, object]) -> list[object]:
        """Return the values in the order of `$n`; raises TypeError when a name is missing or unknown."""
        if len(given) != len(self.parameters):
            raise TypeError(f"{self.name} takes {sorted(self.parameters)}, got {sorted(given)}")
        try:
            return [given[name] for name in self.parameters]
        except KeyError as missing:
            raise TypeError(f"{self.name} takes {sorted(self.parameters)}, got {sorted(given)}") from missing


class Queries:
    """The statements of one file, as attributes."""

    def __init__(self, file: str, statements: dict[str, Query]) -> None:
        self._file = file  # for messages
        self._statements = statements  # by name

    def __getattr__(self, name: str) -> Query:
        try:
            return self._statements[name]
        except KeyError:
            raise AttributeError(f"storage/queries/{self._file}.sql has no query named {name}") from None

    def __iter__(self) -> Iterator[Query]:
        return iter(self._statements.values())


@cache
def load(name: str) -> Queries:
    """Return the queries of storage/queries/NAME.sql; raises `SqlError` when the file is missing or malformed."""
    file = resources.files("storage") / "queries" / f"{name}.sql"
    if not file.is_file():
        raise SqlError(f"there is no storage/queries/{name}.sql")
    return parse(name, file.read_text(encoding="utf-8"))


def parse(file: str, text: str) -> Queries:
    """Split the text of a file into its `-- name:` blocks, each a description in comments and one statement."""
    parts = HEADING.split(text)
    statements: dict[str, Query] = {}
    for name, block in zip(parts[1::2], parts[2::2], strict=True):
        where = f"{file}.{name}"
        if name in statements:
            raise SqlError(f"{where} is defined twice")
        description, statement = _split(block)
        if not description:
            raise SqlError(f"{where} has no description")
        if not statement:
            raise SqlError(f"{where} has no statement")
        sql, parameters = number(statement)
        statements[name] = Query(sql, parameters, where, description)
    return Queries(file, statements)


def number(statement: str) -> tuple[str, tuple[str, ...]]:
    """Replace each `:name` by `$n`, the same name by the same number; return the SQL and the names in order."""
    names: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name is None else f"${names.setdefault(name, len(names) + 1)}"

    return TOKEN.sub(replace, statement), tuple(names)


def _split(block: str) -> tuple[str, str]:
    lines = block.strip().splitlines()
    description: list[str] = []
    while lines and lines[0].startswith("--"):
        description.append(lines.pop(0).removeprefix("--").strip())
    return " ".join(description), "\n".join(lines).strip().removesuffix(";")
