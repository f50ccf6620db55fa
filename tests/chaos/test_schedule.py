"""The schedule: the same for the same seed, one thing after the other for each part, and everything happens."""

from __future__ import annotations

import itertools

from tests.chaos import schedule


def test_a_seed_is_a_schedule() -> None:
    assert schedule.draw(7, 60.0) == schedule.draw(7, 60.0)
    assert schedule.draw(7, 60.0) != schedule.draw(8, 60.0)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    assert [act for act in schedule.draw(7, 90.0) if act.at_s < 60.0] == schedule.draw(7, 60.0)


def test_the_acts_come_in_order_and_those_of_a_part_do_not_overlap() -> None:
    for seed in range(50):
        acts = schedule.draw(seed, 60.0)
        assert [act.at_s for act in acts] == sorted(act.at_s for act in acts)
        for target in {act.target for act in acts}:
            mine = [act for act in acts if act.target == target]
            assert all(former.at_s + former.for_s <= later.at_s for former, later in itertools.pairwise(mine))


def test_many_runs_have_every_fault_and_faults_at_once() -> None:
    runs = [schedule.draw(seed, 60.0) for seed in range(30)]
    seen = {(act.target, act.kind) for acts in runs for act in acts}
    assert seen == {(lane.target, each.kind) for lane in schedule.lanes(3) for each in lane.troubles}
    at_once = [(a, b) for acts in runs for a, b in itertools.pairwise(acts) if a.at_s + a.for_s > b.at_s]
    assert len(at_once) > 10 * len(runs) / 2


def test_a_short_run_has_every_fault_once() -> None:
    acts = schedule.one_of_each(1, 12.0)
    kinds = [(act.target.split("-")[0], act.kind) for act in acts]
    assert len(set(kinds)) == len(kinds)
    assert set(kinds) == {(lane.target.split("-")[0], t.kind) for lane in schedule.lanes(3) for t in lane.troubles}
