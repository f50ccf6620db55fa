"""A history as a file: CSV for spreadsheets, GeoJSON (RFC 7946) for maps, GPX 1.1 for everything with a track.

Each format is fed pages of fixes and returns text, so that a file is never in memory as a whole. Times are UTC.
"""

from __future__ import annotations

import csv
import io
import re
from typing import ClassVar, Final, Protocol
from xml.sax.saxutils import escape

import numpy as np
import orjson
from numpy.typing import NDArray

from hub.history.track import GAP_US, HIDDEN_FLAGS
from hub.ingest import flags
from storage.history import Records

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_NAMES: Final = [flags.names(bits) for bits in range(flags.ALL + 1)]

GPX_HEAD: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Arogya Hub" xmlns="http://www.topografix.com/GPX/1/1"\
 xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
"""


class Format(Protocol):
    """One file in the making."""

    MEDIA_TYPE: ClassVar[str]
    ENDING: ClassVar[str]
    PASSES: ClassVar[tuple[bool | None, ...]]  # over the history: all fixes, those believed (False) or not (True)

    def head(self) -> str:
        """Return what comes before the fixes."""

    def rows(self, page: Records) -> str:
        """Return the next fixes."""

    def end_pass(self) -> str:
        """Return what follows the fixes of a pass."""

    def tail(self) -> str:
        """Return the end of the file."""


class Csv:
    """A row a fix, as stored; `arogya replay` reads it."""

    MEDIA_TYPE: ClassVar[str] = "text/csv; charset=utf-8"
    ENDING: ClassVar[str] = "csv"
    PASSES: ClassVar[tuple[bool | None, ...]] = (None,)
    COLUMNS: ClassVar[tuple[str, ...]] = (
        *("plate_number", "fix_at", "recorded_at", "received_at", "latitude", "longitude", "speed_mps", "bearing_deg"),
        *("accuracy_m", "altitude_m", "flags", "stream_id", "seq"),
    )

    def __init__(self, plate_number: str) -> None:
        self._plate_number = safe_cell(plate_number)

    def head(self) -> str:
        """Return the names of the columns."""
        return _csv([self.COLUMNS])

    def rows(self, page: Records) -> str:
        """Return a line a fix."""
        columns = (
            *(_times(column) for column in (page.fix_at, page.recorded_at, page.received_at)),
            *(column.tolist() for column in (page.latitude, page.longitude)),
            *(_numbers(column) for column in (page.speed, page.heading, page.accuracy, page.altitude)),
            [" ".join(_NAMES[bits]) for bits in _bits(page)],
            *(column.tolist() for column in (page.stream_id, page.seq)),
        )
        return _csv((self._plate_number, *row) for row in zip(*columns, strict=True))

    def end_pass(self) -> str:
        """Return nothing."""
        return ""

    def tail(self) -> str:
        """Return nothing: a CSV file just ends."""
        return ""


class GeoJson:
    """A FeatureCollection with a point a fix, as stored."""

    MEDIA_TYPE: ClassVar[str] = "application/geo+json"
    ENDING: ClassVar[str] = "geojson"
    PASSES: ClassVar[tuple[bool | None, ...]] = (None,)

    def __init__(self, plate_number: str) -> None:
        self._plate_number = plate_number
        self._separator = "\n"  # before the next feature

    def head(self) -> str:
        """Return the beginning of the collection."""
        name = orjson.dumps(self._plate_number).decode()
        return f'{{"type":"FeatureCollection","plate_number":{name},"features":['

    def rows(self, page: Records) -> str:
        """Return a feature a fix."""
        columns = (
            *(_times(column) for column in (page.fix_at, page.recorded_at, page.received_at)),
            *(column.tolist() for column in (page.longitude, page.latitude)),
            *(_numbers(column) for column in (page.speed, page.heading, page.accuracy, page.altitude)),
            _bits(page),
        )
        features = [_feature(row) for row in zip(*columns, strict=True)]
        text = self._separator + ",\n".join(features)
        self._separator = ",\n"
        return text

    def end_pass(self) -> str:
        """Return nothing."""
        return ""

    def tail(self) -> str:
        """Return the end of the collection."""
        return "\n]}\n"


class Gpx:
    """A track of the fixes that are believed, cut at silences, and a second one of the others, with the reasons."""

    MEDIA_TYPE: ClassVar[str] = "application/gpx+xml"
    ENDING: ClassVar[str] = "gpx"
    PASSES: ClassVar[tuple[bool | None, ...]] = (False, True)

    def __init__(self, plate_number: str) -> None:
        self._names = [plate_number, f"{plate_number} (not believed)"]  # of the tracks that are to come
        self._newest_at: int | None = None  # of the open segment, µs

    def head(self) -> str:
        """Return the beginning of the document."""
        return f"{GPX_HEAD}<metadata><name>{_xml(self._names[0])}</name></metadata>\n"

    def rows(self, page: Records) -> str:
        """Return a track point a fix, with speed and course in Garmin's widely read extension."""
        parts = []
        columns = (
            page.fix_at.tolist(),
            _times(page.fix_at),
            *(column.tolist() for column in (page.latitude, page.longitude)),
            *(_numbers(column) for column in (page.speed, page.heading, page.altitude)),
            _bits(page),
        )
        for at, *row in zip(*columns, strict=True):
            if self._newest_at is None:
                parts.append(f"<trk><name>{_xml(self._names[0])}</name><trkseg>\n")
            elif at - self._newest_at > GAP_US:
                parts.append("</trkseg><trkseg>\n")
            self._newest_at = at
            parts.append(_track_point(*row))
        return "".join(parts)

    def end_pass(self) -> str:
        """Return the end of the track, if there is one."""
        is_open, self._newest_at = self._newest_at is not None, None
        self._names.pop(0)
        return "</trkseg></trk>\n" if is_open else ""

    def tail(self) -> str:
        """Return the end of the document."""
        return "</gpx>\n"


def safe_cell(text: str) -> str:
    """Return a text that a spreadsheet takes for a text (OWASP, "CSV Injection": an apostrophe before it)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _csv(rows: object) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue()


def _feature(row: tuple[object, ...]) -> str:
    fix_at, recorded_at, received_at, longitude, latitude, speed, heading, accuracy, altitude, bits = row
    place = [longitude, latitude] if altitude is None else [longitude, latitude, altitude]
    properties = {
        "time": fix_at,
        "recorded_at": recorded_at,
        "received_at": received_at,
        "speed": speed,
        "heading": heading,
        "accuracy": accuracy,
        "flags": _NAMES[bits],  # type: ignore[call-overload]
    }
    feature = {"type": "Feature", "geometry": {"type": "Point", "coordinates": place}, "properties": properties}
    return orjson.dumps(feature).decode()


def _track_point(  # noqa: PLR0913 - the columns of a row
    time: str,
    latitude: float,
    longitude: float,
    speed: float | None,
    heading: float | None,
    altitude: float | None,
    bits: int,
) -> str:
    """Return one `trkpt`; the schema prescribes the order of what is in it."""
    elevation = "" if altitude is None else f"<ele>{altitude}</ele>"
    comment = f"<cmt>{' '.join(_NAMES[bits])}</cmt>" if bits & HIDDEN_FLAGS else ""
    motion = "" if speed is None else f"<gpxtpx:speed>{speed}</gpxtpx:speed>"
    motion += "" if heading is None else f"<gpxtpx:course>{heading}</gpxtpx:course>"
    if motion:
        motion = f"<extensions><gpxtpx:TrackPointExtension>{motion}</gpxtpx:TrackPointExtension></extensions>"
    place = f'lat="{latitude:.8f}" lon="{longitude:.8f}"'
    return f"<trkpt {place}>{elevation}<time>{time}</time>{comment}{motion}</trkpt>\n"


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", text))


def _times(moments: NDArray[np.int64]) -> list[str]:
    """Return µs since 1970 as ISO 8601."""
    texts: list[str] = np.datetime_as_string(moments.astype("datetime64[us]"), timezone="UTC").tolist()
    return texts


def _numbers(column: NDArray[np.float32]) -> list[float | None]:
    """Return numbers with two decimals, None for NaN."""
    return [None if number != number else round(number, 2) for number in column.tolist()]


def _bits(page: Records) -> list[int]:
    bits: list[int] = (page.flags & flags.ALL).tolist()
    return bits
