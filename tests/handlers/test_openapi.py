"""The published description is valid, whole, and true."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from handlers.openapi import document
from handlers.routes import ROUTES
from tests.handlers.rig import Hub
from tests.handlers.world import World


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(msgspec.json.encode(document(ROUTES, version="1", page_rows_max=200)))
    return made


def test_the_document_is_valid_openapi(described: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(described).validate()


def test_every_route_is_described_once(described: dict[str, Any]) -> None:
    operations = [(method.upper(), path) for path, methods in described["paths"].items() for method in methods]
    assert sorted(operations) == sorted((route.method, route.path) for route in ROUTES)
    names = [operation["operationId"] for path in described["paths"].values() for operation in path.values()]
    assert len(set(names)) == len(names)


def test_limits_and_choices_are_in_it(described: dict[str, Any]) -> None:
    parameters = {item["name"]: item for item in described["paths"]["/api/v1/ambulances"]["get"]["parameters"]}
    assert parameters["limit"]["schema"]["maximum"] == 200
    assert "available" in parameters["status"]["schema"]["enum"]
    assert None not in parameters["status"]["schema"]["enum"]
    assert described["components"]["schemas"]["SignIn"]["additionalProperties"] is False


async def test_the_hub_serves_it(hub: Hub) -> None:
    answer = await hub.call("GET", "/openapi.json")
    assert answer.status == 200
    assert set(answer.json["paths"]) == {route.path for route in ROUTES}


@pytest.mark.timeout(90)
async def test_a_fuzzer_finds_no_answer_that_the_document_does_not_know(hub: Hub, world: World, tmp_path: Path) -> None:
    """Schemathesis from outside, seeded; sign-out is left out, for it would end the fuzzer's own session."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"{hub.url}/openapi.json",
        "--header",
        f"Authorization: Bearer {world.tokens['DP']}",
        "--seed=1",
        "--max-examples=12",
        "--phases=fuzzing",
        "--generation-database=none",
        "--checks=not_a_server_error,content_type_conformance,response_schema_conformance,negative_data_rejection",
        "--exclude-method=DELETE",
        "--request-timeout=5",
        "--no-color",
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]
