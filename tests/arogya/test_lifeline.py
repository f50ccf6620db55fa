"""A child's side of its supervisor."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import signal, sys, time
from arogya import lifeline

if sys.argv[1] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(lifeline.greeting().decode(), flush=True)
lifeline.hold()
if sys.argv[1] != "quick":
    time.sleep(60)
"""


def start(manner: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, manner], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_the_end_of_the_supervisor_is_a_request_to_stop() -> None:
    with start("polite") as child:
        output, _ = child.communicate("hello\n", timeout=20)
        assert output == "hello\n"
    assert child.returncode == -15


def test_a_process_that_does_not_stop_is_ended() -> None:
    with start("deaf") as child:
        child.communicate("hello\n", timeout=20)
    assert child.returncode == 1


def test_no_greeting_means_no_supervisor() -> None:
    with start("quick") as child:
        output, _ = child.communicate("", timeout=20)
    assert output == "\n"


def test_a_process_that_is_done_does_not_wait_for_its_supervisor() -> None:
    with start("quick") as child:
        assert child.stdin is not None
        child.stdin.write("hello\n")
        child.stdin.flush()
        assert child.wait(20) == 0
