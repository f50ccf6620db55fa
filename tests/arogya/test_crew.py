"""The hub processes of a machine: kept, replaced one after another, drained."""

from __future__ import annotations

import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from arogya.crew import Crew
from arogya.rollout import Progress
from arogya.worker import HubProcess, Worker
from tests.arogya.programs import READY, SILENT

DEADLINE_S = 20.0


def hub(program: str) -> Callable[[str], HubProcess]:
    return lambda node: HubProcess(node, [sys.executable, "-c", program])


@contextmanager
def crew(*programs: str, ready_s: float = DEADLINE_S, leave_s: float = DEADLINE_S) -> Iterator[Crew]:
    """Yield hubs that are ready; kill what is left of them."""
    workers = [Worker(f"n-{number}", hub(program)) for number, program in enumerate(programs, start=1)]
    made = Crew(workers, ready_s=ready_s, leave_s=leave_s)
    made.start()
    try:
        keep_until(made, made.ready)
        yield made
    finally:
        for process in made.processes():
            process.signal(signal.SIGKILL)
            process.end(1)


def keep_until(kept: Crew, condition: Callable[[], object]) -> None:
    """Keep them as the supervisor does, until the condition holds."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        kept.keep()
        if condition():
            return
        assert time.monotonic() < deadline
        select.select(kept.hearing(), [], [], 0.01)


def serving(kept: Crew) -> list[str]:
    """Return the names of those that serve."""
    return [worker.current.node for worker in kept.workers if worker.current.ready and worker.current.alive()]


def test_a_killed_hub_is_started_again_and_the_others_are_left_alone() -> None:
    with crew(READY, READY) as kept:
        first, second = (worker.current for worker in kept.workers)
        killed, spared = first.pid, second.pid
        first.signal(signal.SIGKILL)
        keep_until(kept, lambda: first.pid != killed and kept.ready())
        assert (second.pid, second.starts) == (spared, 1)


def test_a_restart_replaces_one_after_another_and_somebody_always_serves() -> None:
    told: list[Progress] = []
    with crew(READY, READY) as kept:
        kept.on_progress = told.append
        before = [worker.current.pid for worker in kept.workers]
        kept.replace()
        fewest = 2

        def done() -> bool:
            nonlocal fewest
            fewest = min(fewest, len(serving(kept)))
            return bool(told) and told[-1].ended

        keep_until(kept, done)
        assert fewest == 2
        assert serving(kept) == ["n-1b", "n-2b"]
        assert not set(before) & {worker.current.pid for worker in kept.workers}
        assert told == [Progress(1, done, 2, done == 2, "") for done in (0, 1, 2)]
        kept.replace()
        keep_until(kept, lambda: told[-1].asked == 2 and told[-1].ended)
        assert serving(kept) == ["n-1", "n-2"]


def test_a_restart_that_is_asked_for_during_another_begins_at_its_end() -> None:
    told: list[Progress] = []
    with crew(READY, READY) as kept:
        kept.on_progress = told.append
        kept.replace()
        kept.keep()
        kept.replace()
        keep_until(kept, lambda: any(step.ended for step in told))
        assert told[-1] == Progress(2, 0, 2, False, "")
        assert kept.due_at() is not None
        keep_until(kept, lambda: told[-1].ended)
        assert serving(kept) == ["n-1", "n-2"]


def test_a_restart_waits_until_all_have_been_ready() -> None:
    kept = Crew([Worker("n-1", hub(SILENT))], ready_s=1, leave_s=1)
    kept.start()
    try:
        kept.replace()
        kept.keep()
        assert [process.node for process in kept.processes()] == ["n-1"]
    finally:
        for process in kept.processes():
            process.signal(signal.SIGKILL)
            process.end(1)


def test_a_successor_that_dies_leaves_its_predecessor_in_its_place() -> None:
    told: list[Progress] = []
    with crew(READY, READY) as kept:
        kept.on_progress = told.append
        kept.workers[1]._make = hub("raise SystemExit(3)")
        pid = kept.workers[1].current.pid
        kept.replace()
        keep_until(kept, lambda: told and told[-1].ended)
        assert (told[-1].replaced, told[-1].total) == (1, 2)
        assert "the hub n-2b ended with exit status 3 before it was ready" in told[-1].failure
        assert serving(kept) == ["n-1b", "n-2"]
        assert kept.workers[1].current.pid == pid


def test_a_successor_that_never_gets_ready_is_ended() -> None:
    told: list[Progress] = []
    with crew(READY, ready_s=0.3) as kept:
        kept.on_progress = told.append
        kept.workers[0]._make = hub(SILENT)
        kept.replace()
        keep_until(kept, lambda: told and told[-1].ended)
        assert told[-1].failure == "the hub n-1b was not ready after 0 s"
        assert [process.node for process in kept.processes()] == ["n-1"]
        assert serving(kept) == ["n-1"]


def test_a_predecessor_that_dies_early_is_no_reason_to_wait() -> None:
    told: list[Progress] = []
    with crew(READY) as kept:
        kept.on_progress = told.append
        kept.replace()
        kept.keep()
        kept.workers[0].current.signal(signal.SIGKILL)
        keep_until(kept, lambda: told[-1].ended)
        assert serving(kept) == ["n-1b"]
        assert len(kept.processes()) == 1


def test_a_predecessor_that_does_not_leave_is_made_to() -> None:
    stubborn = READY.replace("sys.exit(0)", "None").replace("signal.pause()", "[signal.pause() for _ in range(9)]")
    told: list[Progress] = []
    with crew(stubborn, leave_s=0.2) as kept:
        kept.on_progress = told.append
        predecessor = kept.workers[0].current
        kept.replace()
        keep_until(kept, lambda: told and told[-1].ended)
        assert predecessor.returncode == -signal.SIGKILL


def test_a_drained_hub_stays_down_until_the_next_restart() -> None:
    drains = READY.replace("sys.exit(0)", "sys.exit(80)")
    told: list[Progress] = []
    with crew(drains, READY) as kept:
        kept.on_progress = told.append
        kept.workers[0].current.signal(signal.SIGTERM)
        keep_until(kept, lambda: kept.workers[0].drained)
        assert kept.workers[0].due_at() is None
        assert serving(kept) == ["n-2"]
        assert not kept.drained()
        kept.replace()
        keep_until(kept, lambda: told and told[-1].ended)
        assert serving(kept) == ["n-1", "n-2b"]
        assert not kept.workers[0].drained


def test_who_drains_during_a_restart_stays_down() -> None:
    drains = READY.replace("sys.exit(0)", "sys.exit(80)")
    told: list[Progress] = []
    with crew(drains, drains, drains) as kept:
        kept.on_progress = told.append
        first, second, third = kept.workers
        first._make = hub(SILENT)
        kept.replace()
        kept.keep()
        for worker in (first, third):
            worker.current.signal(signal.SIGTERM)
        keep_until(kept, lambda: first.drained and third.drained and told[-1].ended)
        assert serving(kept) == ["n-2b"]
        assert (told[-1].replaced, told[-1].failure) == (3, "")
        second.current.signal(signal.SIGTERM)
        keep_until(kept, kept.drained)


def test_a_renewal_starts_all_anew_at_once_and_ends_a_restart() -> None:
    told: list[Progress] = []
    with crew(READY, READY) as kept:
        kept.on_progress = told.append
        before = {process.pid for process in kept.processes()}
        kept.replace()
        kept.keep()
        kept.renew()
        keep_until(kept, lambda: kept.ready() and not before & {process.pid for process in kept.processes()})
        assert "at once" in told[-1].failure
        assert serving(kept) == ["n-1", "n-2"]


@pytest.mark.parametrize(("program", "hopeless"), [("raise SystemExit(1)", True), (SILENT, False)])
def test_who_dies_again_and_again_before_being_ready_is_hopeless(program: str, hopeless: bool) -> None:
    kept = Crew([Worker("n-1", hub(program))], ready_s=1, leave_s=1)
    kept.start()
    try:
        if hopeless:
            keep_until(kept, kept.hopeless)
        kept.keep()
        assert (kept.hopeless() is not None) == hopeless
    finally:
        for process in kept.processes():
            process.signal(signal.SIGKILL)
            process.end(1)
