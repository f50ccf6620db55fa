"""Where a viewer is in a channel of events."""

from __future__ import annotations

import pytest

from arogya.client.feed import EventPosition, FeedCursor, HubEvent, PositionLost
from arogya.client.fleet import OutOfStep
from hub.protocol.live_frames import Events
from hub.protocol.viewer_frames import Subscribe

NOON = 1_800_000_000_000_000


def events(base: int, offset: int, epoch: str = "e") -> Events:
    rows: list[list[object]] = [[number, NOON, "raised", {"n": number}] for number in range(base + 1, offset + 1)]
    return Events("alarms", epoch, base, offset, NOON, rows)


def begun(offset: int = 3) -> FeedCursor:
    """Return a cursor whose subscription was answered."""
    cursor = FeedCursor("alarms")
    assert cursor.subscribe(EventPosition("e", offset)) == Subscribe("alarms", "e", offset)
    assert cursor.fresh(events(offset, offset)) == []
    return cursor


def numbers(found: list[HubEvent]) -> list[int]:
    return [event.offset for event in found]


def test_events_come_with_their_number_time_kind_and_body() -> None:
    assert begun().fresh(events(3, 4)) == [HubEvent(4, NOON, "raised", {"n": 4})]


def test_only_what_was_not_taken_yet_is_fresh() -> None:
    cursor = begun()
    assert numbers(cursor.fresh(events(1, 5))) == [4, 5]
    assert numbers(cursor.fresh(events(1, 5))) == [4, 5], "nobody said that they were taken"
    cursor.moved(5)
    assert cursor.fresh(events(1, 5)) == []
    assert cursor.position == EventPosition("e", 5)


def test_a_gap_is_asked_for_once() -> None:
    cursor = begun()
    with pytest.raises(OutOfStep):
        cursor.fresh(events(4, 5))
    cursor.subscribe(EventPosition("e", 3))
    assert cursor.fresh(events(4, 5)) == []
    assert numbers(cursor.fresh(events(3, 5))) == [4, 5]


def test_another_numbering_cannot_be_continued() -> None:
    with pytest.raises(PositionLost):
        begun().fresh(events(3, 4, "f"))


def test_nothing_is_fresh_before_the_state_was_read() -> None:
    cursor = begun()
    cursor.lose()
    assert cursor.fresh(events(3, 4)) == []
    cursor.moved(4)
    assert cursor.position is None
