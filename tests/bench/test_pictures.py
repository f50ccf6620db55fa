"""Pictures follow the rules of the protocol, and what a viewer could not use breaks the benchmark."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest

from bench.broken import Broken
from bench.pictures import Message, Picture, count_wrong, count_wrong_inside

FLEET = {"channel": "fleet", "epoch": "e"}
SNAPSHOT = {
    "type": "snapshot",
    **FLEET,
    "offset": 4,
    "set": {"units": [[1, "A"], [2, "B"]], "fixes": [[1, 10.0, 20.0]]},
}


def picture_of(*messages: dict[str, Any]) -> Picture:
    picture = Picture()
    for message in messages:
        picture.take(Message.read(msgpack.packb(message)))
    return picture


def delta(base: int, offset: int, **change: object) -> dict[str, Any]:
    return {"type": "delta", **FLEET, "base": base, "offset": offset, **change}


def test_deltas_change_and_remove_rows() -> None:
    picture = picture_of(SNAPSHOT, delta(4, 6, set={"fixes": [[2, 11.0, 21.0]]}, removed={"units": [1], "fixes": [1]}))
    assert picture.units == {2: [2, "B"]}
    assert picture.fixes == {2: [2, 11.0, 21.0]}


def test_parts_count_with_the_message_that_follows_them() -> None:
    left = {"type": "part", "channel": "fleet", "removed": {"fixes": [1]}}
    came = {"type": "part", "channel": "fleet", "set": {"fixes": [[1, 12.0, 22.0], [2, 13.0, 23.0]]}}
    assert picture_of(SNAPSHOT, left, came).fixes == {1: [1, 10.0, 20.0]}
    assert picture_of(SNAPSHOT, left, came, delta(4, 5)).fixes == {1: [1, 12.0, 22.0], 2: [2, 13.0, 23.0]}
    assert picture_of(SNAPSHOT, came, {**SNAPSHOT, "offset": 9, "set": {}}).fixes.keys() == {1, 2}


@pytest.mark.parametrize(
    "wrong", [delta(5, 6), delta(3, 4), delta(4, 5, epoch="other"), {"type": "error", "code": "x"}]
)
def test_a_delta_that_does_not_fit_or_an_error_breaks_the_run(wrong: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        picture_of(SNAPSHOT, wrong)


def test_events_are_contiguous_or_the_run_is_broken() -> None:
    def events(base: int, *offsets: int) -> dict[str, Any]:
        found = [[offset, 0, "raised", {"id": str(offset)}] for offset in offsets]
        return {
            "type": "events",
            "channel": "alarms",
            "epoch": "e",
            "base": base,
            "offset": base + len(found),
            "events": found,
        }

    assert [event[0] for event in picture_of(events(7), events(7, 8, 9), events(9, 10)).events] == [8, 9, 10]
    with pytest.raises(Broken):
        picture_of(events(7, 8), events(9, 10))


def test_a_picture_is_compared_with_the_truth() -> None:
    picture = picture_of(SNAPSHOT)
    assert count_wrong([picture], {1: [1, 10.0]}, [1, 3]) == 0
    assert count_wrong([picture], {1: [1, 10.5]}, [1]) == 1
    assert count_wrong([picture], {}, [1]) == 1
    assert count_wrong([picture], {}, [3]) == 0
    assert count_wrong([picture, picture], {1: [1, 10.0], 2: [2, 11.0]}, [1, 2]) == 2


def test_a_picture_of_an_area_holds_everything_inside_and_nothing_untrue() -> None:
    picture, row = picture_of(SNAPSHOT), [1, 10.0, 20.0]
    assert count_wrong_inside(picture, {1: row}, [9, 19, 11, 21]) == 0
    assert count_wrong_inside(picture, {1: row}, [0, 0, 1, 1]) == 0
    assert count_wrong_inside(picture, {1: row, 2: [2, 10.1, 20.1]}, [9, 19, 11, 21]) == 1
    assert count_wrong_inside(picture, {1: [1, 10.2, 20.0]}, [9, 19, 11, 21]) == 1
