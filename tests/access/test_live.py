"""Everybody at every live channel, one connection each."""

from __future__ import annotations

from tests.access.asking import Findings
from tests.access.live_cells import watch_all
from tests.access.oracle import Oracle
from tests.access.stage import staged


async def test_each_watches_exactly_the_channels_that_the_page_grants(database: str) -> None:
    async with staged(database) as stage:
        findings = Findings()
        await watch_all(stage, Oracle(stage.world), findings)
        findings.check()
        assert findings.cells > 400
