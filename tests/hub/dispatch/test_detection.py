"""What fixes say of a call: arrival and departure by two circles, the first movement, and none of it twice."""

from __future__ import annotations

from itertools import pairwise
from math import nan
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arogya.replay.traces import read_traces
from hub.clock import from_us, to_us
from hub.dispatch.detection import ARRIVED_M, LEFT_M, Circle, Sighting, Watch
from hub.dispatch.geo import METRES_PER_DEGREE, distance_m
from hub.dispatch.unit import Place
from hub.ingest.hygiene import Track, judge
from hub.live.board import LiveFix
from tests.hub.dispatch.pictures import SCENE, START, asked, request

GPS = Path(__file__).parents[4] / "shared" / "data" / "gps"
SECOND = 1_000_000
NOW = to_us(START)
HOSPITAL = Place(SCENE.latitude + 0.05, SCENE.longitude)


def north(metres: float, of: Place = SCENE) -> Place:
    """Return a place so far north of another one."""
    return Place(of.latitude + metres / METRES_PER_DEGREE, of.longitude)


def fix(at_s: float, metres: float, speed: float = 0.0, of: Place = SCENE) -> LiveFix:
    """Return a fix so long after START."""
    return LiveFix(*north(metres, of), speed, nan, 5.0, NOW + round(at_s * SECOND))


def watched(fixes: list[LiveFix], **of_assignment: Any) -> list[dict[str, Any]]:
    """Return what each fix says, noted on the assignment as the engine does."""
    watch = Watch()
    row = asked(request().id, **{"status": "accepted", "accepted_at": START, **of_assignment})
    found = []
    for each in fixes:
        times: dict[str, Any] = dict(watch.notice(row, SCENE, HOSPITAL, each, each.fix_at))
        row = row._replace(**times)
        found.append(times)
    return found


def test_arrival_is_two_slow_fixes_within_the_small_circle_and_dated_by_the_first() -> None:
    found = watched([fix(0, 900, 14), fix(1, 60, 9), fix(2, 50, 1.5), fix(3, 50, 0.0), fix(4, 50, 0.0)])
    assert [list(each) for each in found] == [[], ["moved_at"], [], ["scene_noticed_at"], []]
    assert found[3] == {"scene_noticed_at": from_us(NOW + 2 * SECOND)}


def test_driving_by_and_stopping_beside_it_are_no_arrival() -> None:
    assert not any("scene_noticed_at" in each for each in watched([fix(n, 300 - 30 * n, 14) for n in range(20)]))
    assert not any("scene_noticed_at" in each for each in watched([fix(n, 80, 0) for n in range(20)]))


def test_one_slow_fix_is_an_arrival_when_nothing_else_comes_for_ten_seconds() -> None:
    watch, row = Watch(), asked(request().id, status="en_route", accepted_at=START)
    only = fix(0, 20, 1.0)
    assert watch.notice(row, SCENE, None, only, NOW) == {}
    assert watch.notice(row, SCENE, None, only, NOW + 9 * SECOND) == {}
    assert watch.notice(row, SCENE, None, only, NOW + 10 * SECOND) == {"scene_noticed_at": START}


def test_leaving_is_two_fixes_outside_the_large_circle() -> None:
    there = [fix(0, 10), fix(1, 10)]
    away = [fix(2, 149, 9), fix(3, 160, 9), fix(4, 140, 9), fix(5, 160, 9), fix(6, 170, 9), fix(7, 900, 9)]
    found = watched([*there, *away], status="on_scene", moved_at=START)
    assert [list(each) for each in found] == [[], ["scene_noticed_at"], [], [], [], [], ["left_noticed_at"], []]
    assert found[6] == {"left_noticed_at": from_us(NOW + 5 * SECOND)}


def test_the_destination_is_looked_for_once_the_scene_is_left() -> None:
    at_hospital = [fix(n, 10, 0.0, HOSPITAL) for n in range(3)]
    assert not any("destination_noticed_at" in each for each in watched(at_hospital, moved_at=START))
    found = watched(at_hospital, status="transporting", transporting_at=START, moved_at=START)
    assert [list(each) for each in found] == [[], ["destination_noticed_at"], []]


@pytest.mark.parametrize(
    ("fixes", "moved"),
    [
        pytest.param([fix(n, 900, 0.5) for n in range(9)], False, id="stands"),
        pytest.param([fix(0, 900, 0), fix(1, 900, 5), fix(2, 900, 0), fix(3, 900, 5)], False, id="one-fast-fix"),
        pytest.param([fix(0, 900, 0), fix(1, 895, 5), fix(2, 890, 5)], True, id="two-fast-fixes"),
        pytest.param([fix(10 * n, 900 - 15 * n, 1.5) for n in range(9)], True, id="slow-and-far"),
        pytest.param([fix(n, 900 - 10 * n, nan) for n in range(3)], True, id="without-a-speed"),
        pytest.param([fix(n, 900, nan) for n in range(9)], False, id="stands-without-a-speed"),
    ],
)
def test_it_has_moved_when_it_was_fast_twice_or_is_somewhere_else(fixes: list[LiveFix], *, moved: bool) -> None:
    assert any("moved_at" in each for each in watched(fixes)) == moved


def test_the_same_fix_again_says_nothing_new() -> None:
    assert watched([fix(0, 10), fix(0, 10), fix(0, 10)], moved_at=START) == [{}, {}, {}]


def test_another_hub_that_takes_over_sees_the_unit_leave_that_the_first_one_saw_arrive() -> None:
    noticed = {"status": "on_scene", "moved_at": START, "scene_noticed_at": START}
    assert [list(each) for each in watched([fix(0, 200, 9), fix(1, 250, 9)], **noticed)] == [[], ["left_noticed_at"]]


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 20)), max_size=60))
def test_a_unit_enters_and_leaves_in_turn_and_never_between_the_circles(drive: list[tuple[float, float]]) -> None:
    circle, turns = Circle(SCENE), []
    for number, (metres, speed) in enumerate(drive):
        sighting = Sighting(number * SECOND, north(metres), speed)
        if circle.see(sighting) is not None:
            turns.append(circle.inside)
            assert (metres <= ARRIVED_M + 0.01) if circle.inside else (metres > LEFT_M - 0.01)
    assert all(one != other for one, other in pairwise([False, *turns]))


@given(st.lists(st.floats(ARRIVED_M + 0.1, LEFT_M - 0.1), max_size=40), st.booleans())
def test_at_the_border_nothing_comes_and_goes(drive: list[float], inside: bool) -> None:
    circle = Circle(SCENE, inside=inside)
    assert all(circle.see(Sighting(n * SECOND, north(metres), 0.0)) is None for n, metres in enumerate(drive))
    assert circle.inside == inside


@pytest.mark.parametrize("name", ["munich_1hz", "dresden_1_1hz"])
def test_a_real_drive_arrives_where_it_stood_longest_and_leaves_it(name: str) -> None:
    path = GPS / f"{name}.csv"
    if not path.exists():
        pytest.skip(f"the recording {path.name} is not on this machine")
    [trace] = read_traces(path)
    fixes = _shown(trace.fixes)
    stands = max(range(len(fixes)), key=lambda n: _standing_s(fixes, n))
    scene = Place(fixes[stands].latitude, fixes[stands].longitude)
    circle, turns = Circle(scene), []
    for each in fixes:
        since = circle.see(Sighting(each.fix_at, Place(each.latitude, each.longitude), each.speed))
        if since is not None:
            turns.append((circle.inside, since))
    stood_until = fixes[stands].fix_at
    arrived = [since for inside, since in turns if inside and since <= stood_until]
    assert arrived, "it is noticed while it stands there"
    assert all(one[0] != other[0] for one, other in pairwise(turns))
    assert len(turns) <= 4, "and not again and again"


def _shown(fixes: list[Any]) -> list[LiveFix]:
    """Return what the map shows of a recording, each a second or so after the other."""
    track, shown = Track(), []
    for each in fixes:
        at = each.recorded_at
        verdict = judge(
            track,
            latitude=each.latitude,
            longitude=each.longitude,
            accuracy=each.accuracy,
            fix_at=at,
            recorded_at=at,
            received_at=at,
            sent_at=at,
        )
        if verdict.show:
            speed = each.speed if each.speed == each.speed else 0.0
            shown.append(LiveFix(track.latitude, track.longitude, speed, nan, nan, at))
    return shown


def _standing_s(fixes: list[LiveFix], last: int) -> float:
    """Return for how long a vehicle has stood when a fix comes."""
    first = last
    while first and distance_m(*fixes[first - 1][:2], *fixes[last][:2]) < ARRIVED_M / 5:
        first -= 1
    return (fixes[last].fix_at - fixes[first].fix_at) / SECOND
