"""What Traccar Client sends, in each of its four shapes. Pure.

A query string (up to 8), `{"location": {…}, "device_id": …}` (9), a form (10 and later), an array of flat objects
(forks). Speeds are in knots, but for 9: m/s. Every shape may hold a fix, or only say that the device is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

import orjson

from hub.trackers import reading
from hub.trackers.reading import NOWHERE, NotUnderstood, Reading, TrackerFix

KNOT_M_S: Final = 1_852.0 / 3_600.0
_FIELDS_MAX: Final = 100
Pairs = Iterable[tuple[str, str]]


def read(content_type: str, query: Pairs, body: bytes) -> Reading:
    """Return what a request says: JSON if its type says so, else its query, else the form in its body. Never raises."""
    if content_type.lower().startswith("application/json"):
        try:
            document = orjson.loads(body)
        except orjson.JSONDecodeError:
            return Reading(malformed=1)
        messages = document if isinstance(document, list) else [document]
        return _all(messages)
    pairs = dict(query)
    if not pairs:
        try:
            pairs = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=_FIELDS_MAX))
        except ValueError:
            return Reading(malformed=1)
    return _all([pairs])


def _all(messages: list[object]) -> Reading:
    fixes: list[TrackerFix] = []
    heartbeats = malformed = 0
    for message in messages:
        try:
            fix = _read_one(message)
        except NotUnderstood:
            malformed += 1
            continue
        if fix is None:
            heartbeats += 1
        else:
            fixes.append(fix)
    return Reading(tuple(fixes), heartbeats, malformed)


def _read_one(message: object) -> TrackerFix | None:
    """Return a fix, None for a sign of life; raises `NotUnderstood`."""
    if not isinstance(message, dict):
        raise NotUnderstood("a message is an object")
    location = message.get("location")
    if isinstance(location, dict):
        return _read_nested(message, location)
    return _read_flat(message)


def _read_flat(message: Mapping[str, object]) -> TrackerFix | None:
    is_sos = _is_sos(message)
    latitude, longitude = _first(message, "lat", "latitude"), _first(message, "lon", "lng", "longitude")
    both = message.get("location")
    if isinstance(both, str) and latitude is None and longitude is None:
        latitude, _, longitude = both.partition(",")
    place = _place(latitude, longitude, is_sos=is_sos)
    if place is None:
        return None
    return TrackerFix(
        _time(message.get("timestamp"), is_sos=is_sos),
        *place,
        reading.speed(message.get("speed"), KNOT_M_S),
        reading.heading(_first(message, "bearing", "heading")),
        reading.accuracy(message.get("accuracy")),
        reading.altitude(message.get("altitude")),
        is_sos,
    )


def _read_nested(message: Mapping[str, object], location: Mapping[str, object]) -> TrackerFix | None:
    coords = location.get("coords")
    given: Mapping[str, object] = coords if isinstance(coords, dict) else {}
    is_sos = any(_is_sos(part) for part in (message, message.get("extras"), location, location.get("extras")))
    place = _place(given.get("latitude"), given.get("longitude"), is_sos=is_sos)
    if place is None:
        return None
    return TrackerFix(
        _time(location.get("timestamp"), is_sos=is_sos),
        *place,
        reading.speed(given.get("speed"), 1.0),
        reading.heading(given.get("heading")),
        reading.accuracy(given.get("accuracy")),
        reading.altitude(given.get("altitude")),
        is_sos,
    )


def _is_sos(part: object) -> bool:
    return isinstance(part, dict) and str(part.get("alarm", "")).lower() == "sos"


def _place(latitude: object, longitude: object, *, is_sos: bool) -> tuple[float, float] | None:
    """Return where it was; a call for help counts wherever it was, and is nowhere if need be."""
    if latitude in (None, "") and longitude in (None, ""):
        return NOWHERE if is_sos else None
    try:
        return reading.place(latitude, longitude)
    except NotUnderstood:
        if is_sos:
            return NOWHERE
        raise


def _time(value: object, *, is_sos: bool) -> int | None:
    """Return a time in seconds, milliseconds or ISO 8601 as µs; None where there is none."""
    if value in (None, ""):
        return None
    try:
        plain = reading.number(value)
        if plain is not None:
            return reading.moment(plain)
        if not isinstance(value, str) or len(value) > 40:
            raise NotUnderstood("a time is a number or a text")
        return _iso_time(value)
    except NotUnderstood:
        if is_sos:
            return None
        raise


def _iso_time(text: str) -> int:
    try:
        found = datetime.fromisoformat(text.replace(" ", "T", 1))
        zoned = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        age = zoned - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NotUnderstood("a time is not as ISO 8601 writes it") from None
    return reading.checked_moment((age.days * 86_400 + age.seconds) * 1_000_000 + age.microseconds)


def _first(message: Mapping[str, object], *names: str) -> object:
    return next((message[name] for name in names if message.get(name) is not None), None)
