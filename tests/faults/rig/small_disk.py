"""A disk that is small enough to be filled: a tablespace on a tmpfs, for the tables of the telemetry alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from arogya.embedded.postgres import EmbeddedPostgres

SIZE_MIB = 48
BLOCK = bytes(4096)
TABLESPACE = "small_disk"

# The partitions of what ingest writes, their indexes and what their long values lie in.
TELEMETRY = """
SELECT format('ALTER %s %s SET TABLESPACE small_disk',
              CASE WHEN c.relkind = 'i' THEN 'INDEX' ELSE 'TABLE' END, c.oid::regclass)
FROM pg_class c, pg_partition_tree('ambulance_positions') t
WHERE t.isleaf AND (c.oid = t.relid OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = t.relid))
"""


class SmallDisk:
    """A mounted tmpfs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave not one block."""
        with self._ballast.open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while True:
                ballast.write(BLOCK)

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink(missing_ok=True)


def why_not() -> str | None:
    """Say why no disk can be mounted here; None where one can."""
    if os.geteuid() != 0:
        return "only root mounts a disk"
    if shutil.which("mount") is None:
        return "there is no mount"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], capture_output=True)
        if tried.returncode != 0:
            return f"mount says: {tried.stderr.decode(errors='replace').strip()}"
        subprocess.run(["umount", folder], check=True)
    return None


@contextlib.asynccontextmanager
async def small_disk(server: EmbeddedPostgres, dsn: str) -> AsyncIterator[SmallDisk]:
    """Let the telemetry of a database lie on a small disk around the block; the database is dropped after it."""
    with tempfile.TemporaryDirectory(prefix="arogya-disk-") as name:
        tables = await asyncio.to_thread(_mount, name, server)
        try:
            await _move(dsn, tables)
            yield SmallDisk(tables.parent)
        finally:
            await _drop(server, dsn)
            await asyncio.to_thread(subprocess.run, ["umount", name], check=True)


def _mount(name: str, server: EmbeddedPostgres) -> Path:
    """Return a folder on the new disk that belongs to PostgreSQL, which is not root."""
    folder = Path(name)
    folder.chmod(0o711)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=711", "none", name], check=True)
    tables = folder / "tables"
    tables.mkdir(mode=0o700)
    owner = server.cluster.stat()
    os.chown(tables, owner.st_uid, owner.st_gid)
    return tables


async def _move(dsn: str, tables: Path) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"CREATE TABLESPACE {TABLESPACE} LOCATION '{tables}'")
        for row in await connection.fetch(TELEMETRY):
            await connection.execute(row[0])
    finally:
        await connection.close()


async def _drop(server: EmbeddedPostgres, dsn: str) -> None:
    """A server that cannot find a tablespace would not come up again."""
    name = dsn.split("?")[0].rsplit("/", 1)[1]
    connection = await asyncpg.connect(server.dsn_of("postgres"))
    try:
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await connection.execute(f"DROP TABLESPACE IF EXISTS {TABLESPACE}")
    finally:
        await connection.close()
