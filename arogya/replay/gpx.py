"""GPX 1.0 and 1.1 (topografix.com/GPX): the track points of a file, with what common recorders add to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

TEXTS = frozenset({"time", "ele", "speed", "course"})


class GpxError(Exception):
    """The file is not GPX that can be replayed; says why."""


@dataclass(slots=True)
class Point:
    """One `trkpt`, as text."""

    latitude: str
    longitude: str
    track: str = ""  # `name` of the track
    time: str = ""  # ISO 8601
    elevation: str = ""  # metres
    speed: str = ""  # m/s; GPX 1.0, or an extension in any namespace
    course: str = ""  # degrees


class _Reader:
    def __init__(self) -> None:
        self.points: list[Point] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._track = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        self._path.append(local)
        self._text = []
        if local == "trk":
            self._track = ""
        elif local == "trkpt":
            try:
                self.points.append(Point(attributes["lat"], attributes["lon"], self._track))
            except KeyError:
                raise GpxError("a track point has no lat or lon") from None

    def text(self, part: str) -> None:
        self._text.append(part)

    def end(self, name: str) -> None:
        local, text = self._path.pop(), "".join(self._text).strip()
        self._text = []
        if local == "name" and self._path[-1:] == ["trk"]:
            self._track = text
        elif local in TEXTS and "trkpt" in self._path:
            setattr(self.points[-1], {"ele": "elevation"}.get(local, local), text)


def read_points(document: bytes) -> Iterator[Point]:
    """Yield the track points in order; raises `GpxError`. Entities are refused: no recorder writes any."""
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise GpxError(f"not well-formed XML: {error}") from error
    for number, point in enumerate(reader.points, 1):
        if not point.time:
            raise GpxError(f"track point {number} has no time")
        yield point


def _refuse_entity(*_: object) -> None:
    raise GpxError("it declares entities, which are not read")
