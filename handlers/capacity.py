"""How much this process may take on: its descriptors, and its memory where a limit is set on that."""

from __future__ import annotations

import os
import resource
from contextlib import suppress

SPARE_DESCRIPTORS = 96  # database connections, files, listeners, and what is being refused
SPARE_BYTES = 32 * 1024 * 1024  # of memory: for the work of those who are inside
_STATM_BYTES = 128
# Which field of /proc/self/statm (proc(5), in pages) each limit is about.
_LIMITED_FIELDS = ((resource.RLIMIT_AS, 0), (resource.RLIMIT_DATA, 5))


def raise_descriptor_limit() -> int:
    """Let this process open as many files as the hard limit allows; returns how many connections that is."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # where the hard limit is higher than the kernel takes
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return connections_for(soft)


def connections_for(descriptors: int) -> int:
    """Return how many connections leave enough descriptors for everything else; of few, a quarter is kept back."""
    return descriptors - min(SPARE_DESCRIPTORS, descriptors // 4)


class Memory:
    """The address space or data of this process against its limit, of which `LimitDATA=` and `ulimit -d` are two."""

    def __init__(self) -> None:
        self._statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)  # while it can be opened with certainty

    def short(self) -> bool:
        """Tell whether so little is left that nobody more should be let in; limits may change while the hub runs."""
        limits = [(field, resource.getrlimit(which)[0]) for which, field in _LIMITED_FIELDS]
        if all(limit == resource.RLIM_INFINITY for _, limit in limits):
            return False
        pages = os.pread(self._statm, _STATM_BYTES, 0).split()
        size = resource.getpagesize()
        return any(
            limit != resource.RLIM_INFINITY and int(pages[field]) * size + SPARE_BYTES > limit
            for field, limit in limits
        )

    def close(self) -> None:
        """Give the descriptor back."""
        if self._statm >= 0:
            os.close(self._statm)
            self._statm = -1
