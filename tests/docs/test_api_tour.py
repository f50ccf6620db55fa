"""The tour of the API: its commands are run, one after the other, against the demonstration's data."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from arogya.cli import demo_data
from storage.records.catalog import ENTITIES
from tests.docs.pages import blocks, prose, text_of
from tests.handlers.rig import running
from tests.storage.records.test_tables import TABLES

TOUR = text_of("docs/api-tour.md")
SCRIPT = "\n".join(blocks(TOUR, "bash"))


@pytest.fixture
def blocking_calls_fail() -> None:
    """Let calls block here: the demonstration's data is prepared as the command line does."""


def test_it_works_with_every_documented_table() -> None:
    used = set(re.findall(r"call [A-Z]+ ['\"]?([a-z_]+)", SCRIPT)) | set(re.findall(r"/api/v1/([a-z_]+)", SCRIPT))
    assert set(TABLES) - used == set()
    written = set(re.findall(r"call (?:POST|PATCH|DELETE) ['\"]?([a-z_]+)", SCRIPT))
    read_only = {"joint_motion_logs", "rehab_progress", "transactions"}
    assert set(TABLES) - written == read_only


def test_it_names_no_table_that_is_not_there() -> None:
    named = {name for name in re.findall(r"`([a-z]+_[a-z_]+s)`", prose(TOUR)) if not name.endswith("_rows")}
    assert named <= {entity.name for entity in ENTITIES}


@pytest.mark.timeout(120)
async def test_its_commands_work_one_after_the_other(database: str, tmp_path: Path) -> None:
    await demo_data.prepare(database, tmp_path)
    async with running(database) as hub:
        script = "set -euo pipefail\n" + SCRIPT.replace("http://127.0.0.1:8080", hub.url)
        shell = await asyncio.create_subprocess_exec(
            *("bash", "-c", script), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await shell.communicate()
    said = out.decode()
    assert shell.returncode == 0, (said[-1500:], err.decode()[-1500:])
    refused = re.findall(r'"code":"([a-z_]+)"', said)
    assert refused == ["precondition_failed", "field_forbidden", "forbidden"]
    assert len(set(re.findall(r'"caller":"A passer-by".*?', said))) == 1
    assert json.dumps("Good. Keep to ten bends, and skip Friday if it swells.") in said
