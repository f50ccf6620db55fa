"""How far a rolling restart has come: a file in the state folder, for the command that asked for it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from arogya.rollout import Progress
from arogya.running import write_private

FILE = "restart.json"


def note(state: Path, progress: Progress) -> None:
    """Write how far the restart of this process's hubs has come."""
    write_private(state / FILE, json.dumps({"pid": os.getpid(), **progress._asdict()}))


def read(state: Path, pid: int) -> Progress:
    """Return how far the newest restart by the supervisor with this process id has come; number 0 where it had none."""
    try:
        noted = json.loads((state / FILE).read_text(encoding="utf-8"))
        if noted.pop("pid") == pid:
            return Progress(**noted)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        pass  # none was written, or not by this version
    return Progress(0, 0, 0, ended=True, failure="")
