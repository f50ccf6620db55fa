"""Progress: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io

from arogya.cli.progress import Progress, Steps


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_file_gets_plain_lines_and_no_more_than_needed() -> None:
    stream = io.StringIO()
    with Progress("writing", 200, unit="rows", stream=stream) as progress:
        for _ in range(200):
            progress.advance()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert "0/200 rows" in lines[0]
    assert "100%  200/200 rows" in lines[1]
    assert "\r" not in stream.getvalue()


def test_a_terminal_gets_one_line_that_moves() -> None:
    stream = Terminal()
    with Progress("writing", 4, stream=stream) as progress:
        progress.advance(2, note="a long name of a table")
        progress.set(3)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("\rwriting")
    assert " 75%" in stream.getvalue().rpartition("\r")[2]


def test_a_shorter_line_leaves_nothing_of_the_longer_one() -> None:
    stream = Terminal()
    progress = Progress("writing", stream=stream)
    with progress:
        progress.advance(1, note="a long name of a table")
        progress._show(force=True)
    last, before = stream.getvalue().rstrip("\n").split("\r")[:-3:-1]
    assert len(last) >= len(before.rstrip())


def test_without_a_total_it_counts() -> None:
    stream = io.StringIO()
    with Progress("writing", unit="tables", stream=stream) as progress:
        progress.advance(1234)
    assert "1,234 tables" in stream.getvalue()


def test_steps_say_how_long_each_took() -> None:
    stream = io.StringIO()
    steps = Steps(stream)
    steps.begin("one")
    steps.begin("two")
    steps.end()
    steps.end()
    lines = stream.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["one", "two"]
    assert all(line.endswith(" s)") for line in lines)
