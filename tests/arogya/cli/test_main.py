"""The command line: help that teaches, and exit codes that mean something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from arogya.cli.main import COMMANDS, parser, run

VISIBLE = [command for command in COMMANDS if command != "hub"]


def outcome(*words: str) -> int:
    """Run a command in this process and return its status, however it ends."""
    try:
        return run(words)
    except SystemExit as end:
        return int(end.code or 0)


def test_the_help_lists_every_command_and_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome("--help") == 0
    text = capsys.readouterr().out
    assert all(f"    {command} " in text for command in VISIBLE)
    assert "    hub " not in text
    assert "exit status:" in text


@pytest.mark.parametrize("command", VISIBLE)
def test_the_help_of_a_command_teaches_by_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(command, "--help") == 0
    assert "example" in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("fly",), ("demo", "--wings"), ("demo", "--port", "many"), ("restore",)])
def test_a_mistaken_command_line_is_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(*words) == 2
    assert "usage: arogya" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--plate", "\x1b[31mA-1"), ("--plate", "A-1", "--name", "a\nb"), ("--plate", "A" * 101)]
)
def test_a_device_has_a_name_that_every_screen_can_show(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert outcome("device", "add", *words) == 2
    assert "at most 100 printable characters" in capsys.readouterr().err


def test_only_the_named_command_is_loaded() -> None:
    # The help of one command must not wait for what another one needs.
    program = "import sys; from arogya.cli.main import parser; parser(['demo']); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "arogya.cli.demo" in loaded
    assert not {"arogya.cli.serve", "aiohttp", "asyncpg", "numpy"} & set(loaded)


def test_every_command_can_be_loaded_together() -> None:
    assert parser().parse_args(["demo", "--for-seconds", "5"]).for_seconds == 5.0


def test_all_mistakes_of_a_configuration_are_shown_and_the_status_is_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "arogya.toml"
    file.write_text("[server]\nprot = 1\n[live]\ntick_s = 'fast'\n")
    monkeypatch.setenv("AROGYA_LIMITS__PAGE_ROWS", "0")
    assert outcome("serve", "--config", str(file)) == 2
    text = capsys.readouterr().err
    assert "3 mistake(s)" in text
    assert all(key in text for key in ("server.prot", "live.tick_s", "AROGYA_LIMITS__PAGE_ROWS"))


def test_a_mistaken_option_is_told_like_a_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome("serve", "--port", "99999") == 2
    assert "server.port: 99999" in capsys.readouterr().err


def test_the_configuration_in_force_is_printed_without_its_secrets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AROGYA_DATABASE_URL", "postgresql://me:hunter2@db/x")
    assert outcome("serve", "--port", "4711", "--print-config") == 0
    text = capsys.readouterr().out
    assert "port = 4711" in text
    assert "hunter2" not in text


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_plain_http_beyond_this_machine_is_refused(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(command, "--host", "0.0.0.0") == 2  # noqa: S104 - that is the case
    assert "in the clear" in capsys.readouterr().err


def test_a_database_that_is_not_there_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome("migrate", "--database", f"postgresql://x@/x?host={tmp_path}") == 3
    assert "arogya doctor" in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    script = '"$0" -m arogya serve --print-config | head -1'
    done = subprocess.run(["sh", "-c", script, sys.executable], capture_output=True, text=True, check=False)
    assert done.stdout == "[server]\n"
    assert "Traceback" not in done.stderr


def test_a_command_without_the_servers_packages_says_how_to_get_them(tmp_path: Path) -> None:
    program = f"""
import sys
sys.modules["asyncpg"] = None
from arogya.cli.main import run
sys.exit(run(["migrate", "--state", {str(tmp_path)!r}]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "arogya: the package asyncpg is missing: install arogya-hub with its extra, arogya-hub[server]\n"
    )
