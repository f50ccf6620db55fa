"""The rig itself: the checker sees every kind of broken promise."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hub.protocol.fix import Fix
from tests.faults.rig import checker
from tests.faults.rig.journal import StreamJournal


def a_stream() -> StreamJournal:
    """Three samples sent, two of them acked."""
    stream = StreamJournal(ambulance_id=7)
    for seq in (1, 2, 3):
        stream.note_sent(seq, Fix(seq * 1_000_000, 28.0 + seq, 77.0))
    stream.note_acked(2)
    return stream


def row(seq: int, *, latitude: float | None = None) -> dict[str, object]:
    at = checker.EPOCH + timedelta(seconds=seq)
    return {"recorded_at": at, "latitude": latitude or 28.0 + seq, "longitude": 77.0, "ambulance_id": 7}


@pytest.mark.parametrize(
    ("rows", "dead", "expected"),
    [
        ([row(1), row(2)], set(), "1 held, 0 stored, 0 dead"),
        ([row(1), row(2), row(3)], set(), "0 held, 0 stored, 0 dead"),
        ([row(1)], set(), "1 lost: name/2; 2 held, 0 stored, 0 dead"),
        ([row(1)], {2}, "1 held, 0 stored, 0 dead"),
        ([row(1), row(2), row(3), row(4)], set(), "1 unknown: name/4; 0 held, 0 stored, 0 dead"),
        ([row(1), row(2, latitude=1.0)], set(), "1 altered: name/2; 1 held, 0 stored, 0 dead"),
    ],
)
def test_every_broken_promise_is_named(rows: list[dict[str, object]], dead: set[int], expected: str) -> None:
    verdict = checker.Verdict()
    checker.judge(verdict, "name", a_stream(), dict(enumerate(rows, start=1)), dead)
    assert str(verdict) == expected


def test_a_run_that_the_device_gave_up_is_not_lost() -> None:
    stream = a_stream()
    stream.skipped.append((1, 2))
    verdict = checker.Verdict()
    checker.judge(verdict, "name", stream, {}, set())
    assert verdict.faultless()
