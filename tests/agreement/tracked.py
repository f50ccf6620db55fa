"""The files that belong to the project, as git knows them."""

from __future__ import annotations

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(*patterns: str) -> list[Path]:
    """Return the tracked files that match and exist."""
    # A clone may belong to another user than the one that tests it, as in containers.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [path for name in done.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def texts(*patterns: str) -> dict[str, str]:
    """Return the matching files that are text, by their path in the project."""
    found = {}
    for path in files(*patterns):
        content = path.read_bytes()
        if b"\0" not in content:
            found[str(path.relative_to(ROOT))] = content.decode()
    return found
