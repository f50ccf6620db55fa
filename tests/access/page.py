"""Reads tests/access/matrix.md by itself: the grants cell by cell, and what the words in their braces name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).with_name("matrix.md")


class Grant(NamedTuple):
    """One allowed thing, as the page has it."""

    action: str
    code: str
    scope: str
    condition: str | None


def lines(page: Path, block: str = "matrix") -> list[str]:
    """Return the lines of a page's blocks of one kind."""
    blocks = re.findall(rf"```{block}\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return [line for text in blocks for line in text.splitlines() if line.strip()]


def grants_of(line: str) -> list[Grant]:
    """Read one line, character by character; what stands in braces is one word."""
    action, _, rest = line.partition(" ")
    found = []
    code, depth, word = "", 0, ""
    for character in f"{rest} ":
        depth += (character == "{") - (character == "}")
        if depth or character not in " ,":
            word += character
            continue
        if ":" in word.partition("{")[0]:
            code, _, word = word.partition(":")
        if word and code and not rest.startswith("("):
            scope, brace, condition = word.partition("{")
            found.append(Grant(action, code, scope, condition.removesuffix("}") if brace else None))
        word = ""
    return found


@cache
def matrix() -> Mapping[str, tuple[Grant, ...]]:
    """Return the grants of every action of the page."""
    return {line.split()[0]: tuple(grants_of(line)) for line in lines(PAGE)}


def of_action(action: str, grants: Mapping[str, Iterable[Grant]] | None = None) -> tuple[Grant, ...]:
    """Return the grants of an action, by its own line or its table's `.*`; raises KeyError where it has neither."""
    known = matrix() if grants is None else grants
    return tuple(known[action] if action in known else known[f"{action.partition('.')[0]}.*"])


def has(action: str) -> bool:
    """Tell whether the page speaks of an action."""
    return action in matrix() or f"{action.partition('.')[0]}.*" in matrix()


@cache
def fields() -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return by table and word the fields that the page lists; the word "" has all of them."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for line in lines(PAGE, "fields"):
        head, _, names = line.partition("=")
        table, _, word = head.strip().partition(" ")
        found.setdefault(table, {})[word.strip()] = frozenset(names.split())
    return found
