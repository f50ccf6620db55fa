"""How far a restart has come, as another process reads it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from arogya import restarts
from arogya.rollout import Progress

NONE = Progress(0, 0, 0, ended=True, failure="")


def test_what_was_noted_is_read_by_who_asks_that_supervisor(tmp_path: Path) -> None:
    noted = Progress(3, 1, 2, ended=True, failure="the hub n-2b was not ready after 60 s")
    restarts.note(tmp_path, noted)
    assert restarts.read(tmp_path, os.getpid()) == noted
    assert restarts.read(tmp_path, os.getpid() + 1) == NONE


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"pid": 1, "asked": 2}'])
def test_anything_else_is_no_restart(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / restarts.FILE).write_text(text)
    assert restarts.read(tmp_path, 1) == NONE
