"""Backups: PostgreSQL's own custom-format archives, made, checked and restored with its own programs."""

from __future__ import annotations

import re
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from arogya.config import environment_with
from arogya.embedded.binaries import BinariesMissing, find_binaries, major_version, system_binaries

CHUNK_BYTES = 1024 * 1024
LEDGER = "schema_migrations"  # the table that makes an archive one of ours
DUMPING = b"dumping contents of table"
RESTORING = b"processing data for table"
# Written by pg_dump 17 and newer, unknown to the servers before it.
PASSWORD_PARAMETER = re.compile(r"(?:^|(?<=&))password=([^&]*)(?:&|$)")
NEWER_SETTING = re.compile(rb"^SET transaction_timeout = 0;\n", re.MULTILINE)
FIRST_WITH_SETTING = 17

OnTable = Callable[[str], None]


class ArchiveError(Exception):
    """A backup or restore that did not work; the sentence ends with what PostgreSQL's program said."""


def tools_for(server_version: int, given: Path | None = None) -> Path:
    """Return a folder of programs that can read this server: its own version's, else a newer one's.

    Raises `ArchiveError` when all that is installed is older than the server.
    """
    for folder in system_binaries():
        if given is None and (folder / "pg_dump").is_file() and major_version(folder) == server_version:
            return folder
    try:
        folder = find_binaries(given)
    except BinariesMissing as error:
        raise ArchiveError(str(error)) from error
    if major_version(folder) < server_version:
        raise ArchiveError(
            f"the server is PostgreSQL {server_version}, and the programs in {folder} are older: "
            f"install the client programs of version {server_version}"
        )
    return folder


def write(tools: Path, dsn: str, file: Path, on_table: OnTable) -> None:
    """Write an archive of a whole database, as it is at one instant; raises `ArchiveError`."""
    words = [str(tools / "pg_dump"), "--format=custom", "--verbose", f"--file={file}"]
    plain, password = without_password(dsn)
    said: list[str] = []
    with _started([*words, f"--dbname={plain}"], password, stdout=subprocess.DEVNULL) as program:
        _follow(_pipe(program.stderr), DUMPING, on_table, said)
        if program.wait() != 0:
            raise ArchiveError("pg_dump failed: " + "\n".join(said))


def tables_in(tools: Path, file: Path) -> int:
    """Read an archive from end to end and return how many tables it holds; raises `ArchiveError`."""
    restore = str(tools / "pg_restore")
    listing = _output([restore, "--list", str(file)])
    if f" {LEDGER} " not in listing:
        raise ArchiveError(f"{file} is not a backup of Arogya Hub")
    # The list is at the beginning; only writing everything out shows that the rest is whole.
    _output([restore, "--file=/dev/null", str(file)])
    return sum(" TABLE DATA " in line for line in listing.splitlines())


def restore(
    tools: Path, dsn: str, file: Path, *, around: tuple[str, str], server_version: int, on_table: OnTable
) -> None:
    """Run an archive, and `around` it what comes before and after, in one transaction: all of it happens or nothing.

    Raises `ArchiveError`.
    """
    first, last = around
    plain, password = without_password(dsn)
    reading = [str(tools / "pg_restore"), "--verbose", "--file=-", str(file)]
    writing = [str(tools / "psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    writing += [f"--dbname={plain}", f"--command={first}", "--file=-", f"--command={last}"]
    with tempfile.TemporaryFile() as complaints, ExitStack() as programs:
        source = programs.enter_context(_started(reading, stdout=subprocess.PIPE))
        target = programs.enter_context(
            _started(writing, password, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints)
        )
        said: list[str] = []
        follower = threading.Thread(target=_follow, args=(source.stderr, RESTORING, on_table, said))
        follower.start()
        # When the writing program fails, its pipe breaks, and its status below says so.
        with suppress(BrokenPipeError):
            _pump(source, target, drop_setting=server_version < FIRST_WITH_SETTING)
        follower.join()
        if source.wait() != 0:
            target.kill()  # an end of the script would be taken for its whole: no commit of a half
        with suppress(BrokenPipeError):
            _pipe(target.stdin).close()
        if target.wait() != 0:
            complaints.seek(0)
            reason = complaints.read().decode(errors="replace").strip() or "\n".join(said)
            raise ArchiveError(f"the restore was undone, nothing was changed: {reason[-1000:]}")


def without_password(dsn: str) -> tuple[str, str]:
    """Split a connection string into one without the password, for a command line, and the password."""
    parts = urlsplit(dsn)
    parameter = PASSWORD_PARAMETER.search(parts.query)
    password = parameter[1] if parameter else parts.password or ""
    if not password:
        return dsn, ""
    user, at, host = parts.netloc.rpartition("@")
    query = PASSWORD_PARAMETER.sub("", parts.query).strip("&")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}", query=query).geturl(), unquote(password)


def _pump(source: subprocess.Popen[bytes], target: subprocess.Popen[bytes], *, drop_setting: bool) -> None:
    reading, writing = _pipe(source.stdout), _pipe(target.stdin)
    with reading:
        chunk = reading.read(CHUNK_BYTES)  # the settings stand at the beginning
        if drop_setting:
            chunk = NEWER_SETTING.sub(b"", chunk)
        while chunk:
            writing.write(chunk)
            chunk = reading.read(CHUNK_BYTES)


def _follow(stream: IO[bytes], marker: bytes, on_table: OnTable, said: list[str]) -> None:
    """Read what a program says: its progress goes to `on_table`, its last words stay in `said`."""
    with stream:
        for line in stream:
            if marker in line:
                on_table(line.decode(errors="replace").strip().rpartition(" ")[2].strip('"'))
            else:
                said.append(line.decode(errors="replace").strip())
                del said[:-5]


@contextmanager
def _started(words: list[str], password: str = "", **streams: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program inside the block; leaving it early ends the program."""
    variables = {"LC_ALL": "C", **({"PGPASSWORD": password} if password else {})}
    streams.setdefault("stderr", subprocess.PIPE)
    program = subprocess.Popen(words, env=environment_with(**variables), **streams)  # type: ignore[call-overload]  # noqa: S603
    try:
        yield program
    finally:
        if program.poll() is None:
            program.kill()
        program.wait()


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise ValueError("the program was started without this pipe")
    return stream


def _output(words: list[str]) -> str:
    done = subprocess.run(words, capture_output=True, env=environment_with(LC_ALL="C"), check=False)  # noqa: S603
    if done.returncode != 0:
        raise ArchiveError(f"the file cannot be read: {done.stderr.decode(errors='replace').strip()[-500:]}")
    return done.stdout.decode(errors="replace")
