"""A hub of the next version: on the bus it says so, and speaks as today.

`python -m tests.faults.rig.newer hub …` is `arogya hub …` with the next number.
"""

from __future__ import annotations

import sys

from hub.bus import bus


def main() -> int:
    """Take the next number before anybody reads it, and be the product."""
    bus.PROTOCOL += 1
    from arogya.cli.main import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
