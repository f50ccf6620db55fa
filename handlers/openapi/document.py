"""OpenAPI 3.1 from the route table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from handlers.call import API, Nothing, Route
from handlers.context import HttpSettings
from handlers.openapi import answers, words
from handlers.openapi.curl import command
from handlers.openapi.schemas import Schemas, query_schema
from handlers.params import BIGINT_MAX, MERGE_PATCH
from hub.access.policy import rules_of
from storage.records import kinds
from storage.records.catalog import ENTITIES

_PATH_FIELD = re.compile(r"\{([a-z_]+)\}")
_UUIDS = frozenset(
    {"sessions", "alarms", "assignments", "crew_messages", "dispatch"}
    | {entity.name for entity in ENTITIES if entity.key is kinds.KEY}
)
_SECURITY: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An app's access token or a device's secret."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-hub_session", "description": "A browser's session."},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Hub-CSRF",
        "description": "`1`, beside the cookie, with whatever changes something.",
    },
}
_HEADERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "description": "The ETag that you read: answers 412 when it was changed since.",
        "example": '"5d41402abc4b2a76"',
    },
    "If-None-Match": {
        "description": "The ETag that you have: answers 304 when it is still so.",
        "example": '"5d41402abc4b2a76"',
    },
    "Idempotency-Key": {
        "description": "A name of your own for this request: repeated within 24 hours, it is answered as before.",
        "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"},
        "example": "0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a",
    },
}


def document(routes: Iterable[Route], *, version: str, settings: HttpSettings) -> dict[str, Any]:
    """Return the OpenAPI document of a route table."""
    listed = list(routes)
    schemas = Schemas(kind for route in listed for kind in (route.body, route.response) if kind not in (None, Nothing))
    tags: dict[str, str] = {}
    for route in listed:
        tag = words.tag_of(route)
        tags.setdefault(tag, words.about_tag(tag, route))
    paths: dict[str, dict[str, Any]] = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, settings)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Arogya Hub",
            "version": version,
            "summary": "The real-time heart of a health system.",
            "description": words.as_markdown(words.introduction(settings)),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This hub"}],
        "tags": [{"name": name, "description": about} for name, about in tags.items()],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "responses": answers.refusals(),
            "parameters": {name: _header(name) for name in _HEADERS},
            "headers": answers.HEADERS,
            "securitySchemes": _SECURITY,
        },
    }


def _operation(route: Route, schemas: Schemas, settings: HttpSettings) -> dict[str, Any]:
    name = re.sub(r"[^a-z]+", "_", route.path.removeprefix(API)).strip("_")
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{name}",
        "tags": [words.tag_of(route)],
        "summary": route.summary,
        "description": words.about_route(route),
        "parameters": [
            *_path_parameters(route),
            *_query_parameters(route, schemas, settings.page_rows_max),
            *({"$ref": f"#/components/parameters/{header}"} for header in _headers_of(route)),
        ],
        "responses": answers.of_route(route, schemas),
        "security": _security(route),
        "x-access": {"action": route.action, "allow": _allow(route)},
    }
    if route.body is not Nothing:
        content = schemas.content("application/json", route.body)
        if route.merges:
            content |= schemas.content(MERGE_PATCH, route.body)
        operation["requestBody"] = {"required": True, "content": content}
    operation["x-codeSamples"] = [{"lang": "Shell", "label": "curl", "source": command(route, operation)}]
    return {key: value for key, value in operation.items() if value not in ("", []) or key == "security"}


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.public:
        return []
    cookie: dict[str, list[str]] = {"cookie": []} if route.method == "GET" else {"cookie": [], "csrf": []}
    return [*([{}] if route.open else []), {"bearer": []}, cookie]


def _allow(route: Route) -> dict[str, list[str]]:
    """Return who is let in to which rows, in the words of the access matrix."""
    allow: dict[str, list[str]] = {}
    for rule in rules_of(route.action):
        condition = "" if rule.condition is None else f"{{{rule.condition}}}"
        allow.setdefault(rule.code, []).append(f"{rule.scope}{condition}")
    return allow


def _headers_of(route: Route) -> list[str]:
    found = []
    if answers.conditional(route):
        found += {"GET": ["If-None-Match"], "PATCH": ["If-Match"], "DELETE": ["If-Match"]}.get(route.method, [])
    return [*found, "Idempotency-Key"] if answers.repeatable(route) else found


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, **_HEADERS[name]}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    first = route.path.removeprefix(API).strip("/").partition("/")[0]
    schema: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
    example: object = "vS0vVq1S2dyt0h8wY5mKq3Jx7Zr9Lb4Nc6Pf1Gt2HkA"  # made up
    if first == "track":
        pass
    elif first in _UUIDS:
        schema, example = {"type": "string", "format": "uuid"}, "0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a"
    else:
        schema, example = {"type": "integer", "minimum": 1, "maximum": BIGINT_MAX}, 7
    return [
        {"name": name, "in": "path", "required": True, "schema": schema, "example": example}
        for name in _PATH_FIELD.findall(route.path)
    ]


def _query_parameters(route: Route, schemas: Schemas, page_rows_max: int) -> list[dict[str, Any]]:
    parameters = []
    for field in msgspec.structs.fields(route.query):
        name, schema = field.encode_name, query_schema(field, page_rows_max)
        parameter = {"name": name, "in": "query", "required": field.required, "schema": schema}
        about = schema.pop("description", "") or words.ABOUT_PARAMETERS.get(name, "")
        if about:
            parameter["description"] = about
        parameter["example"] = schemas.examples.of(schema, name)
        parameters.append(parameter)
    return parameters
