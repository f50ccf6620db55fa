"""What can go wrong in PostgreSQL, as the rest of the product sees it; driver exceptions end here.

StorageError
├── Unavailable        the server is away, full, busy or restarting: the same call may succeed later
│   └── Full           a queue of ours holds as much as it may
├── MissingPartition   no partition takes the row: a fault of ours, repaired by `partitions.ensure`
├── Conflict           stored rows say otherwise: a unique key, a foreign key, an exclusion
├── Poison             a value that no retry will store; where a COPY says so, with the line of the row
└── Denied             the database role may not do this
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

import asyncpg

# "line" in the language of the server: only a superuser may choose that for a connection.
COPY_LINE = re.compile(r"^COPY (?P<table>\w+), \w+ (?P<line>\d+)", re.MULTILINE)
# 08 connection, 25 wrong transaction state (a standby is read-only), 40 rollback, 53 resources, 55 not in state (lock
# timeouts), 57 operator intervention (shutdown, statement timeout), 58 system error (I/O).
PASSING = ("08", "25", "40", "53", "55", "57", "58")
AWAY = (OSError, TimeoutError, EOFError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class StorageError(Exception):
    """Something went wrong in PostgreSQL; the driver's exception is its cause."""


class Unavailable(StorageError):
    """The server is away, full, busy or restarting."""


class Full(Unavailable):
    """A queue in front of the server holds as much as it may."""


class MissingPartition(StorageError):
    """No partition takes the row."""


class Conflict(StorageError):
    """Stored rows say otherwise."""

    def __init__(self, constraint: str, code: str = "") -> None:
        super().__init__(constraint)
        self.constraint = constraint  # its name in schema.sql; empty when the server named none
        self.code = code  # SQLSTATE

    @property
    def is_reference(self) -> bool:
        """Whether a row that was pointed at is not there, or one that points at it still is."""
        return self.code in ("23503", "23001")


class Poison(StorageError):
    """A value that can never be stored."""

    def __init__(self, table: str, line: int | None, constraint: str = "", code: str = "") -> None:
        super().__init__(table, line, constraint, code)
        self.table = table  # the table of the COPY or of the constraint; may be empty
        self.line = line  # the row of the COPY, from 1; None outside of COPY
        self.constraint = constraint  # the CHECK's name in schema.sql; empty for a value of the wrong kind
        self.code = code  # SQLSTATE

    def __str__(self) -> str:
        where = self.table if self.line is None else f"{self.table}, line {self.line}"
        return f"{self.code} {self.constraint} in {where}"


class Denied(StorageError):
    """The database role may not do this."""


def translate(error: BaseException) -> StorageError:
    """Return what an exception of the driver means; whatever is not understood is a plain `StorageError`."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, asyncpg.PostgresError):
        return _translate_server(error)
    if isinstance(error, AWAY):
        return Unavailable(type(error).__name__)
    return StorageError(type(error).__name__)


class translated:
    """Raise what the driver raises inside as a `StorageError`; other exceptions pass untouched.

    The driver refuses Python values that do not fit their column with SQLSTATE 22000: that is `Poison` like the
    server's own 22xxx. It is a class, as it is entered for every statement, and a generator costs five times as much.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing is kept."""

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        """Translate what is the driver's."""
        if error is not None and isinstance(error, (asyncpg.PostgresError, *AWAY)):
            raise translate(error) from error


def forgotten(context: Mapping[str, object]) -> bool:
    """Tell whether an event loop's complaint is about a future that the driver has forgotten: nothing is lost by it.

    asyncpg 0.32 makes the future of a COPY before it looks whether the server has just ended the connection. The COPY
    fails with an error of its own; nobody waits for the future, which fails when the connection is cut.
    """
    future = context.get("future")
    return (
        isinstance(future, asyncio.Future)
        and not isinstance(future, asyncio.Task)
        and isinstance(context.get("exception"), asyncpg.ConnectionDoesNotExistError)
    )


def server_words(error: StorageError) -> str:
    """Return what the server said, with its hint: for an operator at the command line, never for a caller."""
    cause = error.__cause__
    words = [getattr(cause, part, None) for part in ("message", "hint")]
    return ". ".join(word for word in words if word) or str(error)


def _translate_server(error: asyncpg.PostgresError) -> StorageError:
    code = getattr(error, "sqlstate", None) or ""
    constraint = getattr(error, "constraint_name", None) or ""
    if code.startswith(PASSING):
        return Unavailable(f"{code} {type(error).__name__}")
    if code == "42501":
        return Denied(code)
    if code == "23514" and not constraint:
        return MissingPartition(code)
    if code.startswith("22") or code in ("23502", "23514"):
        table, line = _where(error)
        return Poison(table, line, constraint, code)
    if code.startswith("23") and constraint:
        return Conflict(constraint, code)
    return StorageError(f"{code} {type(error).__name__}")


def _where(error: asyncpg.PostgresError) -> tuple[str, int | None]:
    found = COPY_LINE.search(getattr(error, "context", None) or "")
    if found:
        return found["table"], int(found["line"])
    return getattr(error, "table_name", None) or "", None
