"""What a server that is gone, or nearly gone, left in its cluster."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

LEAVING_S = 15.0  # a server whose owner was killed is being shut down by its guard: its checkpoint may take a while


def pid_file(cluster: Path) -> list[str]:
    """Return the lines of postmaster.pid, none when there is no such file."""
    try:
        return (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def clear_stale_pid(cluster: Path) -> None:
    """Wait for a server without owner to end, and remove the pid file of one that no longer exists.

    PostgreSQL itself only asks whether the process id lives, and after a restart of a container it does: as somebody
    else. Call it as the holder of the folder's lock, so that a server found here has no owner.
    """
    lines = pid_file(cluster)
    if not lines or not lines[0].strip().isdigit():
        return
    pid = int(lines[0])
    deadline = time.monotonic() + LEAVING_S
    while serves(pid, cluster):
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def serves(pid: int, cluster: Path) -> bool:
    """Say whether this process is a living postmaster of this cluster."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # somebody else's: the cluster's server would be ours
    process = Path("/proc") / str(pid)
    try:
        if process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return False  # dead, and waiting for a parent that does not look
        return process.joinpath("cwd").resolve(strict=False) == cluster.resolve()
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # no /proc on this system: believe the file
    except PermissionError:
        return True
