"""Every row and every list, asked for by everybody."""

from __future__ import annotations

import pytest

from tests.access.asking import Findings, ask_all
from tests.access.oracle import Oracle
from tests.access.read_cells import readable, reads
from tests.access.stage import staged


@pytest.mark.timeout(300)  # seconds where nothing else runs
async def test_each_reads_exactly_the_rows_and_fields_that_the_page_grants(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(database) as stage:
        oracle, findings = Oracle(stage.world), Findings()
        await ask_all(stage, reads(oracle, readable(stage.world)), findings)
        assert findings.cells > 4_000
        findings.check(capsys.readouterr().out)
