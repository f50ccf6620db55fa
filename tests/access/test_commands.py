"""Everybody at every route that is no row of a table."""

from __future__ import annotations

import pytest

from tests.access.asking import Findings, ask_all
from tests.access.command_cells import all_commands
from tests.access.oracle import Oracle
from tests.access.stage import staged
from tests.access.undo import keeper


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_each_commands_exactly_what_the_page_grants(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    async with staged(database) as stage:
        oracle, findings = Oracle(stage.world), Findings()
        before = await keeper(stage)
        denied = [cell for cell in all_commands(oracle) if cell.statuses[0] >= 400]
        await ask_all(stage, denied, findings)
        findings.wrong += [f"changed although it was denied: {name}" for name in await before.changed()]
        await ask_all(stage, [cell for cell in all_commands(oracle) if cell.statuses[0] < 400], findings)
        findings.check(capsys.readouterr().out)
