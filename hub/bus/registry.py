"""The list of nodes that a Redis server keeps: each one's last beat, and when the server got it. Pure."""

from __future__ import annotations

from typing import NamedTuple

from hub.bus import scripts
from hub.bus.keys import Keys
from hub.bus.shelf import Words

FORGOTTEN_S = 3600.0  # a node that died without goodbye is listed for so long


class Entry(NamedTuple):
    """One node in the list."""

    node: str
    age_s: float  # by the clock of the server
    beat: bytes


def enter(keys: Keys, node: str, beat: bytes) -> Words:
    """Return the command that notes a beat on the control channel."""
    return ("EVAL", scripts.REGISTER, 1, keys.nodes, node, beat)


def look_up(keys: Keys) -> Words:
    """Return the command whose answer `entries` reads."""
    return ("EVAL", scripts.REGISTRY, 1, keys.nodes)


def entries(answer: object) -> list[Entry]:
    """Return who is listed; what is not of the expected shape is left out."""
    if not isinstance(answer, list) or len(answer) != 2 or not isinstance(answer[1], list):
        return []
    now_us = _microseconds(answer[0])
    found: list[Entry] = []
    for name, record in zip(answer[1][::2], answer[1][1::2], strict=False):
        if isinstance(name, bytes) and isinstance(record, bytes):
            at, _, beat = record.partition(b" ")
            # What lies ahead was written before the server's clock was set back, or by somebody else.
            age_s = abs(now_us - _microseconds(at)) / 1e6
            found.append(Entry(name.decode(errors="replace"), age_s, beat))
    return found


def _microseconds(text: object) -> int:
    return int(text) if isinstance(text, bytes) and text.isdigit() and len(text) < 20 else 0
