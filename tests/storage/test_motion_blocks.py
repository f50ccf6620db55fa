"""A log comes back in blocks: all of it, once, and never more at a time than is taken apart at once."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from storage.motion import BLOCK_READINGS, read_frames
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
    blocks = [block async for block in read_frames(reader, stream)]
    assert max(len(block.angle) for block in blocks) < BLOCK_READINGS + LARGE * len(joints)
    assert np.concatenate([block.seq for block in blocks]).tolist() == [*range(1, 151), *range(151, last, LARGE)]
    assert sum(len(block.angle) for block in blocks) == last * len(joints)


async def test_what_is_behind_a_sample_and_up_to_the_mark(at: Ward, reader: Database) -> None:
    stream = await at.stream(await at.begun())
    last = await at.store(stream, np.zeros((1, 3_000), np.float32), datetime.now(UTC))
    found = [frames.seq.tolist() async for frames in read_frames(reader, stream, after=2_001, last=last - 10)]
    assert found == [list(range(2_011, last - 10, 10))]
    assert [frames async for frames in read_frames(reader, stream, after=last)] == []
