"""The queue in front of a writer: what it holds is bounded by what can still be stored."""

from __future__ import annotations

from storage.batch import RunQueue
from tests.storage.test_copy_writer import Owner, run_of


def test_what_a_former_owner_appended_is_dropped_when_the_stream_has_a_new_one() -> None:
    queue = RunQueue(run_rows_max=10)
    neighbour = Owner(2)
    queue.append(run_of(neighbour, 1, 5))
    owners = [Owner(1, fence) for fence in range(1, 101)]
    for owner in owners:  # a device that comes back a hundred times while nothing is stored
        queue.append(run_of(owner, 1, 20))
        queue.append(run_of(owner, 21, 30))
    assert queue.rows == 5 + 30
    assert [owner.lost for owner in owners] == [True] * 99 + [False]
    batch = queue.take(rows_max=1_000, bytes_max=1_000_000)
    assert list(batch.runs) == [(2, 1), (1, 100)]
    assert [run.first for run in queue.take(rows_max=1_000, bytes_max=1_000_000).runs.values()] == [21]
    assert (queue.rows, queue.bytes, bool(queue)) == (0, 0, False)


def test_a_late_run_of_a_former_owner_leaves_the_new_one_alone() -> None:
    queue = RunQueue(run_rows_max=10)
    former, owner = Owner(1, 1), Owner(1, 2)
    queue.append(run_of(owner, 1, 3))
    queue.append(run_of(former, 4, 5))
    assert queue.rows == 5
    assert not owner.lost
