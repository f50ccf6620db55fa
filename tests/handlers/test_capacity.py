"""How many connections descriptors are enough for."""

from __future__ import annotations

import pytest

from handlers.capacity import Memory, connections_for


@pytest.mark.parametrize(
    ("descriptors", "connections"), [(20_000, 19_904), (1_024, 928), (384, 288), (100, 75), (8, 6)]
)
def test_enough_descriptors_are_kept_back_for_everything_else(descriptors: int, connections: int) -> None:
    assert connections_for(descriptors) == connections


def test_without_a_limit_memory_is_never_short() -> None:
    memory = Memory()
    try:
        assert not memory.short()
    finally:
        memory.close()
        memory.close()
