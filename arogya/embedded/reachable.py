"""A copy of PostgreSQL's programs that everybody may run, for where the installation lies in a private folder.

PostgreSQL asks with access(2) whether it may run its own programs, and that call forgets every capability: a server
under another name than root's cannot start from below a 0700 home, however privileged it is.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

# Survives a reboot, unlike /tmp; the sticky bit keeps others from replacing what is ours.
COPIES = Path("/var/tmp")  # noqa: S108 - the folder in it is checked to be ours


class NotOurs(Exception):
    """Somebody else has put something where the copy belongs."""


def copied(programs: Path) -> Path:
    """Return the folder of programs in a copy of the installation, made the first time; raises `NotOurs`, OSError.

    `programs` is the wheel's `pginstall/bin`, whose libraries lie beside the package (its RPATH leads there).
    """
    package = programs.parents[1]
    stamp = f"{package}:{(programs / 'postgres').stat().st_mtime_ns}"
    copy = COPIES / f"arogya-postgres-{os.geteuid()}-{hashlib.sha256(stamp.encode()).hexdigest()[:12]}"
    if not copy.exists():
        building = copy.with_name(f"{copy.name}.{os.getpid()}")
        building.mkdir(mode=0o755)
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, building / folder.name, symlinks=True)
        building.chmod(0o755)
        building.rename(copy)
    found = copy.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022 or copy.is_symlink():
        raise NotOurs(f"{copy} belongs to somebody else: remove it")
    return copy / programs.relative_to(package.parent)
