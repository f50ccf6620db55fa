"""docs/protocol.md as its tests read it: sections, tables and fenced blocks."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
Table = list[list[str]]  # rows of cells, without the heading and the rule below it


def section(title: str, page: str = PAGE) -> str:
    """Return the text under a heading of the second level."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def tables(text: str) -> list[Table]:
    """Return every table of a text."""
    runs = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in run.splitlines()[2:]] for run in runs
    ]


def messages(title: str) -> list[tuple[str, Table]]:
    """Return name and table of fields of each message that a section describes."""
    parts = re.split(r"^### `(\w+)`\n", section(title), flags=re.MULTILINE)[1:]
    return [(name, tables(body)[0]) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def blocks(kind: str) -> list[str]:
    """Return the fenced blocks of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def code(cell: str) -> str:
    """Return what a cell has in backticks."""
    found = re.fullmatch(r"`([^`]+)`", cell)
    assert found, cell
    return found[1]


def number(cell: str) -> float:
    """Return a number as the page writes it."""
    plain = cell.replace(",", "").replace("−", "-")  # noqa: RUF001 - a minus sign
    return float(plain) if "." in plain else int(plain)
