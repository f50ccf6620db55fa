"""`make chaos`: random faults under load, a minute a seed; replayable.

`make chaos` runs the first seeds, `make chaos SEEDS=20 SECONDS=60` more of them, `make chaos SEED=7` one alone. A seed
is a schedule: three hubs, their ways to devices, to Valkey and to PostgreSQL, and both servers are killed, stopped, cut
and ended at random, several at a time, while 60 tablets send, 12 screens watch and people work. Then everything is put
right, the load stops, and it is proved that nothing acked is lost, nothing is stored twice or altered, every screen
shows what is stored, and every event was told once. The schedule is printed as it happens; a run that breaks a promise
says so, says how to play it again, and keeps its logs in artifacts/chaos/seed-N.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.chaos import schedule
from tests.chaos.run import Outcome, run
from tests.chaos.schedule import Act

ARTIFACTS = Path("artifacts/chaos")


def main() -> int:
    """Run the seeds that were asked for; returns how many of them broke a promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="runs seeds 1 to N")
    parser.add_argument("--seed", type=int, action="append", metavar="N", help="runs this seed alone; may be repeated")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each run breaks things")
    parser.add_argument("--hubs", type=int, default=3)
    parser.add_argument(
        "--only", metavar="LANES", help="for a search: of the schedule only targets that begin with one of these words"
    )
    parser.add_argument("--keep", action="store_true", help="keeps the logs of good runs too")
    options = parser.parse_args()
    outcomes = []
    for seed in options.seed or range(1, options.seeds + 1):
        acts = schedule.draw(seed, options.seconds, hubs=options.hubs)
        if options.only:
            acts = [act for act in acts if act.target.startswith(tuple(options.only.split(",")))]
        outcomes.append(_play(seed, acts, options))
    say("")
    for outcome in outcomes:
        say(str(outcome))
    return sum(bool(outcome.problems) for outcome in outcomes)


def _play(seed: int, acts: Sequence[Act], options: argparse.Namespace) -> Outcome:
    """Play a seed, and keep what is needed to understand it where a promise was broken."""
    folder = ARTIFACTS / f"seed-{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        say(line)

    tell(f"seed {seed}: {len(acts)} acts in {options.seconds:g} s")
    for act in acts:
        tell(f"  {act}")
    try:
        outcome = asyncio.run(run(seed, acts, folder.absolute(), tell, hubs=options.hubs))
    except Exception:  # noqa: BLE001  (whatever a run dies of, the next seed is played)
        outcome = Outcome(seed, ["".join(traceback.format_exc())])
    for problem in outcome.problems:
        tell(f"  BROKEN  {problem}")
    tell(str(outcome))
    if outcome.problems:
        tell(f"replay it: make chaos SEED={seed} SECONDS={options.seconds:g}; its logs are in {folder}")
    (folder / "said.txt").write_text("\n".join(said) + "\n")
    if not outcome.problems and not options.keep:
        shutil.rmtree(folder)
    return outcome


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)  # noqa: T201  (this is a program)


if __name__ == "__main__":
    sys.exit(main())
