"""What crews and sensors say and answer, as the ingest sees whoever takes it."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from hub.protocol.reports import Report, ReportAck
from storage import commands
from storage.pool import Database


class Taker(Protocol):
    """Takes what one kind of device reports and answers; both raise `storage.errors.Unavailable`, as `Crews` does."""

    async def take(self, device_id: int, report: Report, received_at: int) -> ReportAck:
        """Store a report (received at µs since 1970) with all that follows from it, once; return what became of it."""

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a device's answer to a command; False when the device has no such command to answer."""


class Crews(Protocol):
    """Takes reports and the answers to commands; both raise `storage.errors.Unavailable`: then nothing was stored."""

    async def take(self, device_id: int, ambulance_id: int, report: Report, received_at: int) -> ReportAck:
        """Store a report (received at µs since 1970) with all that follows from it, once; return what became of it."""

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a device's answer to a command; False when the device has no such command to answer."""


class Nobody:
    """There is no dispatch: commands are answered, and reports are refused."""

    def __init__(self, db: Database) -> None:
        self._db = db  # role arogya_ingest

    async def take(self, device_id: int, ambulance_id: int, report: Report, received_at: int) -> ReportAck:
        """Refuse a report."""
        return ReportAck(report.id, "refused", "not_found", "nobody takes reports here")

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a device's answer."""
        return await commands.acknowledge(self._db, device_id, command_id, status, detail)


class OneCrew:
    """The crew of one ambulance: takes what its tablets report and answer."""

    def __init__(self, crews: Crews, ambulance_id: int) -> None:
        self._crews = crews
        self._ambulance_id = ambulance_id

    async def take(self, device_id: int, report: Report, received_at: int) -> ReportAck:
        """Take a report of the ambulance."""
        return await self._crews.take(device_id, self._ambulance_id, report, received_at)

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a tablet's answer."""
        return await self._crews.deliver(device_id, command_id, status, detail)


class Unheard:
    """There are no sessions: sensors' commands are answered, and their reports are refused."""

    def __init__(self, db: Database) -> None:
        self._db = db  # role arogya_ingest

    async def take(self, device_id: int, report: Report, received_at: int) -> ReportAck:
        """Refuse a report."""
        return ReportAck(report.id, "refused", "not_found", "nobody takes reports here")

    async def deliver(self, device_id: int, command_id: UUID, status: str, detail: str | None) -> bool:
        """Store a sensor's answer."""
        return await commands.acknowledge(self._db, device_id, command_id, status, detail)
