"""What a viewer sees in the end: the messages that it was sent, applied by the rules of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import msgpack
import numpy as np
import numpy.typing as npt

from bench.broken import Broken
from bench.recording import Recording

Row = list[Any]  # id first


@dataclass(slots=True)
class Message:
    """A message of the hub, decoded once for all viewers."""

    type: str
    wire: dict[str, Any]
    units: dict[int, Row] = field(default_factory=dict)  # by id
    fixes: dict[int, Row] = field(default_factory=dict)

    @classmethod
    def read(cls, payload: bytes) -> Message:
        """Decode a payload."""
        wire = msgpack.unpackb(payload)
        rows = wire.get("set", {})
        units, fixes = ({row[0]: row for row in rows.get(table, ())} for table in ("units", "fixes"))
        return cls(wire["type"], wire, units, fixes)


class Picture:
    """One viewer's fleet and events; raises `Broken` for a message that a real viewer could not use."""

    def __init__(self) -> None:
        self.units: dict[int, Row] = {}
        self.fixes: dict[int, Row] = {}
        self.events: list[Row] = []
        self._position: dict[str, tuple[str, int]] = {}  # epoch and offset by channel
        self._parts: list[Message] = []  # of the snapshot or delta that follows

    def take(self, message: Message) -> None:
        """Apply one message."""
        match message.type:
            case "part":
                self._parts.append(message)
            case "snapshot" | "delta":
                self._state(message)
            case "events":
                self._events(message.wire)
            case "welcome":
                return
            case other:
                raise Broken(f"a viewer was sent {other}: {message.wire}")

    def _state(self, message: Message) -> None:
        wire = message.wire
        channel = wire["channel"]
        parts, self._parts = [*self._parts, message], []
        if message.type == "delta":
            epoch, offset = self._position[channel]
            if wire["epoch"] != epoch or not wire["base"] <= offset < wire["offset"]:
                raise Broken(f"a delta from {wire['base']} to {wire['offset']} for a viewer at {offset}")
        else:
            self.units, self.fixes = {}, {}
        self._position[channel] = wire["epoch"], wire["offset"]
        for part in parts:
            for table, keys in part.wire.get("removed", {}).items():
                for key in keys:
                    getattr(self, table).pop(key, None)
            self.units.update(part.units)
            self.fixes.update(part.fixes)

    def _events(self, wire: dict[str, Any]) -> None:
        known = self._position.get(wire["channel"])
        if known is not None and known != (wire["epoch"], wire["base"]):
            raise Broken(f"events from {wire['base']} for a viewer at {known[1]}")
        self._position[wire["channel"]] = wire["epoch"], wire["offset"]
        self.events += wire["events"]


class Pictures:
    """The pictures of all viewers of a recording."""

    def __init__(self, recording: Recording, viewers: int) -> None:
        self.recording = recording
        self.messages = [Message.read(payload) for payload in recording.payloads]
        self.all = [self._of(viewer) for viewer in range(viewers)]

    def _of(self, viewer: int) -> Picture:
        picture = Picture()
        for number in self.recording.of(viewer)[1].tolist():
            picture.take(self.messages[number])
        return picture

    def updates(self) -> npt.NDArray[np.int64]:
        """Return how many positions each message carries."""
        return np.array([len(message.fixes) for message in self.messages], np.int64)

    def delivered(self, from_ns: int, to_ns: int) -> int:
        """Count the positions that viewers were sent in a span of time, each as often as viewers got it."""
        return int(self.updates()[self.recording.within(from_ns, to_ns)].sum())


def count_wrong(pictures: Iterable[Picture], truth: dict[int, Row], ids: Collection[int]) -> int:
    """Count the positions of these ambulances in which pictures of the whole fleet differ from the truth.

    The truth's rows are as long as it knows: a longer one is compared as far as they go.
    """
    wrong = 0
    for picture in pictures:
        for id_ in ids:
            true, shown = truth.get(id_), picture.fixes.get(id_)
            wrong += true != (shown if true is None or shown is None else shown[: len(true)])
    return wrong


def count_wrong_inside(picture: Picture, truth: dict[int, Row], area: list[float]) -> int:
    """Count the positions in which the picture of an area (south, west, north, east) differs from the truth.

    It holds everything inside, and perhaps more around it, but nothing that is not true.
    """
    south, west, north, east = area
    inside = {id_ for id_, row in truth.items() if south <= row[1] <= north and west <= row[2] <= east}
    return len(inside - picture.fixes.keys()) + sum(row != truth.get(id_, row) for id_, row in picture.fixes.items())
