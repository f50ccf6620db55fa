"""Processes that a supervisor keeps."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from arogya.child import DELAYS_S, QUICK_S, Backoff, Child

# Writes its greeting to a file, then waits for the end of its lifeline and says so.
LISTENS = """
import sys
open(sys.argv[1], "a").write(sys.stdin.readline())
sys.stdin.read()
open(sys.argv[1], "a").write("end\\n")
"""


def wait_for(path: Path, text: str) -> None:
    deadline = time.monotonic() + 20
    while not (path.exists() and path.read_text() == text):
        assert time.monotonic() < deadline, path.read_text() if path.exists() else "nothing"
        time.sleep(0.01)


def wait_for_end(child: Child) -> None:
    deadline = time.monotonic() + 20
    while child.alive():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_first_death_costs_no_time_and_those_at_once_more_and_more() -> None:
    backoff = Backoff()
    assert [backoff.after_life_of(0.1) for _ in range(len(DELAYS_S) + 2)] == [*DELAYS_S, DELAYS_S[-1], DELAYS_S[-1]]


def test_a_long_life_forgives_the_deaths_before_it() -> None:
    backoff = Backoff()
    for _ in range(4):
        backoff.after_life_of(0.1)
    assert backoff.after_life_of(QUICK_S) == 0.0
    assert backoff.after_life_of(0.1) == 0.0


def test_a_greeting_reaches_this_process_and_the_next_one(tmp_path: Path) -> None:
    file = tmp_path / "heard"
    child = Child("a child", [sys.executable, "-c", LISTENS, str(file)])
    child.start()
    child.greet(b"hello")
    wait_for(file, "hello\n")
    child.signal(signal.SIGKILL)
    wait_for_end(child)
    assert child.returncode == -signal.SIGKILL
    child.start()
    wait_for(file, "hello\nhello\n")
    assert child.starts == 2
    child.signal(signal.SIGTERM)
    child.end(10)


def test_a_child_that_does_not_end_is_made_to() -> None:
    child = Child("deaf", [sys.executable, "-c", "import signal; signal.signal(15, signal.SIG_IGN); signal.pause()"])
    child.start()
    child.signal(signal.SIGTERM)
    child.end(0.2)
    assert not child.alive()


@pytest.mark.parametrize("action", ["end", "greet", "signal"])
def test_nothing_happens_to_a_child_that_was_never_started(action: str) -> None:
    child = Child("nobody", ["true"])
    if action == "end":
        child.end(0)
    elif action == "greet":
        child.greet(b"hello")
    else:
        child.signal(signal.SIGTERM)
    assert not child.alive()
    assert child.pid is None


def test_it_gets_variables_beside_those_of_its_parent(tmp_path: Path) -> None:
    says = "import os, sys; open(sys.argv[1], 'w').write(os.environ['GIVEN'] + str('PATH' in os.environ))"
    child = Child("a helper", (sys.executable, "-c", says, str(tmp_path / "said")), variables={"GIVEN": "yes "})
    child.start()
    wait_for(tmp_path / "said", "yes True")
    child.end(10)
