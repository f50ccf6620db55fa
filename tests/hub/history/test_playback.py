"""Choosing the points of a playback."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hub.clock import to_us
from hub.history.playback import Playback, Reel, reels_of
from storage.history import Active, Places, Span

START = datetime(2026, 3, 1, tzinfo=UTC)
START_US = to_us(START)


def _places(rows: list[tuple[int, float]]) -> Places:
    """Return places of (ambulance, seconds); the latitude tells the second, so that a mix-up is seen."""
    return Places(
        np.array([row[0] for row in rows], dtype=np.int64),
        np.array([START_US + round(row[1] * 1e6) for row in rows], dtype=np.int64),
        np.array([row[1] / 1_000 for row in rows]),
        np.array([float(row[0]) for row in rows]),
    )


def _heard(ambulance_id: int, before_s: float | None = None) -> Active:
    at = None if before_s is None else START - timedelta(seconds=before_s)
    return Active(ambulance_id, at, None if at is None else 1.0, None if at is None else 2.0)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.floats(0, 300).map(lambda at: round(at, 1))), max_size=150),
    st.integers(1, 60),
    st.integers(0, 150),
)
def test_each_step_has_the_last_fix_of_it_and_no_other(rows: list[tuple[int, float]], step_s: int, cut: int) -> None:
    active = [_heard(number) for number in range(1, 5)]
    reels = reels_of(active, [_places(rows[:cut]), _places(rows[cut:])], START_US, step_s)
    assert [reel.ambulance_id for reel in reels] == [1, 2, 3, 4]
    for reel in reels:
        steps: dict[int, float] = {}
        for number, at in sorted(rows):
            if number == reel.ambulance_id:
                steps[int(at // step_s)] = at
        assert reel.offset_s.tolist() == sorted(steps.values())
        assert np.allclose(reel.latitude, reel.offset_s / 1_000, atol=1e-5)
        assert set(reel.longitude.tolist()) <= {float(reel.ambulance_id)}
        assert all(earlier < later for earlier, later in pairwise(reel.offset_s.tolist()))


def test_what_was_before_stands_in_front() -> None:
    (one, other) = reels_of([_heard(1, 90.25), _heard(2)], [_places([(1, 5), (2, 6)])], START_US, 10)
    assert one.offset_s.tolist() == [-90.2, 5.0]
    assert (one.latitude[0], one.longitude[0]) == (1.0, 2.0)
    assert other.offset_s.tolist() == [6.0]


def test_the_document_is_json_however_many_pieces_it_has() -> None:
    numbers = np.arange(4_000.0)
    reels = [Reel(ambulance_id, numbers, numbers, numbers) for ambulance_id in range(1, 8)]
    playback = Playback(Span(START, START + timedelta(hours=1)), 4, reels)
    pieces = list(playback.pieces())
    assert len(pieces) > 3
    document = json.loads(b"".join(pieces))
    assert (document["from"], document["to"], document["step_s"]) == ("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z", 4)
    assert [track[0] for track in document["tracks"]] == [1, 2, 3, 4, 5, 6, 7]
    assert document["tracks"][6][1:] == [numbers.tolist()] * 3
    assert json.loads(b"".join(Playback(playback.span, 1, []).pieces()))["tracks"] == []
