"""The spool of motion: what it promises whatever happens to the process, the file and the bounds."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from arogya.client.motion_spool import Measured, MotionSpool
from arogya.client.spool_file import SpoolError
from tests.arogya.client.tiny_motion_hub import KNEES, SESSION

OF = Measured(UUID(SESSION), KNEES)


@contextmanager
def opened(path: Path | None, of: Measured | None = OF, **bounds: int) -> Iterator[MotionSpool]:
    spool = MotionSpool(path, of, power_safe=False, **bounds)
    try:
        yield spool
    finally:
        spool.close()


def test_frames_are_numbered_by_their_samples_and_found_by_any_of_them() -> None:
    with opened(None) as spool:
        assert spool.append([(5, b"a"), (3, b"b")]) == 1
        assert spool.append([(2, b"c")]) == 9
        assert spool.kept[:2] == (1, 10)
        assert [spool.read(seq) for seq in (1, 5, 6, 10)] == [(1, b"a"), (1, b"a"), (6, b"b"), (9, b"c")]
        assert spool.read(11) is None


def test_it_knows_what_it_is_of_in_the_next_run(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([(5, b"a"), (5, b"b")])
        spool.set_acked(7)
        log_id = spool.log_id
    with opened(tmp_path / "spool", None) as spool:
        assert (spool.log_id, spool.of, spool.finished) == (log_id, OF, False)
        assert spool.kept == (6, 10, 7)  # a frame goes when all of it is acked
        spool.finish()
    with opened(tmp_path / "spool", None) as spool:
        assert spool.finished


def test_what_is_acked_and_then_the_oldest_over_a_bound_leaves() -> None:
    with opened(None, max_rows=3) as spool:
        for number in range(5):
            spool.append([(10, bytes([number]))])
        assert spool.kept[:2] == (21, 50)
        spool.set_acked(35)
        spool.append([(10, b"f")])
        assert spool.kept[:2] == (31, 60)
        assert spool.read(1) == (31, b"\x03")
    with opened(None, max_bytes=1_000) as spool:
        for _ in range(20):
            spool.append([(10, b"x" * 100)])
        assert spool.size_bytes <= 1_000
        assert spool.kept[:2] == (131, 200)


def test_a_renewed_log_begins_with_what_is_kept() -> None:
    with opened(None, max_rows=2) as spool:
        spool.append([(5, b"a"), (5, b"b"), (5, b"c")])
        log_id = spool.log_id
        spool.renew()
        assert spool.log_id != log_id
        assert spool.kept == (1, 10, 0)
        assert [spool.read(seq) for seq in (1, 6)] == [(1, b"b"), (6, b"c")]


def test_two_programs_cannot_use_one_and_a_damaged_one_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    with opened(path), pytest.raises(SpoolError, match="can not be opened"):
        MotionSpool(path, OF)
    path.write_bytes(b"no database" * 100)
    with opened(path) as spool:
        assert spool.kept[:2] == (1, 0)
    assert (tmp_path / "spool.corrupt").exists()
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(SpoolError, match="not a spool"):
        MotionSpool(empty)


KILLED = """
import sys
from pathlib import Path
from uuid import UUID
from arogya.client.motion_spool import Measured, MotionSpool
spool = MotionSpool(Path(sys.argv[1]), Measured(UUID(sys.argv[2]), ("neck_flexion",)), power_safe=False)
while True:
    first = spool.append([(5, b"x" * 50), (5, b"y" * 50)])
    print(first + 9, flush=True)
"""


def test_what_append_returned_from_survives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "spool"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path), SESSION], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = b"".join([writer.stdout.readline() for _ in range(50)])
        writer.send_signal(signal.SIGKILL)
        told = int((said + writer.stdout.read()).split()[-1])  # up to a torn line's end
    with opened(path, None) as spool:
        first, last, _ = spool.kept
        assert first == 1
        assert last >= told - 10
        assert last % 10 == 0
        assert [spool.read(seq) is not None for seq in range(1, last + 1)] == [True] * last


def test_a_copy_of_an_older_state_is_a_spool_too(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([(5, b"a")])
    shutil.copy(tmp_path / "spool", tmp_path / "copy")
    with opened(tmp_path / "copy", None) as spool:
        assert spool.read(3) == (1, b"a")
