"""Whether the counter runs compiled, and from the source that lies beside it; knows nothing of how it is built."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

SOURCE: Final = Path(__file__).with_name("repetitions.py")
DECLARATIONS: Final = SOURCE.with_suffix(".pxd")
BUILT: Final = SOURCE.with_suffix(".built")  # the digest of the source that was compiled last

State = Literal["compiled", "plain", "stale"]


def digest() -> str:
    """Return what tells one source of the counter from another."""
    return sha256(SOURCE.read_bytes() + DECLARATIONS.read_bytes()).hexdigest()


def state() -> State:
    """Return which counter runs: the compiled one, plain Python, or one that was compiled from another source."""
    from hub.motion import repetitions  # not where the counter is compiled: nothing that it needs is there yet

    if not repetitions.IS_COMPILED:
        return "plain"
    return "compiled" if BUILT.is_file() and BUILT.read_text() == digest() else "stale"


def complaint(found: State) -> str:
    """Say what is wrong, empty where nothing is."""
    if found == "plain":
        return "repetitions are counted in plain Python, which takes more than 50 times as long"
    if found == "stale":
        return "repetitions are counted by what was compiled from another source than the one that is here"
    return ""
