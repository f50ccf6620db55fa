"""Errors as problem documents."""

from __future__ import annotations

import orjson
import pytest
from aiohttp import web

from handlers import problem
from hub import errors
from hub.outcomes import OUTCOMES
from storage import errors as storage_errors


def _document(error: Exception) -> tuple[int, dict[str, object]]:
    answer = problem.response(error, "0" * 16)
    body = answer.body
    assert isinstance(body, bytes)
    return answer.status, orjson.loads(body)


@pytest.mark.parametrize("kind", [kind for kind in OUTCOMES if issubclass(kind, errors.HubError)])
def test_every_refusal_has_a_document(kind: type[errors.HubError]) -> None:
    status, document = _document(kind("why"))
    outcome = OUTCOMES[kind]
    assert document == {
        "type": f"/problems/{outcome.code}",
        "title": outcome.title,
        "status": outcome.status,
        "code": outcome.code,
        "request_id": "0" * 16,
        "detail": "why",
    }
    assert status == outcome.status


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (storage_errors.Unavailable("57P01 at /var/lib"), "storage_unavailable"),
        (storage_errors.Conflict("users_email_key"), "conflict"),
        (storage_errors.Poison("users", None, "users_name_check", "23514"), "invalid_value"),
        (storage_errors.Denied("42501"), "internal"),
        (storage_errors.StorageError("SELECT 1"), "internal"),
        (TimeoutError("secret"), "silent"),
        (KeyError("secret"), "internal"),
        (web.HTTPNotFound(text="secret"), "not_found"),
        (web.HTTPRequestEntityTooLarge(1, 2), "too_large"),
        (web.HTTPExpectationFailed(text="secret"), "malformed"),
    ],
)
def test_what_comes_from_below_says_nothing_of_itself(error: Exception, code: str) -> None:
    _, document = _document(error)
    assert document["code"] == code
    for word in ("secret", "SELECT", "/var/lib", "users", "42501", "57P01"):
        assert word not in str(document)


def test_a_wait_is_told_in_whole_seconds() -> None:
    answer = problem.response(errors.RateLimited(retry_after_s=0.2), "x")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert problem.response(storage_errors.Unavailable(), "x").headers["Retry-After"] == "1"


def test_no_credential_is_asked_for_by_its_scheme() -> None:
    assert problem.response(errors.Unauthorized(), "x").headers["WWW-Authenticate"] == "Bearer"
