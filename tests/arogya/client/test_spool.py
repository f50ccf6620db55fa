"""The spool: what it promises whatever happens to the process, the file and the bounds."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from arogya.client.spool import ROW_OVERHEAD_BYTES, Spool
from arogya.client.spool_file import SpoolError
from arogya.client.window import Run


@contextmanager
def opened(path: Path | None, **bounds: int) -> Iterator[Spool]:
    spool = Spool(path, power_safe=False, **bounds)
    try:
        yield spool
    finally:
        spool.close()


def contents(spool: Spool) -> dict[int, bytes]:
    first, bodies = spool.read(Run(1, 1_000_000))
    return dict(enumerate(bodies, first))


def test_where_somebody_was_is_readable_by_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "spools" / "spool"
    with opened(path) as spool:
        spool.append([b"a"])
        assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
        assert len(list(path.parent.iterdir())) > 1  # the journal too
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.write_bytes(b"no database" * 100)
    with opened(path):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_can_not_be_is_a_spool_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SpoolError, match="can not be opened"):
        Spool(tmp_path / "file" / "spool")


def test_a_new_spool_draws_a_name_of_its_own(tmp_path: Path) -> None:
    with opened(tmp_path / "a") as a, opened(tmp_path / "b") as b:
        assert a.log_id != b.log_id
        assert len(a.log_id) == 32
        assert a.kept == (1, 0, 0)


def test_everything_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "spool") as spool:
        assert spool.append([b"a", b"b", b"c"]) == 1
        spool.set_acked(1)
        log_id = spool.log_id
    with opened(tmp_path / "deep" / "spool") as spool:
        assert spool.log_id == log_id
        assert spool.kept == (2, 3, 1)
        assert contents(spool) == {2: b"b", 3: b"c"}
        assert spool.append([b"d"]) == 4


def test_numbers_go_on_when_everything_was_acked_before_the_restart(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([b"a", b"b"])
        spool.set_acked(2)
    with opened(tmp_path / "spool") as spool:
        assert (spool.kept, spool.acked) == ((3, 2, 2), 2)
        assert spool.append([b"c"]) == 3


def test_a_second_user_is_turned_away(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([b"a"])
        with pytest.raises(SpoolError, match="locked"):
            Spool(tmp_path / "spool")


def test_a_file_that_is_no_spool_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / "spool").write_bytes(b"something else entirely" * 100)
    with opened(tmp_path / "spool") as spool:
        assert spool.append([b"a"]) == 1
    assert (tmp_path / "spool.corrupt").read_bytes().startswith(b"something else")


def test_a_bound_in_rows_drops_the_oldest(tmp_path: Path) -> None:
    with opened(tmp_path / "spool", max_rows=3) as spool:
        spool.append([b"a", b"b"])
        spool.append([b"c", b"d", b"e"])
        assert contents(spool) == {3: b"c", 4: b"d", 5: b"e"}
        assert spool.kept == (3, 5, 0)


def test_a_bound_in_bytes_drops_the_oldest(tmp_path: Path) -> None:
    with opened(tmp_path / "spool", max_bytes=2 * (10 + ROW_OVERHEAD_BYTES)) as spool:
        for letter in (b"a", b"b", b"c"):
            spool.append([letter * 10])
        assert contents(spool) == {2: b"b" * 10, 3: b"c" * 10}


def test_acked_samples_make_room_before_others_are_dropped() -> None:
    with opened(None, max_rows=3) as spool:
        spool.append([b"a", b"b", b"c"])
        spool.set_acked(2)
        spool.append([b"d", b"e"])
        assert contents(spool) == {3: b"c", 4: b"d", 5: b"e"}


def test_a_hole_in_the_file_ends_a_run_and_shows_where_it_goes_on(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([b"a", b"b", b"c", b"d"])
    with sqlite3.connect(tmp_path / "spool") as db:
        db.execute("DELETE FROM samples WHERE seq = 2")
    db.close()
    with opened(tmp_path / "spool") as spool:
        assert spool.read(Run(1, 10)) == (1, [b"a"])
        assert spool.read(Run(2, 10)) == (3, [b"c", b"d"])


def test_a_renewed_log_has_a_new_name_and_counts_from_one(tmp_path: Path) -> None:
    with opened(tmp_path / "spool") as spool:
        spool.append([b"a", b"b", b"c", b"d"])
        spool.set_acked(2)
        spool.flush()
        before = spool.log_id
        spool.renew()
        assert spool.log_id != before
        assert contents(spool) == {1: b"c", 2: b"d"}
        assert (spool.kept, spool.acked) == ((1, 2, 0), 0)
        assert spool.append([b"e"]) == 3


def test_a_process_killed_while_it_writes_loses_nothing_it_was_promised(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from arogya.client.spool import Spool\n"
        "spool = Spool(Path(sys.argv[1]))\n"
        "while True: print(spool.append([b'x' * 50] * 3) + 2, flush=True)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "spool")], stdout=subprocess.PIPE)
    assert child.stdout is not None
    with child.stdout as promises:
        for _ in range(20):
            promised = int(promises.readline())
        child.kill()
        for line in promises:
            promised = int(line) if line.endswith(b"\n") else promised
    child.wait()
    with opened(tmp_path / "spool") as spool:
        assert spool.kept.first == 1
        assert promised <= spool.kept.last <= promised + 3
        assert len(contents(spool)) == spool.kept.last


bodies = st.lists(st.binary(max_size=60), max_size=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(bodies.filter(bool), min_size=1, max_size=6), st.integers(0, 60_000), st.binary(max_size=40))
def test_a_torn_tail_costs_whole_transactions_from_the_end_and_nothing_else(
    batches: list[list[bytes]], cut: int, garbage: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, torn = Path(folder, "spool"), Path(folder, "torn")
        with opened(source) as spool:
            for batch in batches:
                spool.append(batch)
            shutil.copy(source, torn)
            wal = Path(f"{source}-wal").read_bytes()
            log_id = spool.log_id
        # The first frames hold the empty log itself; a tablet that loses those has a new spool.
        Path(f"{torn}-wal").write_bytes(wal[: max(len(wal) - cut, 0)] + garbage)
        with opened(torn) as spool:
            flat = [body for batch in batches for body in batch]
            left = list(contents(spool).values())
            assert left == flat[: len(left)]
            ends = [sum(map(len, batches[:count])) for count in range(len(batches) + 1)]
            assert len(left) in ends
            if left:
                assert spool.log_id == log_id


class SpoolLife(RuleBasedStateMachine):
    """A spool against a plain dict, through appends, acks, bounds, restarts and crashes."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.crashes = 0
        self.acked = 0
        self.expected: dict[int, bytes] = {}
        self.last = 0

    @initialize(rows=st.integers(1, 20))
    def create(self, rows: int) -> None:
        self.rows = rows
        self.path = self.folder / "spool"
        self.spool = Spool(self.path, max_rows=rows, power_safe=False)
        self.log_id = self.spool.log_id

    @rule(batch=bodies)
    def append(self, batch: list[bytes]) -> None:
        assert self.spool.append(batch) == self.last + 1
        self.expected |= dict(enumerate(batch, self.last + 1))
        self.last += len(batch)
        live = {seq: body for seq, body in self.expected.items() if seq > self.acked}
        self.expected = dict(list(live.items())[-self.rows :])

    @rule(share=st.floats(0, 1))
    def ack(self, share: float) -> None:
        self.acked = max(self.acked, round(share * self.last))
        self.spool.set_acked(self.acked)

    @rule()
    def restart(self) -> None:
        self.spool.close()
        self.spool = Spool(self.path, max_rows=self.rows, power_safe=False)

    @rule()
    def crash(self) -> None:
        """What a killed process leaves: the files as they are."""
        self.crashes += 1
        copy = self.folder / f"crash{self.crashes}"
        for part in ("", "-wal"):
            if Path(f"{self.path}{part}").exists():
                shutil.copy(f"{self.path}{part}", f"{copy}{part}")
        self.spool.close()
        self.path = copy
        self.spool = Spool(copy, max_rows=self.rows, power_safe=False)
        self.spool.set_acked(self.acked)  # as the welcome does

    @invariant()
    def holds_what_it_should(self) -> None:
        if not hasattr(self, "spool"):
            return
        stored = {seq: body for seq, body in contents(self.spool).items() if seq > self.acked}
        assert stored == {seq: body for seq, body in self.expected.items() if seq > self.acked}
        assert self.spool.kept.last == self.last
        assert self.spool.log_id == self.log_id
        assert self.spool.size_bytes == sum(len(body) + ROW_OVERHEAD_BYTES for body in contents(self.spool).values())

    def teardown(self) -> None:
        if hasattr(self, "spool"):
            self.spool.close()
        shutil.rmtree(self.folder)


SpoolLife.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestSpoolLife = SpoolLife.TestCase
