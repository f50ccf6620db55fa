"""Backups: what of them does not need a database (the commands' tests have one)."""

from __future__ import annotations

from pathlib import Path

import pytest

from arogya import archive
from arogya.archive import ArchiveError, tools_for, without_password
from arogya.embedded.binaries import SUPPORTED, major_version


@pytest.mark.parametrize(
    ("dsn", "plain", "password"),
    [
        ("postgresql://me:p%40ss@db:5432/x?sslmode=require", "postgresql://me@db:5432/x?sslmode=require", "p@ss"),
        ("postgresql://me@/x?host=%2Ftmp%2Fa&port=5432", "postgresql://me@/x?host=%2Ftmp%2Fa&port=5432", ""),
        ("postgresql://db/x", "postgresql://db/x", ""),
        ("postgresql://db/x?password=p%40ss", "postgresql://db/x", "p@ss"),
        ("postgresql://me@db/x?a=1&password=p&b=2", "postgresql://me@db/x?a=1&b=2", "p"),
        ("postgresql://me:first@db/x?password=last", "postgresql://me@db/x", "last"),
    ],
)
def test_no_password_stands_on_a_command_line(dsn: str, plain: str, password: str) -> None:
    assert without_password(dsn) == (plain, password)


@pytest.mark.parametrize("version", list(SUPPORTED))
def test_the_tools_are_never_older_than_the_server(version: int) -> None:
    assert major_version(tools_for(version)) >= version


def test_a_server_newer_than_every_tool_is_refused() -> None:
    with pytest.raises(ArchiveError, match="99"):
        tools_for(99)


def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hub.dump"
    file.write_text("hello")
    with pytest.raises(ArchiveError, match="cannot be read"):
        archive.tables_in(tools_for(SUPPORTED[-1]), file)


def test_a_setting_that_older_servers_do_not_know_is_left_out() -> None:
    script = b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nSET client_encoding = 'UTF8';\n"
    assert archive.NEWER_SETTING.sub(b"", script) == b"SET lock_timeout = 0;\nSET client_encoding = 'UTF8';\n"
