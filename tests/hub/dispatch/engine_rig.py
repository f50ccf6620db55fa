"""An engine on a real database, with a clock that is put forward by hand and units that are put on the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

from hub.clock import to_us
from hub.dispatch.advising import Advising
from hub.dispatch.advisor import Advisor
from hub.dispatch.bulletin import Bulletin
from hub.dispatch.chooser import Chooser
from hub.dispatch.desk import Desk
from hub.dispatch.engine import Engine
from hub.dispatch.leading import Leader
from hub.dispatch.lookout import Lookout
from hub.dispatch.offers import Offers
from hub.dispatch.policy import DispatchPolicy, PriorityPolicy
from hub.dispatch.pursuit import Pursuit
from hub.dispatch.travel import StraightLine, Travel
from hub.live.board import FleetBoard, LiveFix, Unit
from hub.metrics import Metrics
from storage.dispatch.rows import AssignmentRow
from tests.hub.dispatch.desk_rig import Rig

HERE = (18.52, 73.85)
KM = 1 / 111.2  # degrees of latitude


def automatic(**changes: Any) -> DispatchPolicy:
    """Return the usual rules, with every priority automatic and some things changed."""
    standard = DispatchPolicy()
    rules: dict[int, PriorityPolicy] = {
        number: replace(rules, mode="automatic") for number, rules in standard.priorities.items()
    }
    return replace(standard, priorities=rules, **changes)


@dataclass
class EngineRig(Rig):
    """What the tests of the engine work with; `hub` tells several engines apart."""

    board: FleetBoard = field(default_factory=FleetBoard)
    travel: Callable[[DispatchPolicy], Travel] = StraightLine

    def engine(self, hub: str = "hub") -> Engine:
        """Return an engine of one hub."""
        metrics = Metrics()
        leader = Leader(self.db, hub, metrics)
        chooser = Chooser(self.db, self.travel(self.policy), self.policy, self.clock, metrics)
        desk = Desk(self.db, self.clock, self.policy)
        lookout = Lookout(self.db, self.board, self.clock, self.policy, is_connected=lambda _: True)
        advisor = Advisor(self.db, lookout, chooser, self.policy, self.clock)
        return Engine(
            leader,
            lookout,
            desk,
            offers=Offers(leader, self.db, desk, chooser, self.policy, metrics),
            pursuit=Pursuit(self.board.current, chooser),
            bulletin=Bulletin(leader, self.db, chooser, metrics),
            advising=Advising(leader, self.db, advisor),
            policy=self.policy,
            clock=self.clock,
            metrics=metrics,
        )

    async def leading(self, hub: str = "hub") -> Engine:
        """Return an engine that leads."""
        engine = self.engine(hub)
        assert await engine.leader.take()
        return engine

    async def placed(self, km: float, *, tablets: int = 1, speed: float = 0.0) -> int:
        """Add a free unit so many kilometres north of HERE."""
        unit = await self.unit(tablets=tablets)
        self.board.upsert_unit(Unit(unit, f"unit {unit}", None, "available"))
        self.see(unit, km, speed=speed)
        return unit

    def see(self, unit: int, km: float, *, speed: float = nan) -> None:
        """Put a fix of now on the board."""
        at = to_us(self.clock.now())
        self.board.move(unit, LiveFix(HERE[0] + km * KM, HERE[1], speed, nan, 5.0, at))

    def see_all(self) -> None:
        """Let all units report from where they are."""
        for unit, fix in self.board.placed():
            self.board.move(unit.id, fix._replace(fix_at=to_us(self.clock.now())))

    async def settle(self, engine: Engine, rounds_max: int = 10) -> None:
        """Let the engine look until nothing more is due at this moment."""
        for _ in range(rounds_max):
            if await engine.round() > 0:
                return
        raise AssertionError("there is always something due")

    async def later(self, engine: Engine, seconds: float) -> None:
        """Let time pass, with every unit reporting from where it is, and the engine look."""
        self.clock.pass_s(seconds)
        self.see_all()
        await self.settle(engine)

    async def assignments(self, *statuses: str) -> list[tuple[int, str]]:
        """Return unit and status of all assignments in the order of the offers."""
        rows = await self.superuser.fetch("SELECT ambulance_id, status FROM assignments ORDER BY offered_at, id")
        return [(row["ambulance_id"], row["status"]) for row in rows if not statuses or row["status"] in statuses]

    async def live_one(self, unit: int) -> AssignmentRow:
        """Return what a unit has or is asked to take."""
        from storage.dispatch import assignments

        async with self.db.transaction() as transaction:
            key = await self.superuser.fetchval(
                "SELECT id FROM assignments WHERE ambulance_id = $1 ORDER BY offered_at DESC LIMIT 1", unit
            )
            [row] = [
                row
                for row in await assignments.lock_of(
                    transaction,
                    [await self.superuser.fetchval("SELECT request_id FROM assignments WHERE id = $1", key)],
                )
                if row.id == key
            ]
        return row

    async def alerts(self, *, all_of_them: bool = False) -> dict[str, str]:
        """Return the severity of each alert that is open (or ever was), by kind."""
        rows = await self.superuser.fetch("SELECT kind, severity, resolved_at FROM dispatch_alerts ORDER BY raised_at")
        return {row["kind"]: row["severity"] for row in rows if all_of_them or row["resolved_at"] is None}
