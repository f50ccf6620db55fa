"""A quarter of a minute of `make chaos`: every kind of fault once, always the same."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.chaos import schedule
from tests.chaos.run import run

SEED = 1
SECONDS = 7.0
TABLETS = 20
HUBS = 2
_LOG = logging.getLogger(__name__)  # pytest shows it with a failure


@pytest.mark.timeout(180)
async def test_nothing_that_was_promised_is_missing_after_every_kind_of_fault(tmp_path: Path) -> None:
    acts = schedule.one_of_each(SEED, SECONDS, hubs=HUBS)
    outcome = await run(SEED, acts, tmp_path, _LOG.warning, hubs=HUBS, tablets=TABLETS)
    assert outcome.problems == [], outcome
