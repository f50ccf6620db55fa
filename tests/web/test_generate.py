"""What the pages know of the hub's interface is what the hub says of it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    """web/generate.py, which is a script and not part of a package."""
    spec = importlib.util.spec_from_file_location("web_generate", WEB / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_files_are_what_the_hub_says_of_itself() -> None:
    result = subprocess.run([sys.executable, WEB / "generate.py", "--check"], capture_output=True, text=True)
    assert result.returncode == 0, f"run `make web-types` and commit what it writes:\n{result.stdout}{result.stderr}"


TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "a reference": ({"$ref": "#/components/schemas/handlers.alarms.Item"}, "AlarmsItem"),
    "choices": ({"enum": ["a", "b", None]}, '"a" | "b" | null'),
    "one value": ({"const": True}, "true"),
    "or nothing": ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
    "a list of types": ({"type": ["integer", "null"]}, "number | null"),
    "a list": (
        {"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}},
        "readonly (number | null)[]",
    ),
    "a tuple": (
        {"type": "array", "prefixItems": [{"type": "number"}] * 2, "items": False},
        "readonly [number, number]",
    ),
    "an object": (
        {"type": "object", "properties": {"a-b": {"type": "integer"}, "c": {}}, "required": ["c"]},
        '{ readonly "a-b"?: number; readonly c: unknown; }',
    ),
    "a map": ({"type": "object", "additionalProperties": {"type": "boolean"}}, "Readonly<Record<string, boolean>>"),
}


@pytest.mark.parametrize("name", TYPES)
def test_a_schema_becomes_a_type(generate: ModuleType, name: str) -> None:
    schema, expected = TYPES[name]
    assert generate.type_of(schema) == expected


def test_a_route_says_what_it_takes_and_answers(generate: ModuleType) -> None:
    reference = {"schema": {"$ref": "#/components/schemas/A"}}
    operation = {
        "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
        "requestBody": {"content": {"application/json": reference}},
        "responses": {"204": {"description": "Done"}, "default": {"content": {"application/problem+json": reference}}},
    }
    described = {
        "components": {"schemas": {"A": {"type": "object", "properties": {"b": {"type": "string"}}}}},
        "paths": {"/api/v1/things/{id}": {"patch": operation}, "/live": {"get": operation}},
    }
    text = generate.api_types(described)
    assert '  "PATCH /things/{id}": { query: { readonly limit?: number; }; body: A; answer: null };\n' in text
    assert "/live" not in text
    assert "export interface A {\n  readonly b?: string;\n}\n" in text
