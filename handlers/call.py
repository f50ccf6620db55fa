"""The seam between the guard and the handlers: a route, a call of it, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from aiohttp import web

from handlers.context import HubContext
from handlers.network import peer_address
from handlers.params import path_id, path_uuid
from hub.access.policy import Rule
from hub.access.principal import Principal
from hub.errors import Unauthorized
from storage.audit import Entry
from storage.sessions import LiveSession

if TYPE_CHECKING:
    from handlers.idempotency import Claim

API = "/api/v1"

QueryT = TypeVar("QueryT", bound=msgspec.Struct)
BodyT = TypeVar("BodyT", bound=msgspec.Struct)


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No query parameter, or no body."""


@dataclass(frozen=True, slots=True)
class Call(Generic[QueryT, BodyT]):
    """One HTTP request that passed the guard: who asks, under which rules, and what was asked, already typed."""

    context: HubContext
    http_request: web.Request
    request_id: str
    principal: Principal
    rules: tuple[Rule, ...]  # the lines of the access matrix that let this caller in
    session: LiveSession | None  # a person's sign-in
    query: QueryT
    body: BodyT
    claim: Claim | None = None  # the Idempotency-Key of the request, where it has one

    @property
    def number(self) -> int:
        """The bigint `{id}` of the path; raises NotFound for what no row can have."""
        return path_id(self.http_request)

    @property
    def uuid(self) -> UUID:
        """The uuid `{id}` of the path; raises NotFound for what no row can have."""
        return path_uuid(self.http_request)

    @property
    def signed_in(self) -> LiveSession:
        """The caller's sign-in; raises Unauthorized for a device."""
        if self.session is None:
            raise Unauthorized
        return self.session

    @property
    def address(self) -> str:
        """The address of the caller, as the proxies that we trust say."""
        return str(peer_address(self.http_request, self.context.settings.trusted_proxies))

    def audit_entry(self, action: str, entity: str, entity_id: str | None, **told: Any) -> Entry:
        """Return an audit line of this call, with its caller, address and request id; `told` are other fields of it."""
        caller = self.principal
        kind, _, actor_id = caller.key.partition(":")
        return Entry(
            action,
            entity,
            entity_id,
            actor_kind=kind,
            actor_id=actor_id or None,
            session_id=caller.session_id,
            request_id=self.request_id,
            network=self.address,
            **told,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is more than a body: another status, or a cookie."""

    body: msgspec.Struct | None
    status: int | None = None  # None takes the route's
    cookie: str | None = None  # the session cookie's new value; "" deletes it
    cookie_s: float = 0.0  # how long it lives
    workstation: str | None = None  # what a browser keeps to need no second factor for the rest of the shift


Handler = Callable[[Call[Any, Any]], Awaitable[msgspec.Struct | Reply | web.StreamResponse | None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the route table; the router, validation, the access guard and OpenAPI derive from it."""

    method: str
    path: str
    handler: Handler
    action: str  # the line of the access matrix
    summary: str
    response: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] = Nothing
    query: type[msgspec.Struct] = Nothing
    status: int = 200
    public: bool = False  # answered without a credential; one that is sent is not looked at
    open: bool = False  # answered without a credential too; one that is sent counts
    raw: bool = False  # the handler itself reads the query and the body: they are not of our making
    judged_inside: bool = False  # the handler itself tells "not there" from "not yours", after the guard let it in
    limited: bool = True  # counts against the rate limit of the API
    read_only: frozenset[str] = frozenset()  # fields that a body may not have, although they are fields of the record
    merges: bool = False  # the body is a JSON Merge Patch (RFC 7396)
    replayable: bool = True  # a repeat with the same Idempotency-Key gets the same answer; not where it holds a secret
    media_type: str = "application/json"
    other_media_type: str | None = None  # that the caller may ask for instead
    about: str = ""  # beyond the summary, for people; without it the handler's docstring is taken
    versioned: bool = False  # its answers have an ETag; a change of what they tell of takes If-Match
