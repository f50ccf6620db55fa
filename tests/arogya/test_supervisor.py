"""The supervisor's own decisions; tests/system kills it in earnest."""

from __future__ import annotations

import signal
import sys
import threading

import pytest

from arogya.child import Child
from arogya.crew import STARTS_BEFORE_READY, Crew
from arogya.supervisor import NotReady, Stopped, Supervisor
from arogya.worker import HubProcess, Worker
from tests.arogya.programs import SILENT


def supervisor(program: str) -> Supervisor:
    def make(node: str) -> HubProcess:
        return HubProcess(node, [sys.executable, "-c", program])

    return Supervisor(Crew([Worker("one", make)], ready_s=30, leave_s=1), servers=(), shutdown_s=1)


def test_a_hub_that_dies_at_once_again_and_again_is_given_up() -> None:
    with supervisor("raise SystemExit(3)") as kept:
        kept.crew.start()
        with pytest.raises(NotReady, match="the hub one ended 2 times before it was ready"):
            kept.wait_ready(30)
        assert kept.crew.workers[0].current.starts > STARTS_BEFORE_READY


def test_a_hub_that_never_says_that_it_is_ready_is_given_up() -> None:
    with supervisor(SILENT) as kept:
        kept.crew.start()
        with pytest.raises(NotReady, match=r"not every hub was ready after 0"):
            kept.wait_ready(0.1)


def test_a_signal_while_things_are_started_stops_that() -> None:
    with supervisor(SILENT) as kept:
        kept.crew.start()
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Stopped):
            kept.wait_ready(30)
        kept.run()  # returns at once
    assert not kept.crew.workers[0].current.alive()


def test_a_helper_that_dies_is_started_again() -> None:
    with supervisor(SILENT) as kept:
        helper = Child("a helper", [sys.executable, "-c", "import sys; sys.stdin.read()"])
        kept.helpers.append(helper)
        kept.crew.start()
        helper.start()
        helper.signal(signal.SIGKILL)
        threading.Timer(3.0, signal.pthread_kill, (threading.main_thread().ident, signal.SIGTERM)).start()
        kept.run()
        assert helper.starts == 2


def test_a_machine_whose_hubs_are_all_drained_has_nothing_more_to_do() -> None:
    with supervisor("raise SystemExit(80)") as kept:
        kept.crew.start()
        kept.run()
        assert kept.crew.drained()


def test_the_signals_are_given_back() -> None:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2)
    before = [signal.getsignal(number) for number in numbers]
    with supervisor("pass"):
        pass
    assert [signal.getsignal(number) for number in numbers] == before
