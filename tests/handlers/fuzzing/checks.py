"""What the fuzzer checks beside its own checks; it loads this file by itself."""

from __future__ import annotations

from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response

MISSING = "a required field is missing"
# A refusal of how a request looks. What the document allows may be refused for what it means, and for nothing else.
OF_FORM = frozenset(
    {
        MISSING,
        "a field is not known",
        "a query parameter has an impossible value",
        "a query parameter has characters that none takes",
        "a query parameter is not known",
        "a query parameter is repeated",
        "a time needs its zone, such as Z",
        "a value is of the wrong type or out of range",
    }
)


@schemathesis.check
def described_form_is_read(_context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """A request that is as the document says is never refused for its form."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code < 400:
        return None
    if case.method != case.operation.method.upper():  # a method that the path does not have
        return None
    said = response.json()
    assert response.status_code not in (400, 415), f"refused as unreadable: {said}"
    is_allowed = _says_3_0(case.body) or (said.get("detail") == MISSING and said["field"] not in _required(case))
    assert is_allowed or said.get("detail") not in OF_FORM, f"refused for its form: {said}"
    return None


def _says_3_0(value: object) -> bool:
    """Say whether a body has a whole number with a fraction: for JSON Schema it is an integer, for us it is none."""
    if isinstance(value, dict):
        return any(map(_says_3_0, value.values()))
    return any(map(_says_3_0, value)) if isinstance(value, list) else isinstance(value, float) and value.is_integer()


def _required(case: Case[Any]) -> list[str]:
    """Return the fields that every caller has to send; others are known of some callers already, like whose it is."""
    reference = case.operation.definition.raw["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    schema = case.operation.schema.raw_schema["components"]["schemas"][reference.rpartition("/")[2]]
    required: list[str] = schema.get("required", [])
    return required
