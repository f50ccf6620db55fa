"""A process of a benchmark, driven by lines: a job goes in, words come out, and JSON at the end."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import orjson

from bench.broken import Broken


class Worker:
    """`python -m bench.NAME` as its parent sees it."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name = name
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def tell(self, word: str) -> None:
        """Write one line to it."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its last words say more
            self._process.stdin.write(word + "\n")
            self._process.stdin.flush()

    def expect(self, word: str) -> None:
        """Wait until it says this; raises `Broken` when it says something else, or ended instead."""
        line = self._read()
        if line != word:
            raise Broken(f"the {self.name} said {line!r} instead of {word!r} (exit status {self._process.poll()})")

    def report(self) -> dict[str, Any]:
        """Wait for a line of JSON; raises `Broken` when it ended instead."""
        line = self._read()
        if not line:
            raise Broken(f"the {self.name} ended without a report (exit status {self._process.wait()})")
        found: dict[str, Any] = orjson.loads(line)
        return found

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


@contextlib.contextmanager
def working(name: str, job: Mapping[str, object], *, pass_fds: tuple[int, ...] = ()) -> Iterator[Worker]:
    """Run `python -m bench.NAME` with a job for as long as the block lasts."""
    command = [sys.executable, "-m", f"bench.{name}"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, pass_fds=pass_fds, start_new_session=True
    )
    try:
        worker = Worker(name, process)
        worker.tell(orjson.dumps(job).decode())
        yield worker
    finally:
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            if end is not None:
                end.close()


def read_job() -> dict[str, Any]:
    """In the worker: take the job, and as many descriptors as the system gives."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    job: dict[str, Any] = orjson.loads(sys.stdin.readline())
    return job


def await_word() -> str:
    """In the worker: wait for the parent's next line; ends the process when the parent is gone."""
    line = sys.stdin.readline()
    if not line:
        os._exit(1)
    return line.strip()


def say(word: str) -> None:
    """In the worker: write one line to the parent."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def say_json(report: Mapping[str, object]) -> None:
    """In the worker: write a line of JSON to the parent."""
    say(orjson.dumps(report).decode())


def finish(report: Mapping[str, object]) -> NoReturn:
    """In the worker: report and end; the sockets of thousands of tablets need no orderly end."""
    say_json(report)
    os._exit(0)
