"""A log comes back in blocks: all of it, once, and never more at a time than is taken apart at once."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from storage.physio.counting import BLOCK_READINGS, Log, read_blocks
from storage.pool import Database
from tests.hub.motion.ward import HIP, KNEE, Ward, ward
from tests.storage.world import Connection

LARGE = 2_000  # samples of the largest frame


@pytest.fixture
async def at(superuser: Connection) -> Ward:
    return await ward(superuser)


@pytest.mark.parametrize("joints", [(KNEE,), (KNEE, HIP)])
async def test_a_block_is_bounded_however_large_frames_become(
    at: Ward, reader: Database, joints: tuple[str, ...]
) -> None:
    stream, began = await at.stream(await at.begun(), joints), datetime.now(UTC)
    small, large = (np.zeros((len(joints), samples), np.float32) for samples in (150, 40 * LARGE))
    last = await at.store(stream, small, began, frame=1)
    last = await at.store(stream, large, began, first=last + 1, frame=LARGE)
    blocks = [block async for block in read_blocks(reader, Log(stream, joints, last))]
    assert max(len(block.angle) for block in blocks) < BLOCK_READINGS + LARGE * len(joints)
    assert np.concatenate([block.seq for block in blocks]).tolist() == [*range(1, 151), *range(151, last, LARGE)]
    assert sum(len(block.angle) for block in blocks) == last * len(joints)


async def test_what_is_behind_a_sample_and_up_to_the_mark(at: Ward, reader: Database) -> None:
    stream = await at.stream(await at.begun())
    last = await at.store(stream, np.zeros((1, 3_000), np.float32), datetime.now(UTC))
    log = Log(stream, (KNEE,), last - 10)
    found = [block.seq.tolist() async for block in read_blocks(reader, log, 2_001)]
    assert found == [list(range(2_011, last - 10, 10))]
    assert [block async for block in read_blocks(reader, log, log.last_seq)] == []
