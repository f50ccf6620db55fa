"""What goes wrong in a run, and when: a pure function of the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

CALM_S = 2.0  # at the start, so that everything flows once
CUTS = ("swallow", "stall", "rst", "delay", "refuse")
PACES = (0.4, 1.5)  # of one run: what its quiet times are multiplied with
LINKS = ("front", "bus", "store")  # what a hub talks over: to devices and viewers, to Valkey, to PostgreSQL


class Trouble(NamedTuple):
    """One kind of fault: how often it is chosen among those of its lane, and how long it may last."""

    kind: str
    weight: int
    least_s: float
    most_s: float


class Lane(NamedTuple):
    """What can happen to one part: one thing after the other, with quiet times between."""

    target: str
    quiet_s: float  # the mean
    troubles: tuple[Trouble, ...]


class Act(NamedTuple):
    """One fault: `target` is hub-1, front-1, bus-1, store-1, …, valkey or postgres."""

    at_s: float  # since the load flows
    target: str
    kind: str
    for_s: float  # until it is undone, or what was killed is started again
    way: str = ""  # of a cut: up (to the server), down or both
    delay_s: float = 0.0  # of a cut with delay: of each chunk

    def __str__(self) -> str:
        way = f" {self.way}" if self.way else ""
        delay = f" by {self.delay_s:.2f} s" if self.delay_s else ""
        return f"{self.at_s:6.2f} s  {self.target:<9} {self.kind}{way}{delay}, for {self.for_s:.2f} s"


HUB = (Trouble("kill", 3, 0.0, 3.0), Trouble("stop", 3, 1.0, 12.0), Trouble("terminate", 2, 0.0, 1.0))
VALKEY = (Trouble("kill", 2, 0.0, 6.0), Trouble("stop", 2, 0.5, 8.0), Trouble("clients", 1, 0.0, 0.0))
POSTGRES = (Trouble("backend", 2, 0.0, 0.0), Trouble("postmaster", 2, 0.0, 3.0), Trouble("stop", 2, 0.5, 7.0))


def lanes(hubs: int) -> list[Lane]:
    """Return every part that something can happen to."""
    found = [Lane(f"hub-{number}", 14.0, HUB) for number in range(1, hubs + 1)]
    for link in LINKS:
        cuts = tuple(Trouble(kind, 1, 0.5, 8.0) for kind in CUTS)
        found += [Lane(f"{link}-{number}", 22.0, cuts) for number in range(1, hubs + 1)]
    return [*found, Lane("valkey", 16.0, VALKEY), Lane("postgres", 18.0, POSTGRES)]


def draw(seed: int, seconds: float, *, hubs: int = 3) -> list[Act]:
    """Return the acts of a run in order of time; what one lane does is no matter of how many others there are."""
    pace = random.Random(f"{seed}/pace").uniform(*PACES)  # noqa: S311  (replayable)
    paced = [lane._replace(quiet_s=lane.quiet_s * pace) for lane in lanes(hubs)]
    return sorted(act for lane in paced for act in _walk(lane, seed, seconds))


def one_of_each(seed: int, seconds: float, *, hubs: int = 3) -> list[Act]:
    """Return a run with every kind of fault once, short ones, spread over the time."""
    chance = random.Random(f"{seed}/one of each")  # noqa: S311  (replayable)
    kinds = {(lane.target.split("-")[0], trouble.kind): trouble for lane in lanes(1) for trouble in lane.troubles}
    chosen = list(kinds.items())
    chance.shuffle(chosen)
    acts = []
    for place, ((target, _), trouble) in enumerate(chosen):
        numbered = target if target in ("valkey", "postgres") else f"{target}-{chance.randint(1, hubs)}"
        at_s = CALM_S + (seconds - CALM_S) * place / len(chosen)
        acts.append(_act(chance, at_s, numbered, trouble._replace(most_s=min(trouble.most_s, trouble.least_s + 0.5))))
    return sorted(acts)


def _walk(lane: Lane, seed: int, seconds: float) -> Iterator[Act]:
    chance = random.Random(f"{seed}/{lane.target}")  # noqa: S311  (replayable)
    at_s = CALM_S + chance.expovariate(1 / lane.quiet_s)
    weights = [trouble.weight for trouble in lane.troubles]
    while at_s < seconds:
        (trouble,) = chance.choices(lane.troubles, weights)
        act = _act(chance, at_s, lane.target, trouble)
        yield act
        at_s += act.for_s + chance.expovariate(1 / lane.quiet_s)


def _act(chance: random.Random, at_s: float, target: str, trouble: Trouble) -> Act:
    for_s = round(chance.uniform(trouble.least_s, trouble.most_s), 2)
    way = chance.choice(("up", "down", "both")) if trouble.kind in CUTS else ""
    delay_s = round(chance.uniform(0.05, 1.0), 2) if trouble.kind == "delay" else 0.0
    return Act(round(at_s, 2), target, trouble.kind, for_s, way, delay_s)
