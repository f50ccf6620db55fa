"""Processes that lost their parent."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import subprocess, sys, time
from pathlib import Path
from arogya import orphans

orphans.adopt()
mine = subprocess.Popen(["sleep", "0.1"])
# A parent that ends before its child: the child is ours now, and dies soon after.
subprocess.run(["sh", "-c", "sleep 0.3 & exit 0"])
buried = 0
deadline = time.monotonic() + 20
while buried < 1 and time.monotonic() < deadline:
    buried += orphans.bury({mine.pid} if mine.poll() is None else ())
    time.sleep(0.02)
print(buried, mine.wait())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans to a nearer ancestor")
def test_the_dead_are_buried_and_those_that_somebody_waits_for_are_left() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["1", "0"], done.stderr
