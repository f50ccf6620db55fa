"""A watcher that ends an embedded server when its owner is gone, however the owner died."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, Any

# The first line on the pipe is the process id; the end of the pipe is the owner's death. A fast shutdown first,
# CONT for a server that was stopped by somebody, and no mercy after that.
WATCH = """
read -r pid || exit 0
cat >/dev/null
kill -INT "$pid" && kill -CONT "$pid"
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" || exit 0; sleep 1; done
kill -KILL "$pid"
"""
# The process names itself to the watcher before it becomes the server: no instant exists with a server unwatched.
ANNOUNCE = 'echo "$$"; exec "$@" >&2'


class Guard:
    """One watcher process and the pipe that it listens to."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()  # the writing end lives only in this process
        self._watcher = subprocess.Popen(  # noqa: S603 - fixed words
            ["/bin/sh", "-c", WATCH],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # a Ctrl-C in the terminal is not for it
            cwd="/",
        )
        os.close(reading)

    @property
    def pid(self) -> int:
        """Process id of the watcher."""
        return self._watcher.pid

    def spawn(
        self, command: Sequence[str], *, log: IO[bytes], env: Mapping[str, str], options: Mapping[str, Any]
    ) -> subprocess.Popen[bytes]:
        """Start the guarded process in a session of its own, both of its outputs going to `log`."""
        return subprocess.Popen(  # noqa: S603 - the caller's own program
            ["/bin/sh", "-c", ANNOUNCE, "sh", *command],
            stdin=subprocess.DEVNULL,
            stdout=self._writing,
            stderr=log,
            env=env,
            cwd="/",
            start_new_session=True,
            **options,
        )

    def dismiss(self) -> None:
        """End the watcher; call it once the guarded process is reaped, while its id cannot belong to another."""
        self._watcher.kill()
        self._watcher.wait()
        os.close(self._writing)
