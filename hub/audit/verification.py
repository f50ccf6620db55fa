"""Whether the audit log is what was written: every link of the chain, every sealed entry, and nothing outside of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hub.audit import chain
from storage import audit_seals
from storage.audit_seals import Seal
from storage.pool import Database

SEALS_MAX = 200  # read at once
ENTRIES_MAX = 5_000  # read at once
FAULTS_MAX = 1_000  # described one by one


@dataclass(slots=True)
class Verdict:
    """What a verification found."""

    head: tuple[int, bytes] | None = None  # the id and the hash of the newest seal
    seals: int = 0
    entries: int = 0  # under them
    faults: list[str] = field(default_factory=list)  # a sentence each, the first `FAULTS_MAX`
    more_faults: int = 0

    def blame(self, faults: Iterable[str]) -> None:
        """Take note of faults."""
        for fault in faults:
            if len(self.faults) < FAULTS_MAX:
                self.faults.append(fault)
            else:
                self.more_faults += 1


class Verification:
    """Reads the log from its first seal to the one that was the newest at the start."""

    def __init__(self, reader: Database, *, late_s: float, on_seals: Callable[[int, int], None]) -> None:
        self._reader = reader
        self._late_s = late_s  # how long an entry may wait for its seal
        self._on_seals = on_seals  # called with how many were looked at, and of how many
        self._verdict = Verdict()
        self._last = (0, chain.FIRST)  # the id and the hash of the seal that was looked at last
        self._noted: dict[int, bytes] = {}  # hashes of seals that somebody wrote down

    async def verify(self, noted: dict[int, bytes] | None = None) -> Verdict:
        """Look at everything; `noted` are hashes of seals by id, as somebody wrote them down. Raises `StorageError`."""
        self._noted = dict(noted or {})
        verdict = self._verdict
        head = await audit_seals.head(self._reader)
        if head is not None:
            verdict.head = head.id, head.hash
            await self._look_at_seals(head.id)
        verdict.blame(f"seal {id_} is missing: it was the newest one once" for id_ in self._noted)
        await self._look_outside()
        return verdict

    async def _look_at_seals(self, until: int) -> None:
        while self._last[0] < until:
            found = await audit_seals.seals(self._reader, after=self._last[0], until=until, rows_max=SEALS_MAX)
            if not found:
                return  # removed at this moment: what followed them is missing, and found to be outside of the chain
            self._verdict.blame(chain.wrong_links(found, self._last))
            self._compare(found)
            await self._look_at_entries(found)
            self._last = found[-1].id, found[-1].hash
            self._verdict.seals += len(found)
            self._on_seals(self._last[0], until)

    def _compare(self, found: list[Seal]) -> None:
        for one in found:
            if self._noted.pop(one.id, one.hash) != one.hash:
                self._verdict.blame([f"seal {one.id} is not the one that was noted: the chain was written anew"])

    async def _look_at_entries(self, found: list[Seal]) -> None:
        together: list[Seal] = []
        count = 0
        for one in found:
            together.append(one)
            count += len(one.entry_ids)
            if count >= ENTRIES_MAX:
                await self._check(together)
                together, count = [], 0
        await self._check(together)

    async def _check(self, together: list[Seal]) -> None:
        lines = await audit_seals.lines(self._reader, [id_ for one in together for id_ in one.entry_ids])
        for one in together:
            self._verdict.blame(chain.wrong_entries(one, lines))
            self._verdict.entries += len(one.entry_ids)

    async def _look_outside(self) -> None:
        """Find entries that no seal covers and that should have one."""
        strays = await audit_seals.strays(self._reader, FAULTS_MAX)
        self._verdict.blame(f"entry {id_} has no seal and does not wait for one" for id_ in strays)
        for late in await audit_seals.overdue(self._reader, self._late_s, FAULTS_MAX):
            what = "is missing" if late.is_gone else f"has waited for a seal for more than {self._late_s:g} s"
            self._verdict.blame([f"entry {late.entry_id} {what}"])
