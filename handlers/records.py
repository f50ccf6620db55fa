"""Every declared table over HTTP: list, one, create, change, remove, and the list as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from aiohttp import hdrs, web

from handlers import record_types as types
from handlers.call import API, Call, Nothing, Route
from handlers.params import path_id, path_uuid
from handlers.record_export import export
from handlers.record_lists import embeds_of, list_of
from handlers.record_reading import access, note_reading
from hub.access.reach import reaches, rules_for
from hub.errors import NotFound
from hub.records import commands
from hub.records.commands import Written
from hub.records.etag import encode, same, tagged
from storage.pool import Transaction
from storage.records import store
from storage.records.entity import Entity
from storage.records.kinds import BIGINT, PLACE, Place
from storage.records.rows import Fields

_HUB = "SY"  # whose rules are for no route
_JSON = "application/json"


class Hooks(NamedTuple):
    """What a table does beside storing its records, in their transactions; each is made for a call."""

    join: Callable[[Call[Any, Any]], commands.Join] | None = None
    follow: Callable[[Call[Any, Any]], commands.Follow] | None = None


NO_HOOKS = Hooks()


def routes(entity: Entity, *, without: frozenset[str] = frozenset(), hooks: Hooks = NO_HOOKS) -> tuple[Route, ...]:
    """Return the routes of a table: for each verb that the matrix gives to somebody.

    `without` names what has handlers of its own: "list", "one", "create", "change", "remove", "file".
    """
    made = _Records(entity, hooks)
    found = {"list": made.list_route(), "file": made.file_route(), "one": made.one_route()}
    found |= {"create": made.create_route(), "change": made.change_route(), "remove": made.remove_route()}
    if not entity.one:
        without |= {"one"}
    granted = {verb for verb in "RCUD" if any(rule.code != _HUB for rule in rules_for(entity, verb))}
    return tuple(
        route for name, route in found.items() if name not in without and route.action.rpartition(".")[2] in granted
    )


class _Records:
    """The handlers of one table."""

    def __init__(self, entity: Entity, hooks: Hooks) -> None:
        self._entity = entity
        self._hooks = hooks
        self._path = f"{API}/{entity.name}"
        self._words = entity.name.replace("_", " ")
        self._one = entity.singular or f"one of the {self._words}"
        self._item = types.item(entity)
        self._is_open = any(rule.code == "AN" for rule in rules_for(entity, "R"))

    def list_route(self) -> Route:
        """GET the list."""
        return Route(
            "GET",
            self._path,
            self.show_list,
            f"{self._entity.name}.R",
            f"The {self._words} that I may read",
            types.page(self._entity),
            query=types.list_query(self._entity),
            open=self._is_open,
            about=self._entity.about,
        )

    def file_route(self) -> Route:
        """GET the list as a file."""
        return Route(
            "GET",
            f"{self._path}.csv",
            self.show_file,
            f"{self._entity.name}.R",
            f"The {self._words} that I may read, as a CSV file",
            query=types.export_query(self._entity),
            open=self._is_open,
            media_type="text/csv",
        )

    def one_route(self) -> Route:
        """GET one."""
        return Route(
            "GET",
            f"{self._path}/{{id}}",
            self.show_one,
            f"{self._entity.name}.R",
            _capital(self._one),
            self._item,
            query=types.one_query(self._entity),
            open=self._is_open,
            versioned=True,
        )

    def create_route(self) -> Route:
        """POST a new one."""
        return Route(
            "POST",
            self._path,
            self.create,
            f"{self._entity.name}.C",
            f"Add {self._one}",
            self._item,
            body=types.creation(self._entity),
            status=201,
            limited=not self._entity.urgent,
            read_only=types.read_only(self._entity, "C"),
            versioned=True,
        )

    def change_route(self) -> Route:
        """PATCH one."""
        return Route(
            "PATCH",
            f"{self._path}/{{id}}",
            self.change,
            f"{self._entity.name}.U",
            f"Change {self._one}",
            self._item,
            body=types.change(self._entity),
            read_only=types.read_only(self._entity, "U"),
            merges=True,
            versioned=True,
        )

    def remove_route(self) -> Route:
        """DELETE one."""
        return Route(
            "DELETE",
            f"{self._path}/{{id}}",
            self.remove,
            f"{self._entity.name}.D",
            f"Remove {self._one}",
            status=204,
            versioned=True,
        )

    # The docstrings below are what the OpenAPI document says of the routes.

    async def show_list(self, call: Call[Any, Nothing]) -> web.Response:
        """Exactly those that the caller may read, a page at a time; `next_cursor` leads to the next page."""
        return web.Response(body=encode(await list_of(self._entity, call)), content_type=_JSON)

    async def show_file(self, call: Call[Any, Nothing]) -> web.StreamResponse:
        """Exactly those that the caller may read, in the order of the list."""
        return await export(self._entity, call)

    async def show_one(self, call: Call[Any, Nothing]) -> web.Response:
        """One record with the fields that the caller may read; a missing one and an invisible one look alike."""
        embeds = embeds_of(call.query)
        found = await store.find_one(call.context.reader, access(self._entity, call), self._key(call), embeds)
        if found is None:
            raise NotFound
        await note_reading(self._entity, call, [found], str(found.fields["id"]))
        tag, body = tagged(self._entity, found.fields)
        asked = call.http_request.headers.get(hdrs.IF_NONE_MATCH)
        if asked is not None and same(asked, tag):
            return web.Response(status=304, headers={hdrs.ETAG: tag})
        return web.Response(body=body, content_type=_JSON, headers={hdrs.ETAG: tag})

    async def create(self, call: Call[Nothing, Any]) -> web.Response:
        """Add a record; what the credential says, such as whose it is, is not for the body to say."""
        entity = self._entity
        writer = access(entity, call)._replace(writes=reaches(call.principal, entity, "C"))
        entry = call.audit_entry(f"{entity.name}.C", entity.name, None)
        answers: list[web.Response] = []

        async def keep(transaction: Transaction, written: Written) -> None:
            headers = {str(hdrs.LOCATION): f"{self._path}/{written.key}"} if entity.one else {}
            answers.append(self._answer(written, 201 if written.is_new else 200, headers))
            if call.claim is not None:
                await call.claim.keep(transaction, answers[0])

        given, hook = self._given(call.body), self._hooks.join
        join = None if hook is None else hook(call)
        await commands.create(call.context.app, writer, call.principal, given, entry, join=join, keep=keep)
        return answers[0]

    async def change(self, call: Call[Nothing, Any]) -> web.Response:
        """Change a record by a JSON Merge Patch: null removes a value, what is left out stays."""
        entity = self._entity
        writer = access(entity, call)._replace(writes=reaches(call.principal, entity, "U"))
        entry = call.audit_entry(f"{entity.name}.U", entity.name, None)
        given, key = self._given(call.body), self._key(call)
        follow = None if self._hooks.follow is None else self._hooks.follow(call)
        written = await commands.change(
            call.context.app, writer, key, given, entry, if_match=_if_match(call), follow=follow
        )
        return self._answer(written, 200, {})

    async def remove(self, call: Call[Nothing, Nothing]) -> None:
        """Remove a record that nothing points at."""
        entity = self._entity
        writer = access(entity, call)._replace(writes=reaches(call.principal, entity, "D"))
        entry = call.audit_entry(f"{entity.name}.D", entity.name, None)
        await commands.remove(call.context.app, writer, self._key(call), entry, if_match=_if_match(call))

    def _key(self, call: Call[Any, Any]) -> object:
        return path_id(call.http_request) if self._entity.key is BIGINT else path_uuid(call.http_request)

    def _given(self, body: msgspec.Struct) -> Fields:
        """Return what a body says, places as the store takes them; parts of one stay a document."""
        given = {name: value for name, value in msgspec.structs.asdict(body).items() if value is not msgspec.UNSET}
        for column in self._entity.columns:
            if column.kind is PLACE and isinstance(given.get(column.name), msgspec.Struct):
                parts = msgspec.to_builtins(given[column.name])
                is_whole = isinstance(given[column.name], types.Location)
                given[column.name] = Place(**parts) if is_whole else parts
        return given

    def _answer(self, written: Written, status: int, headers: dict[str, str]) -> web.Response:
        tag, body = tagged(self._entity, written.fields)
        return web.Response(
            status=status,
            body=body,
            content_type=_JSON,
            headers={**headers, str(hdrs.ETAG): tag},
        )


def _if_match(call: Call[Any, Any]) -> str | None:
    return call.http_request.headers.get(hdrs.IF_MATCH)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
