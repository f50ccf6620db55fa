"""What OwnTracks posts, and what it is told."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import unquote

import orjson
import pytest

from hub.trackers.owntracks import Pace, read, setup_link
from hub.trackers.reading import Reading, TrackerFix

AT = 1_763_886_600
LOCATION = {
    "_type": "location",
    **{"lat": 18.5204, "lon": 73.8567, "tst": AT, "acc": 12, "alt": 561, "batt": 88, "cog": 92, "vel": 36},
    **{"tid": "A1", "t": "t", "m": 2, "conn": "m", "topic": "owntracks/7/tracker7", "created_at": AT + 1},
}


def post(**changed: Any) -> Reading:
    """Read a location with some of it changed; None leaves one out."""
    return read(
        json.dumps({name: value for name, value in {**LOCATION, **changed}.items() if value is not None}).encode()
    )


def test_a_location_is_a_fix() -> None:
    assert post() == Reading((TrackerFix(AT * 1_000_000, 18.5204, 73.8567, 10.0, 92.0, 12.0, 561.0),))


def test_what_is_not_given_is_none() -> None:
    (fix,) = post(vel=None, cog=-1, acc=None, alt=None).fixes
    assert fix[3:7] == (None, None, None, None)


@pytest.mark.parametrize("kind", ["transition", "waypoint", "waypoints", "card", "lwt", "encrypted", "status", None])
def test_other_messages_are_of_no_use(kind: str | None) -> None:
    assert post(_type=kind) == Reading(unwanted=1)


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_an_empty_post_is_a_sign_of_life(body: bytes) -> None:
    assert read(body) == Reading(heartbeats=1)


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff", b"[" * 50_000, b'{"_type":"location","lat":NaN}'])
def test_what_is_no_message_is_counted(body: bytes) -> None:
    assert read(body) == Reading(malformed=1)


@pytest.mark.parametrize(
    "changed", [{"lat": None}, {"lat": 91}, {"lon": "x"}, {"lat": True}, {"tst": 1e30}, {"tst": 1e308}], ids=str
)
def test_a_fix_without_sense_is_counted(changed: dict[str, Any]) -> None:
    assert post(**changed) == Reading(malformed=1)


def told(pace: Pace, *, is_assigned: bool, now_s: float) -> list[tuple[str, int | None]]:
    """Return what is answered: each action, with its interval."""
    answer = orjson.loads(pace.answer(is_assigned=is_assigned, close_s=1.0, idle_s=5.0, now_s=now_s))
    return [(each["action"], each.get("configuration", {}).get("moveModeLocatorInterval")) for each in answer]


def test_it_reports_more_often_while_its_ambulance_has_a_call() -> None:
    pace = Pace()
    assert told(pace, is_assigned=False, now_s=0.0) == [("setConfiguration", 5)]
    assert told(pace, is_assigned=False, now_s=1.0) == []
    assert told(pace, is_assigned=True, now_s=2.0) == [("setConfiguration", 1), ("reportLocation", None)]
    assert told(pace, is_assigned=True, now_s=3.0) == []
    assert told(pace, is_assigned=False, now_s=4.0) == [("setConfiguration", 5)]


def test_what_was_told_is_told_again_after_a_while() -> None:
    pace = Pace()
    told(pace, is_assigned=True, now_s=0.0)
    assert told(pace, is_assigned=True, now_s=59.0) == []
    assert told(pace, is_assigned=True, now_s=60.0) == [("setConfiguration", 1)]


def test_the_link_holds_the_whole_set_up() -> None:
    link = setup_link("https://hub.example/owntracks", 7, "secret", tid="A1", idle_s=5.0)
    start = "owntracks:///config?inline="
    assert link.startswith(start)
    configuration = json.loads(base64.b64decode(unquote(link.removeprefix(start)), validate=True))
    assert configuration["_type"] == "configuration"
    assert (configuration["mode"], configuration["url"]) == (3, "https://hub.example/owntracks")
    assert (configuration["username"], configuration["password"], configuration["auth"]) == ("7", "secret", True)
    assert (configuration["cmd"], configuration["remoteConfiguration"]) == (True, True)
