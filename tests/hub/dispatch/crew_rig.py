"""A tablet whose reports are taken by a hub, for the tests of what crews say."""

from __future__ import annotations

from typing import Any

from hub.clock import to_us
from hub.dispatch.crew import Crew
from hub.protocol.fields import Wire
from hub.protocol.reports import Report, ReportAck
from tests.hub.dispatch.desk_rig import Rig


class Tablet:
    """A tablet whose reports are taken by a hub; `skew_us` is how far its clock is off."""

    def __init__(self, rig: Rig, device_id: int, ambulance_id: int, skew_us: int = 0) -> None:
        self.rig = rig
        self.crew = Crew(rig.desk, rig.db, rig.clock)
        self.device_id = device_id
        self.ambulance_id = ambulance_id
        self.skew_us = skew_us
        self.count = 0

    def report(self, kind: str, body: Wire, *, age_s: float = 0.0, id: str | None = None) -> Report:
        """Return a report of something that happened so long ago."""
        self.count += 1
        now_us = to_us(self.rig.clock.now()) + self.skew_us
        return Report(id or f"{kind}-{self.count}", kind, now_us - int(age_s * 1e6), now_us, body)

    async def send(self, report: Report) -> ReportAck:
        """Let the hub take a report."""
        return await self.crew.take(self.device_id, self.ambulance_id, report, to_us(self.rig.clock.now()))

    async def say(self, kind: str, body: Wire | None = None, **how: Any) -> ReportAck:
        """Make a report and let the hub take it."""
        return await self.send(self.report(kind, body or {}, **how))
