"""What the caller may do, for pages that offer nothing else."""

from __future__ import annotations

import msgspec

from handlers.call import API, Call, Nothing, Route
from hub.access.rights import rights_of


class TableRights(msgspec.Struct):
    """What the caller may do in some row of a table; which rows, each request tells."""

    read: bool
    create: list[str]  # fields of a new row; what the credential says is not among them
    change: list[str]
    remove: bool
    fields: list[str]  # that can be read
    can_create: bool


class Rights(msgspec.Struct):
    """What the caller may do: codes of the access matrix, tables, and every action by its name."""

    codes: list[str]
    tables: dict[str, TableRights]
    actions: list[str]


async def show(call: Call[Nothing, Nothing]) -> Rights:
    """What the caller may do in some row: for pages, which offer nothing that is always refused."""
    found = rights_of(call.principal.codes)
    tables = {
        name: TableRights(
            bool(table.fields),
            list(table.create),
            list(table.change),
            table.remove,
            list(table.fields),
            table.can_create,
        )
        for name, table in found.tables.items()
    }
    return Rights(sorted(call.principal.codes), tables, list(found.actions))


ROUTES: tuple[Route, ...] = (Route("GET", f"{API}/rights", show, "sessions.R", "What I may do", Rights),)
