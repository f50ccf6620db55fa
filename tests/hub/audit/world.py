"""A log with entries in it, as the tests of its seals begin with."""

from __future__ import annotations

from hub.audit.sealer import AuditSealer
from hub.audit.verification import Verdict, Verification
from hub.clock import Clock
from hub.metrics import Metrics
from storage import audit
from storage.audit import Entry
from storage.pool import Database


def sealer(db: Database) -> AuditSealer:
    return AuditSealer(db, Clock(), Metrics())


async def write(db: Database, count: int) -> None:
    for number in range(count):
        await audit.record(db, Entry("appointments.R", "appointments", str(number), detail={"number": number}))


async def verified(reader: Database, *, late_s: float = 60.0, noted: dict[int, bytes] | None = None) -> Verdict:
    return await Verification(reader, late_s=late_s, on_seals=lambda _done, _of: None).verify(noted)
