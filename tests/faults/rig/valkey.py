"""A real Valkey that can be killed, stopped, emptied, filled, demoted and promoted."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from arogya import listening
from arogya.embedded.guard import Guard
from arogya.embedded.server import ENVIRONMENT
from arogya.embedded.valkey import find_server
from tests.faults.rig.checker import wait_until

START_S = 10.0
ANSWER_S = 5.0
SETTINGS: Mapping[str, str] = {
    "bind": "127.0.0.1",
    "save": "",
    "appendonly": "no",
    "enable-debug-command": "yes",
    "repl-diskless-sync-delay": "0",  # a replica need not wait for a second one
    "loading-process-events-interval-bytes": "1024",  # it answers while it loads, however little that is
}
SLOW_KEYS = 1_000  # what `restart_loading` gives it to load


class ValkeyProcess:
    """One server on a TCP port that stays the same over its lives, or on a Unix socket; nothing outlives a life."""

    def __init__(
        self,
        folder: Path,
        *,
        unix: bool = False,
        password: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.log = folder / "valkey.log"
        self.port = 0 if unix else _free_port()
        self.socket_path = folder / "valkey.sock"  # exists only with `unix`
        self.password = password
        self._settings = {**SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: Guard | None = None

    @property
    def target(self) -> int | str:
        """Where it listens, in the words of a `FaultProxy`."""
        return self.port or str(self.socket_path)

    @property
    def url(self) -> str:
        """What `nodes.redis_url` takes, past any proxy."""
        return self.url_at(self.port) if self.port else f"unix://{self.socket_path}"

    def url_at(self, port: int) -> str:
        """Return the address that leads through a proxy on a port."""
        return f"redis://{f':{self.password}@' if self.password else ''}127.0.0.1:{port}/0"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None
        return self._process.pid

    def alive(self) -> bool:
        """Tell whether it runs; reaps it when it ended."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        await asyncio.to_thread(self._launch, {})
        await wait_until(self.answers, START_S, f"an answer of Valkey; it says: {self.words()[-1000:]}")

    async def restart_loading(self, seconds: float) -> None:
        """Let it save what it holds, die and come back; it says LOADING to everybody for about so long."""
        await self.command("DEBUG", "POPULATE", SLOW_KEYS, "ballast", 64)
        await self.command("SAVE")
        await self.kill()
        await asyncio.to_thread(self._launch, {"key-load-delay": str(int(seconds * 1e6 / SLOW_KEYS))})
        await wait_until(self.loads, START_S, "it says LOADING")

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        """SIGKILL, and reap."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGKILL)
        await wait_until(lambda: not self.alive(), ANSWER_S, "the end of Valkey")
        await asyncio.to_thread(self._dismiss)

    async def command(self, *words: str | int) -> Any:
        """Send a command on a connection of its own; raises what the server or the connection says."""
        return await asyncio.to_thread(self._command, words)

    async def answers(self) -> bool:
        """Tell whether it answers a PING with PONG."""
        try:
            return bool(await self.command("PING"))
        except redis.RedisError:
            return False

    async def loads(self) -> bool:
        """Tell whether it says LOADING."""
        try:
            await self.command("GET", "anything")
        except redis.exceptions.BusyLoadingError:
            return True
        except redis.RedisError:
            pass
        return False

    async def info(self, section: str) -> dict[str, Any]:
        """Return a section of INFO."""
        return cast(dict[str, Any], await self.command("INFO", section))

    async def follow(self, primary: ValkeyProcess) -> None:
        """Be a replica of another one, and wait until it has all that the other one has."""
        if primary.password:
            await self.command("CONFIG", "SET", "primaryauth", primary.password)
        await self.command("REPLICAOF", "127.0.0.1", primary.port)

        async def linked() -> bool:
            return (await self.info("replication")).get("master_link_status") == "up"

        await wait_until(linked, START_S, "the replica has everything")

    async def promote(self) -> None:
        """Be a primary: what the one before it took since then is lost."""
        await self.command("REPLICAOF", "NO", "ONE")

    async def set_maxmemory(self, size_bytes: int) -> None:
        """Bound its memory, 0 for not at all; with 1 it takes nothing that would grow it."""
        await self.command("CONFIG", "SET", "maxmemory", size_bytes)

    async def kill_clients(self, kind: str) -> int:
        """Close the connections of all clients of a kind, "normal" or "pubsub"; returns how many there were."""
        return int(await self.command("CLIENT", "KILL", "TYPE", kind))

    def words(self) -> str:
        """Return what it has logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    async def close(self) -> None:
        """End it in any state."""
        if self.alive():
            await self.kill()
        await asyncio.to_thread(self._dismiss)

    def _launch(self, settings: Mapping[str, str]) -> None:
        assert not self.alive()
        self._dismiss()
        self.folder.mkdir(parents=True, exist_ok=True)
        options = {**self._settings, **settings, "port": str(self.port), "dir": str(self.folder)}
        if not self.port:
            options["unixsocket"] = str(self.socket_path)
        if self.password:
            options["requirepass"] = self.password
        if not settings:
            (self.folder / "dump.rdb").unlink(missing_ok=True)
        flags = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._guard = Guard()
        with self.log.open("ab") as log:
            command = [str(find_server()), *flags]
            self._process = self._guard.spawn(command, log=log, env=ENVIRONMENT, options={})

    def _dismiss(self) -> None:
        self._process = None
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    def _command(self, words: tuple[str | int, ...]) -> Any:
        where: dict[str, Any] = {"port": self.port} if self.port else {"unix_socket_path": str(self.socket_path)}
        client = redis.Redis(password=self.password, socket_timeout=ANSWER_S, retry=Retry(NoBackoff(), 0), **where)
        with contextlib.closing(client):
            return client.execute_command(*words)  # type: ignore[no-untyped-call]


@contextlib.asynccontextmanager
async def valkey(folder: Path, **options: Any) -> AsyncIterator[ValkeyProcess]:
    """Run a server around the block."""
    server = ValkeyProcess(folder, **options)
    try:
        await server.start()
        yield server
    finally:
        await server.close()


async def keep_killing(server: ValkeyProcess, kind: str, *, every_s: float, for_s: float) -> int:
    """Close all connections of a kind again and again; returns how many were closed in all."""
    killed, deadline = 0, time.monotonic() + for_s
    while time.monotonic() < deadline:
        killed += await server.kill_clients(kind)
        await asyncio.sleep(every_s)
    return killed


def _free_port() -> int:
    """Return a port that nobody has; the server binds it again at each start."""
    probe = listening.bind("127.0.0.1", 0, backlog=1)
    with contextlib.closing(probe):
        return int(probe.getsockname()[1])
