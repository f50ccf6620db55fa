"""The steps from nothing to a hub that answers: state, sockets, hub process, database, settings, readiness."""

from __future__ import annotations

import dataclasses
import json
import socket
import sys
from pathlib import Path
from types import TracebackType

from arogya import listening
from arogya.child import Child
from arogya.config import Settings, changed
from arogya.embedded.postgres import EmbeddedPostgres
from arogya.running import Registry, Running
from arogya.supervisor import Supervisor

DATABASE_FOLDER = "postgres"  # in the state folder
READY_TIMEOUT_S = 60.0
PORT_PATIENCE_S = 4.0  # a hub that lost its supervisor lets go of its port within this


class Launch:
    """One run of the product; use it as a context manager, at whose end everything is down again."""

    def __init__(self, settings: Settings, state: Path, *, search_port: bool) -> None:
        self.settings = settings
        self.state = state
        self._search = search_port  # take the next free port where the wanted one is taken
        self._registry = Registry(state)
        self._sockets: list[socket.socket] = []
        self._supervisor: Supervisor | None = None  # from `open` on
        self.url = ""  # of the hub, from `open` on
        self.metrics_url = ""

    def __enter__(self) -> Launch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._supervisor is not None:
            self._supervisor.__exit__(kind, error, trace)
        for listener in self._sockets:
            listener.close()
        self._registry.withdraw()

    @property
    def supervisor(self) -> Supervisor:
        """The supervisor; raises RuntimeError before `open`."""
        if self._supervisor is None:
            raise RuntimeError("open comes first")
        return self._supervisor

    def open(self) -> None:
        """Take the state folder, bind the sockets, and start a hub process that waits for its settings.

        Raises `StateInUse`, `PortTaken`, `BinariesMissing`.
        """
        self._registry.claim()
        server = self.settings.server
        main = self._bind(server.host, server.port)
        metrics = self._bind(
            server.metrics_host, server.metrics_port, "server.metrics_port, or 0 there for any free one"
        )
        self.settings = changed(
            self.settings, "server", port=main.getsockname()[1], metrics_port=metrics.getsockname()[1]
        )
        self.url = listening.url_of(main, tls=server.tls_certificate is not None)
        self.metrics_url = f"{listening.url_of(metrics, tls=False)}/metrics"
        descriptors = (main.fileno(), metrics.fileno())
        flags = ("--fd", str(descriptors[0]), "--metrics-fd", str(descriptors[1]))
        hub = Child("the hub", (sys.executable, "-m", "arogya", "hub", *flags), pass_fds=descriptors)
        supervisor = Supervisor(hub, postgres=self._embedded(), shutdown_s=server.shutdown_s)
        self._supervisor = supervisor.__enter__()
        # Early: its imports take as long as the database's first start, on another core.
        hub.start()

    def database(self) -> str:
        """Return the connection string of the database, starting the embedded one; raises `EmbeddedPostgresError`."""
        if self.settings.database.url is not None:
            return self.settings.database.url
        dsn = self.supervisor.start_postgres()
        self.settings = changed(self.settings, "database", url=dsn)
        return dsn

    def serve(self) -> Running:
        """Give the hub its settings, wait until it is ready, and tell other commands about it; raises `NotReady`."""
        self.supervisor.check()
        self.supervisor.hub.greet(json.dumps(dataclasses.asdict(self.settings)).encode())
        self.supervisor.wait_ready(self.url, READY_TIMEOUT_S)
        return self._registry.publish(self.url, self.settings.database.url or "")

    def help_with(self, name: str, *words: str) -> None:
        """Run another command of ours as long as the hub runs."""
        helper = Child(name, (sys.executable, "-m", "arogya", *words))
        self.supervisor.helpers.append(helper)
        helper.start()

    def keep(self, for_seconds: float | None) -> None:
        """Keep everything running until a signal asks to stop, or for this long."""
        self.supervisor.run(for_seconds)

    def _bind(self, host: str, port: int, remedy: str = "--port") -> socket.socket:
        backlog = self.settings.server.backlog
        patience_s = 0.0 if self._search else PORT_PATIENCE_S
        listener = listening.bind(
            host, port, backlog=backlog, search=self._search, patience_s=patience_s, remedy=remedy
        )
        self._sockets.append(listener)
        return listener

    def _embedded(self) -> EmbeddedPostgres | None:
        return None if self.settings.database.url is not None else embedded(self.settings, self.state)


def embedded(settings: Settings, state: Path) -> EmbeddedPostgres:
    """Return the embedded server of a state folder, not started; raises `BinariesMissing`."""
    given = settings.database.binaries
    return EmbeddedPostgres(state / DATABASE_FOLDER, binaries=Path(given) if given else None)
