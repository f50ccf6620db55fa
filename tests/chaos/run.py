"""One run: everything flows, a schedule breaks it, everything heals, and nothing that was promised is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from storage.events import ALARMS
from tests.chaos import truth, verdict
from tests.chaos.load import TABLETS, Load
from tests.chaos.mischief import Mischief, Say
from tests.chaos.schedule import Act
from tests.chaos.screen import PASSING
from tests.chaos.stage import Stage, Stopwatch, stage
from tests.chaos.tablet import RovingTablet
from tests.faults.rig import checker
from tests.faults.rig.checker import wait_until

FLOWING_S = 30.0
HEALED_S = 30.0  # until everything is back, and all that the devices held is stored
ANSWER_S = 2.0
FRESH_S = 3.0  # of recording after that: what came late is behind what comes now
DRAINED_S = 10.0
SETTLED_S = 10.0  # until every screen shows what is stored
# Of resident memory, beside what each hub had before: backlogs go through, caches fill, the allocator keeps some.
GROWTH_BYTES = 48 * 2**20
# What a tablet may be told under faults: come back. Behind a stalled link its hello comes too late.
COME_BACK = PASSING | {"silent", "slow"}
SHOWN_MAX = 5  # problems of one kind that are named


@dataclass
class Outcome:
    """What came of a run."""

    seed: int
    problems: list[str] = field(default_factory=list)
    notes: dict[str, object] = field(default_factory=dict)  # how much happened

    def __str__(self) -> str:
        notes = ", ".join(f"{value} {name}" for name, value in self.notes.items())
        return f"seed {self.seed:<4} {'BROKEN' if self.problems else 'good'}  {notes}"


class Run:
    """The stage, the load on it, and what was found."""

    def __init__(self, stage: Stage, load: Load, mischief: Mischief, outcome: Outcome, say: Say) -> None:
        self._stage = stage
        self._load = load
        self._mischief = mischief
        self._outcome = outcome
        self._say = say
        self._healed = Stopwatch()
        self._memory_bytes = 0  # of the largest hub while everything flowed, before any act

    async def play(self, acts: Sequence[Act]) -> None:
        """Break everything as scheduled, let it heal, and judge."""
        await wait_until(self._load.flowing, FLOWING_S, "everything flows before the first act")
        self._memory_bytes = max(hub.process.memory_bytes() for hub in self._stage.hubs)
        await self._mischief.perform(acts)
        self._healed = Stopwatch()
        self._say("everything is put right")
        if await self._heal():
            await self._settle()
        self._judge_clients()

    async def _heal(self) -> bool:
        """Wait until all is back; tell whether it makes sense to go on."""
        goals = {tablet: tablet.recorded for tablet in self._load.tablets}
        try:
            await wait_until(self._all_ready, HEALED_S, "every hub is ready")
            await wait_until(
                lambda: all(tablet.mine.acked >= goal for tablet, goal in goals.items()),
                max(0.1, HEALED_S - self._healed.seconds()),
                "all that the devices held is stored",
            )
            await wait_until(self._load.flowing, FLOWING_S, "everybody is connected again")
        except AssertionError as late:
            self._outcome.problems += [str(late)[:2_000], *self._behind(goals)]
            return False
        self._outcome.notes["s to heal"] = f"{self._healed.seconds():.1f}"
        await asyncio.sleep(FRESH_S)
        return True

    async def _all_ready(self) -> bool:
        """Tell whether every hub answers that it is ready; one that found no database is just being started again."""
        for hub in self._stage.hubs:
            try:
                await hub.process.wait_ready(ANSWER_S)
            except AssertionError:
                return False
        return True

    async def _settle(self) -> None:
        """Stop the load, and wait until database and screens agree."""
        self._load.stop()
        try:
            await wait_until(lambda: not any(t.spool for t in self._load.tablets), DRAINED_S, "all spools empty")
        except AssertionError as late:
            self._outcome.problems.append(str(late))
        stored = await checker.check(self._stage.dsn, self._load.journal)
        self._outcome.notes["fixes"] = stored.stored
        if not stored.faultless() or stored.held:
            self._outcome.problems.append(str(stored))
        settling = Stopwatch()
        while differences := await self._differences():
            if settling.seconds() > SETTLED_S:
                self._outcome.problems += differences
                return
            await asyncio.sleep(0.25)
        self._outcome.notes["s to agree"] = f"{settling.seconds():.1f}"
        self._judge_memory()

    async def _differences(self) -> list[str]:
        """Compare everything that was seen and told with the database."""
        now = await truth.read(self._stage.dsn, self._load.parked)
        self._outcome.notes["events"] = len(now.events)
        found = [verdict.followed(now), verdict.happened(now), verdict.answers(now, self._load.clerk.answered)]
        found += [verdict.calls(now, tablet.device_id, tablet.calls) for tablet in self._load.tablets]
        problems = few(chain(*found))
        for screen in self._load.screens:
            for channel, picture in screen.pictures.items():
                expected = verdict.expected_of(now, channel, screen.wanted[channel].filter)
                problems += few(
                    f"{screen.name}, {channel}: {each}" for each in verdict.picture(now, picture.state, expected)
                )
            follower = screen.follower
            offset = follower.position.offset if follower.position else 0
            told = verdict.events(now, screen.events, follower.told, offset)
            problems += few(f"{screen.name}, {ALARMS}: {each}" for each in told)
        return problems

    def _judge_memory(self) -> None:
        most = self._memory_bytes + GROWTH_BYTES
        used = {hub.name: hub.process.memory_bytes() for hub in self._stage.hubs}
        self._outcome.notes["MiB at most"] = max(used.values()) // 2**20
        self._outcome.problems += [
            f"{name} takes {size / 2**20:.0f} MiB, {most / 2**20:.0f} expected"
            for name, size in used.items()
            if size > most
        ]

    def _judge_clients(self) -> None:
        problems = self._outcome.problems
        problems += few(verdict.stays_away("a tablet", self._load.journal.close_codes, []))
        for tablet in self._load.tablets:
            problems += verdict.stays_away(f"tablet {tablet.device_id}", {}, tablet.refusals)
        for screen in self._load.screens:
            problems += few(f"{screen.name}: {each}" for each in screen.broken)
            problems += verdict.stays_away(screen.name, screen.close_codes, [])
        problems += few(self._load.clerk.broken)
        told = {error for error in self._load.journal.errors if not any(code in error for code in COME_BACK)}
        problems += few(f"a tablet was told {each}" for each in sorted(told))

    def _behind(self, goals: dict[RovingTablet, int]) -> list[str]:
        return few(
            f"tablet {tablet.device_id} has {tablet.mine.acked} of {goal} acked, connected: {tablet.connected}"
            for tablet, goal in goals.items()
            if tablet.mine.acked < goal
        )


async def run(
    seed: int, acts: Sequence[Act], folder: Path, say: Say, *, hubs: int = 3, tablets: int = TABLETS
) -> Outcome:
    """Play one seed on a stage of its own; the logs stay in `folder`."""
    outcome = Outcome(seed, notes={"acts": len(acts)})
    async with stage(folder, hubs=hubs, seed=seed) as made, asyncio.TaskGroup() as keepers:
        mischief = Mischief(made, say, seed=seed)
        seconds = max((act.at_s for act in acts), default=0.0)
        load = await Load.prepare(made.dsn, made.addresses, seed=seed, seconds=seconds, tablets=tablets)
        keeping = [keepers.create_task(hub.keep()) for hub in made.hubs]
        async with load.playing():
            await Run(made, load, mischief, outcome, say).play(acts)
        for task in keeping:
            task.cancel()
        await _end(made, mischief)
        outcome.problems += mischief.problems
        for hub in made.hubs:
            outcome.problems += hub.endings
            outcome.problems += few(f"{hub.name} logged: {line[:500]}" for line in hub.process.complaints())
    return outcome


async def _end(made: Stage, mischief: Mischief) -> None:
    """Let every hub end as it should, all at once."""
    async with asyncio.TaskGroup() as ending:
        for hub in made.hubs:
            hub.wanted = False
            if hub.process.alive():
                ending.create_task(mischief.terminate(hub))


def few(problems: Iterable[str]) -> list[str]:
    """Return the first problems of a kind, and how many more there are."""
    every = list(problems)
    rest = [f"and {len(every) - SHOWN_MAX} more like it"] if len(every) > SHOWN_MAX else []
    return every[:SHOWN_MAX] + rest
