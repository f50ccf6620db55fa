"""The one line that a benchmark leaves, and how it differs from an earlier one."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

import orjson

NOISE_SHARE = 0.1  # repeats that spread further than this prove little
LOAD_PER_CORE = 0.3  # a machine that was busier than this before the run was not quiet
STOLEN_CORES = 0.05


def median_of(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return each figure's median over the runs."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def spread_of(runs: list[dict[str, float]], name: str) -> float:
    """Return how far apart the runs are in one figure, as a share of their median."""
    values = [run[name] for run in runs]
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def last_line(path: Path) -> dict[str, object]:
    """Read the JSON line of an earlier run out of its saved output."""
    line = path.read_bytes().strip().splitlines()[-1]
    report: dict[str, object] = orjson.loads(line)
    return report


def differences(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    """Yield one line for each figure that both reports have."""
    for name, value in new.items():
        before = old.get(name)
        if isinstance(value, int | float) and isinstance(before, int | float):
            change = f"{(value / before - 1) * 100:+.1f} %" if before else "was 0"
            yield f"{name:28} {before:>14,.2f} → {value:>14,.2f}   {change}"


def warnings(report: Mapping[str, object], old: Mapping[str, object] | None = None) -> Iterator[str]:
    """Yield what makes the figures, or their comparison, less than certain."""
    machine, stolen = report.get("machine"), report.get("cpu_stolen")
    if isinstance(machine, dict) and machine["load_before"] > LOAD_PER_CORE * machine["cores"]:
        yield f"the machine was busy before the run (load {machine['load_before']})"
    if isinstance(stolen, float) and stolen > STOLEN_CORES:
        yield f"the hypervisor took {stolen} cores away"
    spread = report.get("spread")
    if isinstance(spread, float) and spread > NOISE_SHARE:
        yield f"the repeats differ by {spread:.0%}: take more of them"
    for part in ("parameters", "versions"):
        if old is not None and old.get(part) != report.get(part):
            yield f"the {part} of the two runs differ"
    if old is not None and _hardware(old) != _hardware(report):
        yield "the two runs are from different machines"


def _hardware(report: Mapping[str, object]) -> tuple[object, ...]:
    machine = report.get("machine")
    return tuple(machine.get(name) for name in ("cpu", "cores", "kernel")) if isinstance(machine, dict) else ()
