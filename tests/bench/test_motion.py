"""The benchmark of motion, small: its figures mean nothing then, but its checks do."""

from __future__ import annotations

import pytest

from bench import motion
from bench.__main__ import parse
from bench.broken import Broken
from bench.hub import HubUnderTest
from bench.motion import Load, verify_stored
from bench.wards import Stored

MOMENT = ["--seconds", "4", "--warmup", "0.5", "--devices", "6", "--joints", "3", "--viewers", "2"]
SHORT = ["--live-devices", "3", "--live-seconds", "1", "--saturate-seconds", "1"]


@pytest.mark.timeout(120)
def test_motion_stores_and_counts_what_sensors_send(hub: HubUnderTest) -> None:
    figures = motion.measure(hub, parse(["motion", *MOMENT, *SHORT]))
    assert figures["samples_per_s"] == pytest.approx(6 * 3 * 100, rel=0.2)
    assert figures["repetitions"] >= figures["repetitions_done"] >= 6 * 3
    assert 0 < figures["ack_p50_ms"] <= figures["ack_p99_ms"]
    assert figures["bytes_per_sample"] > 4
    assert figures["saturated_samples_per_s"] > 6 * 3 * 100  # who drains a backlog is faster than real time
    assert figures["ratio_rows"] > figures["paced_ratio_rows"] > 0
    assert figures["ratio_frames"] > 0
    for prefix in ("live", "crowded_live"):
        assert 0 < figures[f"{prefix}_seen_share"] <= 1
        assert 0 < figures[f"{prefix}_sent_p50_ms"] <= figures[f"{prefix}_p50_ms"] <= figures[f"{prefix}_p99_ms"]


@pytest.mark.parametrize(
    ("stored", "errors"),
    [
        (Stored(90, 9, 2, 0, 0), {}),
        (Stored(100, 10, 2, 1, 0), {}),
        (Stored(100, 10, 2, 0, 1), {}),
        (Stored(100, 10, 1, 0, 0), {}),
        (Stored(100, 10, 2, 0, 0), {"nack invalid_value": 1}),
    ],
    ids=["lost", "a hole", "twice", "a stream is missing", "a refusal"],
)
def test_a_run_that_lost_or_doubled_anything_is_broken(stored: Stored, errors: dict[str, int]) -> None:
    tally = {"errors": errors, "lost_connections": 0, "acked_in_all": 100, "sent": [50, 50]}
    load = Load(2, 1, 10, 100.0, 0)
    with pytest.raises(Broken):
        verify_stored(tally, stored, load)
    verify_stored(tally | {"errors": {}}, Stored(100, 10, 2, 0, 0), load)
