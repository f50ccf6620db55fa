"""What a route may answer: its own bodies and headers, and the refusals, from the one table of outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from handlers import problem
from handlers.call import Nothing, Route
from handlers.openapi.schemas import Problem, Schemas
from hub import errors
from hub.outcomes import OUTCOMES, Outcome

# Refusals that only a WebSocket knows.
OF_SOCKETS = frozenset(
    {
        errors.CreditExceeded,
        errors.Gap,
        errors.Resync,
        errors.Revoked,
        errors.Slow,
        errors.Superseded,
        errors.TooManySessions,
        errors.UnsupportedVersion,
    }
)
HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "Names this request in the hub's log; tell it when you ask for help.",
        "schema": {"type": "string"},
        "example": "01jdbq0v9s4y",
    },
    "ETag": {
        "description": "The version of what was answered, for If-Match and If-None-Match.",
        "schema": {"type": "string"},
        "example": '"5d41402abc4b2a76"',
    },
    "Location": {
        "description": "Where the new thing is.",
        "schema": {"type": "string", "format": "uri-reference"},
        "example": "/api/v1/appointments/0198f1c2-7d3a-7b54-9a41-5e6f2c1d0b3a",
    },
    "Retry-After": {
        "description": "After how many seconds to try again.",
        "schema": {"type": "integer", "minimum": 1},
        "example": 2,
    },
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}, "example": "Bearer"},
    "Allow": {"description": "The methods that the path takes.", "schema": {"type": "string"}, "example": "GET, HEAD"},
    "Idempotent-Replayed": {
        "description": "This answer was given before, to the same Idempotency-Key.",
        "schema": {"type": "string", "const": "true"},
        "example": "true",
    },
}
_OF_STATUS = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After", 503: "Retry-After"}


def refusals() -> dict[str, Any]:
    """Return every refusal by its component's name, one for each status."""
    by_status: dict[int, list[Outcome]] = {}
    for kind, outcome in OUTCOMES.items():
        if kind not in OF_SOCKETS:
            by_status.setdefault(outcome.status, []).append(outcome)
    return {_name(status): _refusal(status, by_status[status]) for status in sorted(by_status)}


def of_route(route: Route, schemas: Schemas) -> dict[str, Any]:
    """Return every answer of a route by its status."""
    responses: dict[str, Any] = {str(route.status): _success(route, schemas)}
    if conditional(route) and route.method == "GET":
        responses["304"] = {"description": "As you have it already.", "headers": _refer(["X-Request-Id", "ETag"])}
    if route.path == "/ready":
        responses["503"] = {**responses["200"], "description": "Not ready, with the reasons."}
    for status in sorted(_statuses(route)):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/{_name(status)}"})
    return responses


def conditional(route: Route) -> bool:
    """Say whether a route knows versions of what it answers: ETag, If-Match and If-None-Match."""
    return route.versioned


def repeatable(route: Route) -> bool:
    """Say whether a route takes an Idempotency-Key: every POST of somebody who signed in."""
    return route.method == "POST" and not route.public


def _success(route: Route, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _SUCCESS.get(route.status, "Done.")}
    if route.response is not None:
        answer["content"] = schemas.content(route.media_type, route.response)
    elif route.method == "GET":
        answer["content"] = _document(route.media_type)
    if route.other_media_type is not None:
        answer["content"] |= _document(route.other_media_type)
    names = ["X-Request-Id"]
    names += ["ETag"] if conditional(route) and route.status != 204 else []
    names += ["Location"] if conditional(route) and route.status == 201 else []
    names += ["Idempotent-Replayed"] if repeatable(route) and route.replayable else []
    answer["headers"] = _refer(names)
    return answer


_SUCCESS = {200: "Done.", 201: "Made.", 202: "Taken on.", 204: "Done; there is nothing to say."}


def _statuses(route: Route) -> Iterable[int]:
    """Return the statuses of the refusals that a route may answer with."""
    found = {400, 422, 500, 503}
    found |= {429} if route.limited else set()
    found |= set() if route.public and route.method == "GET" else {401, 403}
    if "{" in route.path or route.judged_inside or (route.response is None and route.method == "GET"):
        found.add(404)
    if route.method != "GET":
        found |= {404, 409}
    found |= {408, 429} if route.raw else set()
    if route.body is not Nothing:
        found |= {408, 413, 415}
    if conditional(route) and route.method in ("PATCH", "DELETE"):
        found.add(412)
    return found


def _refusal(status: int, outcomes: list[Outcome]) -> dict[str, Any]:
    examples = {
        outcome.code: {"summary": outcome.title, "value": _problem_example(outcome)}
        for outcome in sorted(outcomes, key=lambda outcome: outcome.code)
    }
    names = ["X-Request-Id", *([_OF_STATUS[status]] if status in _OF_STATUS else [])]
    return {
        "description": " ".join(dict.fromkeys(outcome.title for outcome in outcomes)),
        "headers": _refer(names),
        "content": {
            problem.CONTENT_TYPE: {
                "schema": {"$ref": f"#/components/schemas/{Problem.__name__}"},
                "examples": examples,
            }
        },
    }


def _problem_example(outcome: Outcome) -> dict[str, Any]:
    return {
        "type": f"/problems/{outcome.code}",
        "title": outcome.title,
        "status": outcome.status,
        "code": outcome.code,
        "request_id": HEADERS["X-Request-Id"]["example"],
    }


def _name(status: int) -> str:
    return "".join(word.capitalize() for word in HTTPStatus(status).phrase.replace("-", " ").split())


def _refer(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _document(media_type: str) -> dict[str, Any]:
    """Return a content that has no type of ours: JSON of some standard, or a text."""
    return {media_type: {"schema": {"type": "object" if media_type.endswith("json") else "string"}}}
