"""Each shape in which Traccar Client says the same."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from hub.trackers.reading import Reading, TrackerFix
from hub.trackers.traccar import KNOT_M_S, read

JSON = "application/json; charset=utf-8"
FORM = "application/x-www-form-urlencoded"
AT = 1_763_886_600  # 2025-11-23T08:30:00Z
FIX = TrackerFix(AT * 1_000_000, 18.5204, 73.8567, 10.0, 92.5, 4.5, 561.0)
FLAT = {
    "id": "12345678",
    "timestamp": str(AT),
    "lat": "18.5204",
    "lon": "73.8567",
    "speed": repr(10.0 / KNOT_M_S),
    "bearing": "92.5",
    "altitude": "561.0",
    "accuracy": "4.5",
    "batt": "88.0",
    "charge": "true",
}
LOCATION: dict[str, Any] = {
    "timestamp": "2025-11-23T08:30:00.000Z",
    "coords": {
        "latitude": 18.5204,
        "longitude": 73.8567,
        "accuracy": 4.5,
        "speed": 10.0,
        "heading": 92.5,
        "altitude": 561.0,
    },
    "is_moving": True,
    "odometer": 812.5,
    "event": "motionchange",
    "battery": {"level": 0.88, "is_charging": False},
    "activity": {"type": "in_vehicle"},
    "extras": {},
}


def flat(**changed: Any) -> Reading:
    """Read a query with some values changed; None leaves one out."""
    given = {name: value for name, value in {**FLAT, **changed}.items() if value is not None}
    return read("", given.items(), b"")


def nested(**changed: Any) -> Reading:
    """Read the JSON of version 9 with some of `location` changed."""
    return read(JSON, (), json.dumps({"location": {**LOCATION, **changed}, "device_id": "12345678"}).encode())


def close(found: Reading) -> TrackerFix:
    """Return the one fix, its speed to the millimetre."""
    (fix,) = found.fixes
    return fix._replace(speed=None if fix.speed is None else round(fix.speed, 3))


@pytest.mark.parametrize(
    "found",
    [
        read("", FLAT.items(), b""),
        read(FORM, FLAT.items(), b"ignored=1"),
        read(JSON, (), json.dumps({"location": LOCATION, "device_id": "1"}).encode()),
        read(FORM, (), urlencode(FLAT).encode()),
        read("", (), urlencode(FLAT).encode()),
        read(JSON, (), json.dumps([FLAT]).encode()),
        read(JSON, (), json.dumps([{**FLAT, "lat": 18.5204, "lon": 73.8567, "timestamp": AT * 1_000}]).encode()),
        read(JSON, (), json.dumps(FLAT).encode()),
    ],
    ids=["query", "query first", "nested", "form", "form without its type", "array", "array of numbers", "object"],
)
def test_each_shape_says_the_same(found: Reading) -> None:
    assert (close(found), found.heartbeats, found.malformed) == (FIX, 0, 0)


@pytest.mark.parametrize(
    "written",
    [
        "1763886600",
        "1763886600000",
        "1763886600.0",
        "2025-11-23T08:30:00Z",
        "2025-11-23T09:30:00+01:00",
        "2025-11-23 08:30:00",
        "2025-11-23T08:30:00.000Z",
    ],
)
def test_times_are_seconds_milliseconds_or_iso_8601(written: str) -> None:
    assert flat(timestamp=written).fixes[0].recorded_at == AT * 1_000_000


def test_a_fix_without_a_time_is_of_now() -> None:
    assert flat(timestamp=None).fixes[0].recorded_at is None


@pytest.mark.parametrize(("written", "year"), [("0", 1970), ("2208988800", 2040)])
def test_a_wrong_clock_is_taken_at_its_word(written: str, year: int) -> None:
    found = flat(timestamp=written).fixes[0].recorded_at
    assert found is not None
    assert 1970 + round(found / 31_556_952e6) == year


def test_minus_one_is_none_and_nothing_spoils_the_place() -> None:
    none: dict[str, Any] = {"speed": -1, "heading": -1, "accuracy": -1, "altitude": 1e9}
    (fix,) = nested(coords={**LOCATION["coords"], **none}).fixes
    assert fix[3:7] == (None, None, None, None)
    (fix,) = flat(speed="fast", bearing="NaN", accuracy="0", altitude="").fixes
    assert fix[3:7] == (None, None, None, None)


def test_a_place_in_one_piece_is_a_place() -> None:
    (fix,) = flat(lat=None, lon=None, location="18.5204,73.8567").fixes
    assert (fix.latitude, fix.longitude) == (18.5204, 73.8567)


@pytest.mark.parametrize(
    "found",
    [
        flat(lat=None, lon=None),
        flat(lat="", lon=""),
        read(JSON, (), b'{"location":{"timestamp":"2025-11-23T08:30:00Z"},"device_id":"1"}'),
        read(JSON, (), b"[{}]"),
        read("", (), b""),
    ],
    ids=["no place", "empty place", "no coords", "an empty object", "nothing"],
)
def test_without_a_place_it_is_a_sign_of_life(found: Reading) -> None:
    assert found == Reading(heartbeats=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"lat": "73.8567", "lon": "185.204"},
        {"lat": "91"},
        {"lon": "-180.001"},
        {"lat": "NaN"},
        {"lat": "Infinity"},
        {"lat": "1e999"},
        {"lat": None},
        {"lat": "18,5"},
        {"lat": "१८"},
        {"lat": "1" * 5_000},
        {"lat": None, "lon": None, "location": "18.5"},
        {"timestamp": "yesterday"},
        {"timestamp": "1e30"},
        {"timestamp": "1e308"},
        {"timestamp": -1e308},
        {"timestamp": "2025-02-30T00:00:00Z"},
        {"timestamp": "x" * 100_000},
    ],
    ids=lambda changed: " ".join(f"{name}={str(value)[:20]}" for name, value in changed.items()).encode(
        "ascii", "replace"
    ),
)
def test_a_fix_without_sense_is_counted_and_nothing_else(changed: dict[str, Any]) -> None:
    assert flat(**changed) == Reading(malformed=1)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1,2",
        b"\xff\xfe",
        b"NaN",
        b"1",
        b'"x"',
        b"null",
        b'{"location":{"coords":{"latitude":NaN,"longitude":1}}}',
        b"[" * 100000,
        b'{"location":{"coords":{"latitude":true,"longitude":1}}}',
        b'{"lat":1e999,"lon":1}',
    ],
    ids=lambda body: body[:24].decode("latin-1"),
)
def test_json_without_sense_is_counted(body: bytes) -> None:
    assert read(JSON, (), body) == Reading(malformed=1)


def test_a_form_without_sense_is_counted() -> None:
    assert read(FORM, (), b"lat=\xff&lon=1") == Reading(malformed=1)
    assert read(FORM, (), b"&".join(b"a%d=1" % number for number in range(200))) == Reading(malformed=1)


def test_of_an_array_each_counts_alone() -> None:
    found = read(JSON, (), json.dumps([FLAT, 7, {"lat": 91, "lon": 0}, {"id": "1"}, FLAT]).encode())
    assert (len(found.fixes), found.malformed, found.heartbeats) == (2, 2, 1)


@pytest.mark.parametrize(
    "found",
    [
        flat(alarm="sos"),
        flat(alarm="SOS"),
        nested(extras={"alarm": "sos"}),
        read(JSON, (), json.dumps({"location": LOCATION, "alarm": "sos"}).encode()),
    ],
    ids=["flat", "capitals", "extras", "beside"],
)
def test_a_call_for_help_is_one_in_each_shape(found: Reading) -> None:
    assert [fix.is_sos for fix in found.fixes] == [True]


@pytest.mark.parametrize(
    "found",
    [flat(alarm="sos", lat=None, lon=None), flat(alarm="sos", lat="91"), nested(coords={}, extras={"alarm": "sos"})],
    ids=["no place", "an impossible place", "no coords"],
)
def test_a_call_for_help_counts_wherever_it_was(found: Reading) -> None:
    assert [(fix.latitude, fix.longitude, fix.is_sos) for fix in found.fixes] == [(0.0, 0.0, True)]


def test_a_call_for_help_counts_whenever_it_was() -> None:
    assert flat(alarm="sos", timestamp="soon").fixes[0].recorded_at is None


def test_another_alarm_is_none() -> None:
    assert not flat(alarm="lowBattery").fixes[0].is_sos
