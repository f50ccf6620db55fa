"""The repetitions of a session counted once more, from what is stored: what came late is in it.

Nothing of it waits for the sensors: their logs are read up to a mark, counted in slices of a few ms, and the result
takes the place of what was counted live in one transaction. What comes after the mark is found by the next count.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Final
from uuid import UUID

import numpy as np

from hub.clock import Clock, from_us
from hub.motion.repetitions import Counter, Repetition
from hub.motion.repetitions import count as count_frames
from hub.motion.rules import Rules, rules_of
from hub.motion.slices import slices
from hub.motion.standing import Targets
from hub.motion.stream import ANYTIME
from storage import counters as stored
from storage.motion import Frames, read_frames
from storage.physio import counting, progress, sessions
from storage.physio.counting import CountedRow, Log
from storage.pool import Database, Transaction

READINGS: Final = 2_000  # of a slice, the longest that everything else waits: some 3 ms where nothing is compiled
REST: Final = 3  # times as long as a slice took, everything else has its turn
Gate = Callable[[Transaction], Awaitable[None]]  # raises where the work is not this hub's any more


class Recount:
    """Counts sessions from what is stored."""

    def __init__(self, reader: Database, app: Database, clock: Clock, kept: timedelta = timedelta(days=365)) -> None:
        self._reader = reader
        self._app = app
        self._clock = clock
        self._kept = kept  # so long frames are there; of an older session what was counted stays

    async def count(self, session_id: UUID, gate: Gate) -> bool:
        """Count a session that has ended; False when it has not, and nothing was written.

        Raises `StorageError`; `Conflict` while its last repetitions are still being written, and what `gate` raises.
        """
        logs = await counting.list_logs(self._reader, session_id)
        targets = Targets(await stored.list_targets(self._reader, session_id))
        rows: list[CountedRow] = []
        numbers: Tally[str] = Tally()  # of each joint, over all logs
        for log in logs:
            count = self._count_plain if log.is_plain else self._count_log
            rows += await count(log, targets, numbers)
        async with self._app.transaction() as transaction:
            await gate(transaction)
            session = await sessions.lock(transaction, session_id)
            if session is None or session.ended_at is None or session.status == "in_progress":
                return False
            is_whole = session.started_at is None or self._clock.now() - session.started_at < self._kept
            marks = {log.id: log.last_seq for log in logs}
            await counting.keep(transaction, session_id, marks, rows if is_whole else None)
            await progress.session_counted(transaction, session_id)
        return True

    async def _count_log(self, log: Log, targets: Targets, numbers: Tally[str]) -> list[CountedRow]:
        changes = targets.changes()
        counters = [Counter(rules_of(target)) for target in targets.at(log.joints, ANYTIME)]
        rows = []
        async for block in read_frames(self._reader, log.id, last=log.last_seq):
            for piece in slices(block, len(log.joints), changes, READINGS):
                begun_s = self._clock.monotonic_s()
                for counter, target in zip(counters, targets.at(log.joints, piece.received_at), strict=True):
                    counter.set_rules(rules_of(target))
                first = np.array([piece.seq], np.int64)
                for found in count_frames([counters], first, piece.at_us[None], piece.angles[None]):
                    joint = log.joints[found.joint]
                    numbers[joint] += 1
                    rows.append(_row(log, joint, numbers[joint], found.repetition))
                await self._rest(begun_s)
        return rows

    async def _count_plain(self, log: Log, targets: Targets, numbers: Tally[str]) -> list[CountedRow]:
        """Count what was inserted by SQL, joint by joint, but for those whose repetitions were inserted with it."""
        plain = _Plain(log, targets)
        rows = []
        async for block in read_frames(self._reader, log.id, last=log.last_seq):
            for start in range(0, len(block.seq), READINGS):
                begun_s = self._clock.monotonic_s()
                for joint, found in plain.count(block, slice(start, start + READINGS)):
                    numbers[joint] += 1
                    rows.append(_row(log, joint, numbers[joint], found))
                await self._rest(begun_s)
        return rows

    async def _rest(self, begun_s: float) -> None:
        """Let everything else have its turn after a slice that was begun then."""
        await asyncio.sleep(REST * (self._clock.monotonic_s() - begun_s))


class _Plain:
    """Counts a log of plain inserts: each frame is one sample, of the joint that its angles end with."""

    def __init__(self, log: Log, targets: Targets) -> None:
        self._log = log
        self._targets = targets
        self._changes = np.array(targets.changes(), np.int64)
        self._counters: dict[str, Counter] = {}  # by joint
        self._rules: dict[tuple[str, int], Rules] = {}  # of a joint, by how many changes came before

    def count(self, block: Frames, part: slice) -> Iterator[tuple[str, Repetition]]:
        """Take a part of a block; yield what it completes, with the joint."""
        received = block.received_at[part]
        since = np.searchsorted(self._changes, received, side="right")
        angles = block.angle[np.cumsum(block.values)[part] - 1]
        columns = (block.seq[part], since, received, block.started_at[part], block.values[part], angles)
        for seq, changes, received_at, at, place, angle in zip(*(column.tolist() for column in columns), strict=True):
            joint = self._log.joints[place - 1]
            if joint in self._log.stated:
                continue
            rules = self._rules.get((joint, changes))
            if rules is None:
                rules = self._rules[joint, changes] = rules_of(*self._targets.at((joint,), received_at))
            counter = self._counters.get(joint)
            if counter is None:
                counter = self._counters[joint] = Counter(rules)
            counter.set_rules(rules)
            found = counter.step(seq, at, angle)
            if found is not None:
                yield joint, found


def _row(log: Log, joint: str, number: int, found: Repetition) -> CountedRow:
    return CountedRow(
        stream_id=log.id,
        joint=joint,
        number=number,
        first_seq=found.first_seq,
        last_seq=found.last_seq,
        started_at=from_us(found.started_at),
        peak_at=from_us(found.peak_at),
        ended_at=from_us(found.ended_at),
        peak_angle=found.peak_angle,
        range_deg=found.range_deg,
        hold_s=found.hold_s,
        out_s=found.out_s,
        back_s=found.back_s,
        smoothness=found.smoothness,
        valid=found.valid,
    )
