"""The rig itself: the checker of motion sees every kind of broken promise."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.faults.rig import motion_checker
from tests.faults.rig.checker import Verdict
from tests.faults.rig.motion_script import exercise
from tests.faults.rig.sensor import MotionLog, Sample, motion_data


def a_log() -> MotionLog:
    """Three seconds of two joints, all but the last ten samples acked."""
    log = MotionLog(("left_knee_flexion", "left_hip_flexion"), UUID(int=1))
    for seq, sample in enumerate(exercise(150, 2, began_us=0), start=1):
        log.note_sent(seq, sample)
    log.note_acked(140)
    return log


def judged(stored: dict[int, Sample], dead: set[int] | None = None, refused: range = range(0)) -> Verdict:
    verdict, log = Verdict(), a_log()
    log.refused = dict.fromkeys(refused, "invalid_value")
    motion_checker.judge(verdict, "log", log, stored, dead or set())
    return verdict


def test_what_is_stored_as_it_was_sent_is_faultless() -> None:
    verdict = judged(a_log().sent)
    assert verdict.faultless()
    assert verdict.held == 0


def test_a_sample_that_is_missing_is_lost_when_it_was_acked_and_held_when_it_was_not() -> None:
    sent = a_log().sent
    assert judged({seq: sent[seq] for seq in sent if seq != 7}).lost == ["log/7"]
    assert judged({seq: sent[seq] for seq in sent if seq <= 140}).held == 10


def test_a_sample_that_nobody_sent_or_that_was_changed_is_seen() -> None:
    sent = a_log().sent
    assert judged(sent | {151: sent[150]}).unknown == ["log/151"]
    assert judged(sent | {9: sent[10]}).altered == ["log/9"]
    assert judged(sent | {9: sent[9]._replace(angles=(0.0, 0.0))}).altered == ["log/9"]


def test_a_refused_frame_has_its_dead_letter() -> None:
    sent = a_log().sent
    stored = {seq: sent[seq] for seq in sent if not 21 <= seq <= 30}
    assert judged(stored, {21}, range(21, 31)).faultless()
    assert judged(stored, set(), range(21, 31)).lost == ["log/21 (no dead letter)"]


def test_frames_that_overlap_are_stored_twice() -> None:
    verdict = Verdict()
    sent = a_log().sent
    rows: list[dict[str, object]] = [
        {
            "seq": first,
            "started_at": sent[first].at,
            "interval_us": 20_000,
            "offsets_us": [],
            "angles": [sent[first + step].angles[joint] for joint in range(2) for step in range(10)],
        }
        for first in (1, 11, 19)
    ]
    stored = motion_checker.unfold(verdict, "log", rows, 2)
    assert verdict.twice == ["log/19", "log/20"]
    assert {seq: stored[seq] for seq in range(1, 19)} == {seq: sent[seq] for seq in range(1, 19)}


def test_a_repetition_too_few_or_too_many_is_seen() -> None:
    log = a_log()
    targets = dict.fromkeys(log.joints)
    wanted = motion_checker.count(log, log.sent, targets)
    assert len(wanted) >= 2
    assert motion_checker.differences("log", wanted, wanted) == []
    assert len(motion_checker.differences("log", wanted[1:], wanted)) == 1
    assert len(motion_checker.differences("log", [*wanted, wanted[0]._replace(number=9)], wanted)) == 1


@pytest.mark.parametrize("steps", [[], [20_000, 20_000], [20_000, 20_001]], ids=["one", "even", "uneven"])
def test_a_frame_says_when_each_of_its_samples_was_taken(steps: list[int]) -> None:
    samples = [Sample(1_000_000 + sum(steps[:place]), (1.0,)) for place in range(len(steps) + 1)]
    message = motion_data(7, 1, samples, 5)
    after = message.offsets_us or [place * message.interval_us for place in range(len(samples))]
    assert [message.started_at + int(str(offset)) for offset in after] == [sample.at for sample in samples]
