"""How made-up patients move: towards what is asked of them, and as recordings were made."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from arogya.replay.recordings import read_recording
from arogya.simulator.past_motion import past_motion
from arogya.simulator.wearer import Wearer, WearersError, open_recording, read_wearers, recorded, repetition, still
from hub.motion.repetitions import Counter
from hub.motion.rules import Target, rules_of

SQUATTER = Wearer("A", "s", "right_knee_flexion", 2.0, 95.0, {"left_knee_flexion": (3.0, 0.5)}, rate_hz=100.0)
STANDER = Wearer("B", "s", "right_knee_flexion", 105.0, 5.0, {}, rate_hz=50.0, tremor_deg=2.0)


@pytest.mark.parametrize("wearer", [SQUATTER, STANDER], ids=["bends", "straightens"])
def test_what_is_asked_for_is_done_repetition_by_repetition(wearer: Wearer) -> None:
    rng = np.random.default_rng(1)
    counter = Counter(rules_of(Target(wearer.rest, wearer.target)))
    seq = began = 0
    for block in (still(wearer, rng), *(repetition(wearer, wearer.target, rng) for _ in range(8)), still(wearer, rng)):
        assert block.angles.shape == (len(wearer.joints), len(block.at_us))
        for at, angle in zip(block.at_us.tolist(), block.angles[0].tolist(), strict=True):
            seq += 1
            counter.step(seq, began + at, angle)
        began += block.lasts_us
    assert counter.number == 8
    assert 3 <= counter.valid <= 8  # some are partial, as patients' are


def test_the_other_joints_move_along_from_their_own_rest() -> None:
    block = repetition(SQUATTER, 95.0, np.random.default_rng(2))
    right, left = block.angles
    assert np.allclose(left - 3.0, (right - 2.0) * 0.5, atol=1e-3)


def test_a_recording_is_played_after_a_while_of_standing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t_s,knee_flexion_r\n" + "".join(f"{n / 100},{n}\n" for n in range(20)), encoding="utf-8")
    standing, moving = recorded(read_recording(path))
    assert standing.lasts_us >= 2_000_000
    assert set(standing.angles[0].tolist()) == {0.0}
    assert moving.angles[0].tolist() == list(range(20))
    assert open_recording(SQUATTER._replace(recording=str(path))) is not None
    with pytest.raises(WearersError, match="missing"):
        open_recording(SQUATTER._replace(recording=str(tmp_path / "missing.csv")))


def test_the_file_of_patients_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "patients.json"
    path.write_text(json.dumps([SQUATTER._asdict(), STANDER._asdict()]), encoding="utf-8")
    assert [(one.name, one.joints, one.tremor_deg) for one in read_wearers(path)] == [
        (one.name, one.joints, one.tremor_deg) for one in (SQUATTER, STANDER)
    ]
    for content in ("{", "[1]", '[{"name": "x"}]'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(WearersError, match="not a JSON list"):
            read_wearers(path)
    with pytest.raises(WearersError):
        read_wearers(tmp_path / "none")


def test_the_last_days_are_the_same_for_a_seed_and_none_of_them_is_today() -> None:
    now = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    past = past_motion(STANDER, now, days=14, seed=1)
    again = past_motion(STANDER, now, days=14, seed=1)
    assert [one.started_at for one in past] == [one.started_at for one in again]
    assert all(np.array_equal(one.angles, other.angles) for one, other in zip(past, again, strict=True))
    assert 7 <= len(past) <= 14
    assert len({one.started_at.date() for one in past}) == len(past)
    assert all(timedelta(0) < now - one.started_at < timedelta(days=15) for one in past)
    assert max(one.started_at for one in past).date() < now.date()
    assert all(0 <= one.pain_after <= one.pain_before <= 8 for one in past)
