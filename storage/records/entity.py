"""What a table is to the API: declared once; statements, validation, routes, OpenAPI and the docs derive from it.

Who may do what stands in the access matrix (`hub/access/matrix.py`) and nowhere else. Its scopes (`own`, `care`, …) and
the words in its braces (`pub`, `nonotes`, …) mean something different in each table: that is what `scopes` and `words`
declare. SQL in a declaration speaks of the table as `r`, and of the caller by these parameters:

    :user_id :facility_id :device_id :ambulance_id   from the credential; null where it has none
    :now                                             the hub's clock
    :care_days                                       how long care lasts after the last contact
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from storage.records.kinds import KEY, Kind

Given = Literal["no", "may", "must"]  # whether a body that creates a row has the column
NONE: Mapping[str, str] = MappingProxyType({})
_PLAIN = re.compile(r"r\.([a-z_]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a record; its name is the column's, unless `source` says where it comes from."""

    name: str
    kind: Kind
    about: str  # one sentence for people: OpenAPI, docs, forms
    nullable: bool = False
    create: Given = "no"  # in the body of a POST
    change: bool = False  # in the body of a PATCH, as far as the matrix allows it
    choices: tuple[str, ...] = ()
    minimum: float | None = None  # of a number; of a text its length in characters
    maximum: float | None = None
    pattern: str | None = None  # of a text, whole
    references: str | None = None  # the table whose id it holds
    source: str | None = (
        None  # SQL that is read instead of `r.<name>`; `r.<other>` is also written there, by its name here
    )
    assigns: str | None = None  # SQL of a SET clause, with :value, that a PATCH of this field does instead
    elsewhere: str | None = None  # the table where a row of the same id holds it, and a PATCH writes it
    is_zone: bool = False  # the IANA name of a time zone
    volatile: bool = False  # changes by itself: no part of the ETag
    only_while: str = (
        ""  # SQL of the row as it is before a PATCH of this field; where it does not hold, that is a conflict
    )
    example: object = None

    @property
    def stored(self) -> str | None:
        """The column of the table that holds the value; None for what is made of others."""
        if self.source is None:
            return self.name
        plain = _PLAIN.fullmatch(self.source)
        return plain[1] if plain is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a word in the braces of a rule means here: only these fields, only these rows, only these moves."""

    fields: tuple[str, ...] = ()  # empty: it says nothing about fields
    rows: str = ""  # SQL that is true of the rows it is about; empty: it says nothing about rows
    moves: tuple[str, ...] = ()  # the statuses that a change may lead to; empty: every declared one


@dataclass(frozen=True, slots=True)
class Filter:
    """A query parameter of the list: `<column>=` and, where `span`, `<column>_from=` (≥) and `<column>_until=` (<)."""

    column: str
    span: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of the list, ascending or with `-` before it descending; the id decides between equals."""

    column: str
    descends: bool = False  # the direction it has where it is the default


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """A row of another table that `embed=<name>` puts into each record, from the same query."""

    name: str
    join: str  # SQL after FROM … r: a LEFT JOIN under an alias of its own
    columns: tuple[tuple[str, str], ...]  # (field, SQL); the first is null where there is no such row
    column: str = ""  # that leads to it: who may not read that does not see the row; "" is `<name>_id`

    @property
    def through(self) -> str:
        """The column that leads to it."""
        return self.column or f"{self.name}_id"


def embedded_person(name: str) -> Embed:
    """Return the embed of the user whom the column `<name>_id` names."""
    columns = (("id", f"{name}.id"), ("name", f"{name}.name"))
    return Embed(name=name, join=f"LEFT JOIN users {name} ON {name}.id = r.{name}_id", columns=columns)


@dataclass(frozen=True, slots=True)
class Check:
    """SQL that must be true of a row, written as `r`, before it is stored; what a constraint cannot say.

    A PATCH is held only to the checks of the fields that it changes: what was right once may have been overtaken.
    """

    holds: str
    field: str  # that is to blame
    says: str  # one sentence for the caller
    constraint: str = ""  # of the database, that refuses the same


@dataclass(frozen=True, slots=True)
class Parent:
    """For the scope `par`: the table whose rights count, and the column that leads there."""

    table: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entity:
    """A table; compared by identity, so that what is derived from it can be kept by it."""

    name: str  # of the table, in the path, in the matrix
    about: str  # one sentence for people
    columns: tuple[Column, ...]  # the first one is `id`
    singular: str = ""  # in words: "an appointment"
    key: Kind = KEY
    joins: str = ""  # SQL after FROM <table> r, for columns with a source
    scopes: Mapping[str, str] = field(default_factory=lambda: NONE)  # "PT:own", or "own" for all codes → SQL
    words: Mapping[str, Word] = field(default_factory=dict)  # beside the names of columns, which mean themselves
    owners: Mapping[str, str] = field(default_factory=lambda: NONE)  # "PT" → the column that is the caller's user id
    facility: str | None = None  # the column that a facility's own staff cannot choose: it is theirs
    stamps: Mapping[str, str] = field(
        default_factory=lambda: NONE
    )  # column → SQL of what a POST writes there, of the caller
    resend: tuple[str, ...] = ()  # a unique key: a POST that repeats it is answered with the row that has it
    one: bool = True  # a row can be asked for by its id
    urgent: bool = False  # a POST counts against no rate limit
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # status → where a PATCH may take it
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()  # the first is the default; by id where there is none
    search: tuple[str, ...] = ()  # SQL texts that `search=` looks in, word by word, without regard to case
    embeds: tuple[Embed, ...] = ()
    checks: tuple[Check, ...] = ()
    conflicts: Mapping[str, str] = field(default_factory=lambda: NONE)  # constraint → one sentence for the caller
    patient: str | None = None  # SQL of whose clinical data a row is; reads of it go to the audit log
    parent: Parent | None = None

    def column(self, name: str) -> Column:
        """Return a column by its name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)
