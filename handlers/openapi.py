"""OpenAPI 3.1 from the route table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from handlers import problem
from handlers.call import Nothing, Route

_REFERENCE = "#/components/schemas/{name}"
_PATH_FIELD = re.compile(r"\{([a-z_]+)\}")
_SECURITY: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An app's access token or a device's secret."},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "__Host-hub_session", "description": "A browser's session."},
}


class Problem(msgspec.Struct):
    """RFC 9457; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    code: str
    request_id: str
    detail: str | msgspec.UnsetType = msgspec.UNSET
    field: str | msgspec.UnsetType = msgspec.UNSET


def document(routes: Iterable[Route], *, version: str, page_rows_max: int) -> dict[str, Any]:
    """Return the OpenAPI document of a route table."""
    listed = list(routes)
    bodies = {kind for route in listed for kind in (route.body, route.response) if kind not in (None, Nothing)}
    kinds: list[Any] = [Problem, *sorted(bodies, key=lambda kind: kind.__name__)]
    _, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, page_rows_max)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Arogya Hub", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


def _operation(route: Route, page_rows_max: int) -> dict[str, Any]:
    words = re.sub(r"[^a-z]+", "_", route.path.removeprefix("/api/v1")).strip("_")
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{words}",
        "summary": route.summary,
        "responses": _responses(route),
        "security": [] if route.public else [{"bearer": []}, {"cookie": []}],
        "x-access": route.action,
    }
    parameters = [*_path_parameters(route), *_query_parameters(route, page_rows_max)]
    if parameters:
        operation["parameters"] = parameters
    if route.body is not Nothing:
        operation["requestBody"] = {"required": True, "content": _content("application/json", route.body)}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done"}
    if route.response is not None:
        answer["content"] = _content(route.media_type, route.response)
    elif route.media_type != "application/json":
        answer["content"] = _document(route.media_type)
    if route.other_media_type is not None:
        answer["content"] |= _document(route.other_media_type)
    responses = {str(route.status): answer}
    if route.path == "/ready":
        responses["503"] = {**answer, "description": "Not ready, with the reasons"}
    refusal = {"description": "Refused", "content": _content(problem.CONTENT_TYPE, Problem)}
    responses["default"] = refusal
    return responses


def _content(media_type: str, kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REFERENCE.format(name=kind.__name__)}}}


def _document(media_type: str) -> dict[str, Any]:
    """Return a content that has no type of ours: JSON of some standard, or a text."""
    return {media_type: {"schema": {"type": "object" if media_type.endswith("json") else "string"}}}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    is_uuid = "/sessions/" in route.path or "/alarms/" in route.path
    schema = {"type": "string", "format": "uuid"} if is_uuid else {"type": "integer", "minimum": 1}
    names = _PATH_FIELD.findall(route.path)
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(route: Route, page_rows_max: int) -> list[dict[str, Any]]:
    parameters = []
    for field in msgspec.structs.fields(route.query):
        schema = msgspec.json.schema(field.type)
        if field.encode_name == "limit":
            schema["maximum"] = page_rows_max
        if not field.required and field.default is None:
            schema = _without_null(schema)  # an absent parameter is not an empty one
        parameters.append({"name": field.encode_name, "in": "query", "required": field.required, "schema": schema})
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    options = [option for option in schema.get("anyOf", []) if option != {"type": "null"}]
    return options[0] if len(options) == 1 else schema
