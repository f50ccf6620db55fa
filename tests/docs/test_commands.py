"""Every command on the pages exists, with its options; those of the operations page are run, one after the other."""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from arogya.cli.main import COMMANDS, parser, run
from bench.__main__ import parse as parse_bench
from tests.docs.pages import PAGES, ROOT, blocks, prose, text_of

# The programs of others that the pages use.
OTHERS = {"python3", "python", "pip", "curl", "cp", "install", "podman", "systemctl", "systemd-sysusers"}
FOREVER = {"serve", "demo", "simulate", "replay"}  # run until they are stopped, or need a hub
EXAMPLE_DATABASE = "postgresql://arogya@db.example.org/arogya"


def lines_of(text: str) -> Iterator[list[str]]:
    """Yield the words of each command in a page's sh blocks, without comments and redirections."""
    for block in blocks(text, "sh"):
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words[: words.index(">")] if ">" in words else words


def inline_of(text: str) -> Iterator[list[str]]:
    """Yield the words of each `arogya …` in a page's prose."""
    for code in re.findall(r"`(arogya [^`→]*)`", prose(text)):
        yield code.replace("…", "").split()


COMMAND_LINES = [(page.name, words) for page in PAGES for words in lines_of(page.read_text(encoding="utf-8"))]
INLINE = [(page.name, words) for page in PAGES for words in inline_of(page.read_text(encoding="utf-8"))]


def parses(words: list[str]) -> bool:
    """Say whether the command line takes these words; --help and --version end the parser well."""
    try:
        parser(words).parse_args(words)
    except SystemExit as end:
        return not end.code
    return True


def made(words: list[str]) -> bool:
    """Say whether the Makefile takes these words."""
    given = dict(word.split("=", 1) for word in words if "=" in word)
    targets = [word for word in words if "=" not in word]
    known = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    arguments = shlex.split(given.get("ARGS", ""))
    if targets == ["run"]:
        return parses(["demo", *arguments])
    if targets == ["bench"]:
        return bool(parse_bench(arguments))
    return bool(targets) and set(targets) <= set(known)


@pytest.mark.parametrize(("page", "words"), COMMAND_LINES, ids=lambda part: part if isinstance(part, str) else None)
def test_a_command_in_a_block_is_one(page: str, words: list[str]) -> None:
    program = Path(words[0]).name
    if program == "arogya":
        assert parses(words[1:]), f"{page}: {words}"
    elif program == "make":
        assert made(words[1:]), f"{page}: {words}"
    else:
        assert program in OTHERS, f"{page}: {words}"


def options_of(found: argparse.ArgumentParser) -> set[str]:
    return {option for action in found._actions for option in action.option_strings}


def descend(words: list[str]) -> argparse.ArgumentParser:
    """Return the parser of the subcommand that the first words name."""
    found = parser()
    for word in words:
        choices = [action.choices for action in found._actions if isinstance(action, argparse._SubParsersAction)]
        if not choices or word not in choices[0]:
            return found
        found = choices[0][word]
    return found


@pytest.mark.parametrize(("page", "words"), INLINE, ids=lambda part: part if isinstance(part, str) else None)
def test_a_command_in_the_prose_is_one(page: str, words: list[str]) -> None:
    named = words[1:]
    if named and not named[0].startswith("-"):
        assert named[0] in COMMANDS, f"{page}: {words}"
    options = {word.partition("=")[0] for word in named if word.startswith("--")}
    assert options <= options_of(descend(named)), f"{page}: {words}"


def runnable() -> Iterator[list[str]]:
    for words in lines_of(text_of("docs/operations.md")):
        if Path(words[0]).name == "arogya" and not words[1].startswith("-") and words[1] not in FOREVER:
            yield words[1:]


@pytest.fixture
def blocking_calls_fail() -> None:
    """Let calls block here: a command has its loop to itself."""


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the page's commands read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "facilities.csv").write_text("name,type\nCity Hospital,hospital\n")
    (tmp_path / "people.csv").write_text(
        "role,name,email,facility,staff_role\nstaff,Mina,mina@example.org,City Hospital,receptionist\n"
    )
    (tmp_path / "ambulances.csv").write_text("plate_number,facility\nKA-01-AB-2001,City Hospital\n")
    (tmp_path / "fleet.csv").write_text("plate_number,name,kind\nKA-01-AB-1235,front,tablet\nKA-01-AB-1236,,\n")
    return tmp_path


@pytest.mark.timeout(180)
def test_the_commands_of_the_operations_page_work_one_after_the_other(
    database: str, workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(3):  # device 7 is on the page
        assert run(["device", "add", "--csv", "fleet.csv", "--new-ambulance", "--database", database]) == 0
    for words in runnable():
        # The drill has an embedded database of its own; everything else works on the one of this test.
        drill = "drill" in words
        given = [database if word == EXAMPLE_DATABASE else word for word in words]
        status = run([*given, *([] if drill or database in given else ["--database", database])])
        said = capsys.readouterr()
        # The server of the tests is not durable, and the doctor says so.
        assert status == 0 or (words[0] == "doctor" and not drill and "durability" in said.out), (words, said.err)


def test_the_page_shows_the_backup_it_drills_with() -> None:
    drilled = [words for words in runnable() if "drill" in words]
    assert [words[0] for words in drilled] == ["restore", "doctor", "device"]
