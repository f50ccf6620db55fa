"""The published description is valid, whole, and true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from handlers.context import HttpSettings
from handlers.openapi.answers import OF_SOCKETS
from handlers.openapi.document import document
from handlers.routes import ROUTES
from hub.outcomes import OUTCOMES
from tests.handlers.rig import Hub


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(msgspec.json.encode(document(ROUTES, version="1", settings=HttpSettings())))
    return made


def test_the_document_is_valid_openapi(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


def test_every_route_is_described_once(described: dict[str, Any]) -> None:
    operations = [(method.upper(), path) for path, methods in described["paths"].items() for method in methods]
    assert sorted(operations) == sorted((route.method, route.path) for route in ROUTES)
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def _validator(described: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    whole = {**schema, "components": described["components"]}
    return Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)


def test_every_schema_has_an_example_that_it_allows(described: dict[str, Any]) -> None:
    for name, schema in described["components"]["schemas"].items():
        assert schema["examples"], name
        for example in schema["examples"]:
            errors = list(_validator(described, schema).iter_errors(example))
            assert not errors, (name, errors[0].message)


def test_every_operation_has_examples_that_its_schemas_allow(described: dict[str, Any]) -> None:
    for name, operation in _operations(described):
        holders = [operation.get("requestBody", {}), *operation["responses"].values()]
        contents = [
            media
            for holder in holders
            for kind, media in holder.get("content", {}).items()
            if "$ref" in media["schema"]
        ]
        inputs = [item for item in operation.get("parameters", ()) if "$ref" not in item]
        for item in [*contents, *inputs]:
            errors = list(_validator(described, item["schema"]).iter_errors(item["example"]))
            assert not errors, (name, item.get("name"), errors[0].message)
        assert operation["x-codeSamples"][0]["source"].startswith("curl ")


def test_every_operation_says_who_is_let_in_and_how(described: dict[str, Any]) -> None:
    public = {(route.method.lower(), route.path) for route in ROUTES if route.public}
    for name, operation in _operations(described):
        assert operation["x-access"]["action"], name
        assert operation["x-access"]["allow"], name
        is_public = tuple(name.split(" ", 1)) in public
        assert (operation["security"] == []) == is_public, name
        if not is_public:
            assert {"bearer": []} in operation["security"]
            assert ("csrf" in operation["security"][-1]) == (not name.startswith("get ")), name


def test_every_refusal_over_http_has_its_status_and_an_example(described: dict[str, Any]) -> None:
    told = {
        code: example["value"]["status"]
        for response in described["components"]["responses"].values()
        for code, example in response["content"]["application/problem+json"]["examples"].items()
    }
    over_http = {outcome.code: outcome.status for kind, outcome in OUTCOMES.items() if kind not in OF_SOCKETS}
    assert told == over_http
    for response in described["components"]["responses"].values():
        for example in response["content"]["application/problem+json"]["examples"].values():
            assert _validator(described, described["components"]["schemas"]["Problem"]).is_valid(example["value"])


def test_every_operation_has_a_group_that_is_told_of(described: dict[str, Any]) -> None:
    tags = {tag["name"]: tag["description"] for tag in described["tags"]}
    assert all(tags.values())
    for name, operation in _operations(described):
        assert operation["tags"][0] in tags, name
        assert operation["summary"], name


def test_what_changes_something_can_be_repeated_and_guarded(described: dict[str, Any]) -> None:
    for name, operation in _operations(described):
        headers = {item["$ref"].rpartition("/")[2] for item in operation.get("parameters", ()) if "$ref" in item}
        assert ("Idempotency-Key" in headers) == (name.startswith("post ") and operation["security"] != []), name
        if "If-Match" in headers:
            assert "412" in operation["responses"], name
        if "If-None-Match" in headers:
            assert "304" in operation["responses"], name


def test_limits_and_choices_are_in_it(described: dict[str, Any]) -> None:
    parameters = {item["name"]: item for item in described["paths"]["/api/v1/ambulances"]["get"]["parameters"]}
    assert parameters["limit"]["schema"]["maximum"] == 200
    assert "available" in parameters["status"]["schema"]["enum"]
    assert None not in parameters["status"]["schema"]["enum"]
    assert described["components"]["schemas"]["SignIn"]["additionalProperties"] is False


async def test_the_hub_serves_it(hub: Hub) -> None:
    answer = await hub.call("GET", "/openapi.json")
    assert answer.status == 200
    assert set(answer.json["paths"]) == {"/openapi.json", "/api", *(route.path for route in ROUTES)}
