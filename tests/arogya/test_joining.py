"""Whether a machine may join the others."""

from __future__ import annotations

from dataclasses import replace

from arogya import joining
from hub.bus.bus import Peer
from hub.bus.survey import Listed

PEER = Peer("er-1", "00", 1, "0.1.0", "west", 42, "http://west", 1, 0, 0, "serving", 0.0, 1)
THERE = Listed("er-1", 0.5, PEER, protocol=1)
GONE = Listed("er-2", 60.0, PEER._replace(node="er-2"), protocol=1)
STRANGER = Listed("er-3", 0.5, None, "mac")
NEWER = Listed("er-4", 0.5, None, "version", 9)


def test_a_name_is_taken_by_one_that_is_there_and_not_by_one_that_is_gone() -> None:
    assert joining.name_taken(["er-2", "er-5"], [THERE, GONE], 2) is None
    assert "on west (process 42) is called er-1" in (joining.name_taken(["er-1"], [THERE], 2) or "")
    assert "another version is called er-4" in (joining.name_taken(["er-4"], [NEWER], 2) or "")


def test_nobody_without_the_secret_keeps_a_hub_from_starting() -> None:
    assert joining.name_taken(["er-3"], [STRANGER, replace(STRANGER, reason="malformed")], 2) is None
    recorded_us = PEER.said_at + joining.RECORDED_US
    assert joining.name_taken(["er-1"], [THERE], recorded_us) is None


def test_who_is_there_has_another_database_than_an_embedded_one() -> None:
    assert joining.other_database([GONE, STRANGER]) is None
    assert (joining.other_database([THERE, GONE]) or "").startswith("er-1 cannot reach")


def test_hubs_that_cannot_be_understood_are_named() -> None:
    assert joining.strangers([THERE, GONE, NEWER]) is None
    assert (joining.strangers([THERE, STRANGER]) or "").startswith("er-3 and this machine")
    assert joining.of_other_protocol([THERE, STRANGER]) is None
    assert (joining.of_other_protocol([NEWER]) or "").startswith("er-4 speak")
