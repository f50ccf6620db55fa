"""What a node keeps for newcomers, and what of it is not written to the server yet. Pure.

Each row carries a MAC over its place, its writer's life and its value: a row of an earlier life of the same node, or of
somebody who does not know the secret, is not taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from hub.bus.bus import PARTITIONS
from hub.bus.keys import Keys
from hub.bus.message import MAC_BYTES, Seal

ROWS_MAX = 500  # of one command: no other command waits long for it
KEY_MAX_DIGITS = 20  # of 64 bits, with a sign
KEPT_MS = 60_000  # a table outlives its node by this
Place = tuple[str, int]  # table and partition
Words = tuple[bytes | str | int, ...]


class Chunk(NamedTuple):
    """Some rows of one place, on their way to the server."""

    place: Place
    rows: tuple[int, ...]
    commands: list[Words]


class Shelf:
    """The rows that this node keeps."""

    def __init__(self, seal: Seal, keys: Keys, node: str, epoch: bytes) -> None:
        self._seal = seal
        self._keys = keys
        self._node = node
        self._epoch = epoch
        self._rows: dict[Place, dict[int, bytes]] = {}
        self._unwritten: dict[Place, dict[int, None]] = {}  # rows that changed or went
        self._cleared: set[Place] = set()  # places whose rows of an earlier time were removed

    def put(self, table: str, key: int, value: bytes | None) -> None:
        """Keep a value, or none any more."""
        place = (table, key % PARTITIONS)
        rows = self._rows.setdefault(place, {})
        if value is None:
            rows.pop(key, None)
        else:
            rows[key] = value
        self._unwritten.setdefault(place, {})[key] = None

    def everything(self, place: Place | None = None) -> None:
        """Take nothing for written any more, in one place or everywhere; and nothing for removed.

        A server that was restored, or took over from another, may have rows that this life had removed.
        """
        for one in [place] if place else list(self._rows):
            self._cleared.discard(one)
            self._unwritten.setdefault(one, {}).update(dict.fromkeys(self._rows[one]))

    def chunks(self, count: int) -> list[Chunk]:
        """Take up to so many chunks of what is unwritten."""
        taken: list[Chunk] = []
        while self._unwritten and len(taken) < count:
            place, waiting = next(iter(self._unwritten.items()))
            rows = tuple(islice(waiting, ROWS_MAX))
            for key in rows:
                del waiting[key]
            if not waiting:
                del self._unwritten[place]
            taken.append(Chunk(place, rows, self._commands(place, rows)))
        return taken

    def failed(self, chunk: Chunk) -> None:
        """Take a chunk back: it is still unwritten."""
        self._unwritten.setdefault(chunk.place, {}).update(dict.fromkeys(chunk.rows))

    def refreshing(self) -> dict[Place, Words]:
        """Return the command that lets each place live on; its answer is 0 where the server has lost it."""
        return {place: self._living_on(place) for place, rows in self._rows.items() if rows}

    def places(self) -> dict[str, int]:
        """Return the keys of all places, with their partitions."""
        return {self._key(place): place[1] for place in self._rows}

    def _commands(self, place: Place, keys: tuple[int, ...]) -> list[Words]:
        key = self._key(place)
        rows = self._rows[place]
        commands: list[Words] = []
        if place not in self._cleared:
            self._cleared.add(place)
            commands.append(("DEL", key))  # if it is lost, so is the session, and `everything` begins again
        there = [(row, rows[row]) for row in keys if row in rows]
        gone = [row for row in keys if row not in rows]
        if there:
            context = row_context(place, self._node, self._epoch)
            fields = [word for row, value in there for word in (row, seal_row(self._seal, context, row, value))]
            commands.append(("HSET", key, *fields))
        if gone:
            commands.append(("HDEL", key, *gone))
        commands.append(self._living_on(place))
        return commands

    def _living_on(self, place: Place) -> Words:
        return ("PEXPIRE", self._key(place), KEPT_MS)

    def _key(self, place: Place) -> str:
        return self._keys.table(*place, self._node)


def row_context(place: Place, node: str, epoch: bytes) -> bytes:
    """Return what the rows of one life in one place have in common."""
    return b"\0".join((place[0].encode(), b"%d" % place[1], node.encode(), epoch))


def seal_row(seal: Seal, context: bytes, key: int, value: bytes) -> bytes:
    """Return a value with its MAC before it."""
    return seal.mac(b"%b\0%d\0%b" % (context, key, value)) + value


def open_rows(seal: Seal, context: bytes, fields: Mapping[bytes, bytes]) -> dict[int, bytes]:
    """Return the rows that were written in this life, and leave out all others."""
    rows: dict[int, bytes] = {}
    for name, sealed in fields.items():
        key = _key_in(name)
        if key is not None and seal_row(seal, context, key, sealed[MAC_BYTES:]) == sealed:
            rows[key] = sealed[MAC_BYTES:]
    return rows


def _key_in(name: bytes) -> int | None:
    """Return the key that a writer calls so."""
    if len(name) > KEY_MAX_DIGITS or not name.removeprefix(b"-").isdigit():
        return None
    key = int(name)
    return key if b"%d" % key == name else None
