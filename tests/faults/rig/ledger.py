"""Holds what crews and dispatchers were told against what is stored: nothing lost, nothing twice, nothing made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg

from tests.faults.rig.calls import Dispatcher
from tests.faults.rig.crews import Crew

TIMES = (
    *("offered_at", "accepted_at", "en_route_at", "on_scene_at", "transporting_at", "at_destination_at"),
    "cleared_at",
)
LIVE = ("offered", "accepted", "en_route", "on_scene", "transporting", "at_destination")
SHOWN_MAX = 5

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]


@dataclass
class Verdict:
    """Every list must be empty."""

    lost: list[str] = field(default_factory=list)  # somebody was told that it is done, and it is not stored
    twice: list[str] = field(default_factory=list)  # one step that is stored more than once
    wrong: list[str] = field(default_factory=list)  # what contradicts itself
    steps: int = 0  # that were answered with done

    def faultless(self) -> bool:
        """Tell whether no promise was broken."""
        return not (self.lost or self.twice or self.wrong)

    def __str__(self) -> str:
        kinds = {"lost": self.lost, "twice": self.twice, "wrong": self.wrong}
        parts = [f"{len(found)} {kind}: {', '.join(found[:SHOWN_MAX])}" for kind, found in kinds.items() if found]
        return "; ".join([*parts, f"{self.steps} steps"])


async def check(dsn: str, dispatcher: Dispatcher, crews: Sequence[Crew]) -> Verdict:
    """Read all of dispatch and compare."""
    connection = await asyncpg.connect(dsn)
    verdict = Verdict()
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await _check_answers(connection, dispatcher, crews, verdict)
            await _check_times(connection, verdict)
            await _check_units(connection, verdict)
            await _check_channel(connection, verdict)
    finally:
        await connection.close()
    return verdict


async def _check_answers(
    connection: Connection, dispatcher: Dispatcher, crews: Sequence[Crew], verdict: Verdict
) -> None:
    calls = Counter(row["id"] for row in await connection.fetch("SELECT id::text FROM ambulance_requests"))
    verdict.lost += [f"call {id_}" for id_ in dispatcher.requests if id_ not in calls]
    rows = await connection.fetch(
        "SELECT assignment_id::text, status, source FROM assignment_events WHERE status <> 'offered'"
    )
    steps = Counter((row["assignment_id"], row["status"]) for row in rows)
    verdict.twice += [f"{status} of {assignment}" for (assignment, status), n in steps.items() if n > 1]
    for crew in crews:
        for said in crew.answered:
            wanted = {"accept": "accepted", "stage": said.stage}.get(said.kind)
            if said.status == "done" and wanted is not None:
                verdict.steps += 1
                if (said.assignment, wanted) not in steps:
                    verdict.lost.append(f"{wanted} of {said.assignment}")


async def _check_times(connection: Connection, verdict: Verdict) -> None:
    columns = ", ".join(TIMES)
    for row in await connection.fetch(f"SELECT id, status, skipped, {columns} FROM assignments"):  # noqa: S608  (constants)
        times = [row[name] for name in TIMES]
        known = [time for time in times if time is not None]
        if known != sorted(known):
            verdict.wrong.append(f"the times of {row['id']} descend")
        if row["status"] == "cleared" and any(time is None for time in times) and not row["skipped"]:
            verdict.wrong.append(f"{row['id']} was cleared without a time, and none is flagged")


async def _check_units(connection: Connection, verdict: Verdict) -> None:
    rows = await connection.fetch(
        "SELECT a.id, a.status, s.status AS stage FROM ambulances a"
        " LEFT JOIN assignments s ON s.ambulance_id = a.id AND s.status = ANY ($1::text[])",
        list(LIVE),
    )
    expected = {
        "offered": "dispatched",
        "accepted": "dispatched",
        "en_route": "en_route",
        "on_scene": "on_scene",
        "transporting": "transporting",
        "at_destination": "at_hospital",
    }
    for row in rows:
        fits = row["status"] == expected[row["stage"]] if row["stage"] else row["status"] in ("available", "offline")
        if not fits:
            verdict.wrong.append(f"ambulance {row['id']} is {row['status']} while its assignment is {row['stage']}")


async def _check_channel(connection: Connection, verdict: Verdict) -> None:
    rows = await connection.fetch(
        "SELECT \"offset\", kind, body FROM channel_events WHERE channel = 'dispatch' ORDER BY 1"
    )
    if [row["offset"] for row in rows] != list(range(1, len(rows) + 1)):
        verdict.wrong.append("the channel dispatch has holes")
