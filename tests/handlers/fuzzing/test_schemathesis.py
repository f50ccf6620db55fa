"""A fuzzer that knows the published document finds nothing, whoever it is."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.handlers.rig import SETTINGS, Hub, running
from tests.handlers.world import World, build_world

HERE = Path(__file__).parent
# They would end the fuzzer's own session.
LEFT_OUT = ("delete_sessions_current", "delete_sessions_id")
# One generated table stands for all of them where every limit of every field is tried.
TRIED_WHOLLY = ("sessions", "facilities", "alarms", "health", "description")


@pytest.fixture
async def hub(database: str) -> AsyncIterator[Hub]:
    """A hub on which nobody has to wait between two sign-ins."""
    unhurried = replace(SETTINGS, sign_ins_per_min=1e6, sign_ins_per_network_per_min=1e6, body_timeout_s=5.0)
    async with running(database, settings=unhurried) as made:
        yield made


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("who", "options"),
    [
        ("AD", ["--phases=examples,fuzzing", "--max-examples=2"]),
        ("AD", ["--phases=coverage", *(f"--include-tag={tag}" for tag in TRIED_WHOLLY)]),
        ("PT", ["--phases=fuzzing", "--max-examples=1"]),
        ("RC", ["--phases=fuzzing", "--max-examples=1"]),
        (None, ["--phases=fuzzing", "--max-examples=1"]),
    ],
    ids=["an administrator", "every limit", "a patient", "a receptionist", "nobody"],
)
async def test_it_finds_nothing(hub: Hub, world: World, tmp_path: Path, who: str | None, options: list[str]) -> None:
    """All checks: no 5xx, answers as described, methods, headers, credentials, good data taken, bad data refused."""
    caller = [] if who is None else ["--header", f"Authorization: Bearer {world.tokens[who]}"]
    process = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{hub.url}/openapi.json", *caller, *options),
        *(f"--exclude-operation-id={name}" for name in LEFT_OUT),
        *("--generation-deterministic", "--checks=all", "--request-timeout=10", "--no-color"),
        cwd=tmp_path,
        env={**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "checks.py")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    said = output.decode()
    assert process.returncode == 0, said[-6000:]
    tried = re.search(r"(\d+) generated", said)
    assert tried is not None and int(tried[1]) >= 100, "hardly anything was tried"


@pytest.fixture
async def world(hub: Hub, database: str) -> World:
    """Two facilities with people, ambulances and devices."""
    return await build_world(hub, database)
