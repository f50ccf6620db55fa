"""A process that writes to the log and seals it without a pause, for tests that kill it: `python -m … DSN`."""

from __future__ import annotations

import asyncio
import sys

from storage.pool import APP, Database
from tests.hub.audit.world import sealer, write


async def main(dsn: str) -> None:
    db = await Database.open(dsn, role=APP, size=4, command_timeout_s=10)
    sys.stdout.write("begins\n")
    sys.stdout.flush()

    async def keep_writing() -> None:
        while True:
            await write(db, 1)

    async def keep_sealing() -> None:
        one = sealer(db)
        while True:
            await one.seal()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_writing())
        tasks.create_task(keep_sealing())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
