"""The steps from nothing to hubs that answer: state, sockets, processes, database, Redis, settings, readiness."""

from __future__ import annotations

import dataclasses
import json
import socket
import sys
from functools import partial
from pathlib import Path
from types import TracebackType

from arogya import listening, membership, restarts
from arogya.checkup import SPARE_CONNECTIONS, connections_of
from arogya.child import Child
from arogya.config import Settings, changed
from arogya.crew import Crew
from arogya.embedded.postgres import EmbeddedPostgres
from arogya.embedded.valkey import EmbeddedValkey
from arogya.kept import KeptServer
from arogya.running import Registry, Running
from arogya.supervisor import GRACE_S, Supervisor
from arogya.worker import HubProcess, Worker

DATABASE_FOLDER = "postgres"  # in the state folder
VALKEY_FOLDER = "valkey"
READY_TIMEOUT_S = 60.0
PORT_PATIENCE_S = 4.0  # a hub that lost its supervisor lets go of its port within this
CONNECTIONS_LEAST = 100  # of the embedded database


class Launch:
    """One run of the product; use it as a context manager, at whose end everything is down again."""

    def __init__(self, settings: Settings, state: Path, *, search_port: bool) -> None:
        self.settings = settings
        self.state = state
        self._search = search_port  # take the next free port where the wanted one is taken
        self._registry = Registry(state)
        self._sockets: list[socket.socket] = []
        self._supervisor: Supervisor | None = None  # from `open` on
        self._postgres: KeptServer | None = None  # from `open` on, where the database is the embedded one
        self._valkey: KeptServer | None = None  # from `open` on, where several workers need one of our own
        self._metrics: list[socket.socket] = []  # of each worker
        self._settled = False  # whether the settings are those that the hubs get
        self.trusted: Path | None = None  # PEM with an authority that helpers trust instead of the system's
        self.url = ""  # of the hubs, from `open` on
        self.metrics_urls: list[str] = []  # of each hub

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
        """Take the state folder, bind the sockets, and start hub processes that wait for their settings.

        Raises `StateInUse`, `PortTaken`, `BinariesMissing`, `EmbeddedValkeyError`.
        """
        self._registry.claim()
        server = self.settings.server
        main = self._bind(server.host, server.port)
        self._metrics = self._bind_metrics()
        self.settings = changed(
            self.settings, "server", port=main.getsockname()[1], metrics_port=self._metrics[0].getsockname()[1]
        )
        self.url = listening.url_of(main, tls=server.tls_certificate is not None)
        self.metrics_urls = [f"{listening.url_of(listener, tls=False)}/metrics" for listener in self._metrics]
        name = membership.name_of(self.settings)
        crew = Crew(
            [Worker(f"{name}-{n}", partial(self._hub, main, own)) for n, own in enumerate(self._metrics, start=1)],
            ready_s=READY_TIMEOUT_S,
            leave_s=server.shutdown_s + GRACE_S,
        )
        crew.on_progress = partial(restarts.note, self.state)
        supervisor = Supervisor(crew, servers=self._prepare_servers(), shutdown_s=server.shutdown_s)
        self._supervisor = supervisor.__enter__()
        # Early: their imports take as long as the database's first start, on another core.
        crew.start()

    def database(self) -> str:
        """Return the connection string of the database, starting the embedded one; raises `EmbeddedPostgresError`."""
        if self._postgres is None:
            return self.settings.database.url or ""
        dsn = self._postgres.start()
        self.settings = changed(self.settings, "database", url=dsn)
        self.supervisor.check()
        return dsn

    @property
    def has_own_database(self) -> bool:
        """Whether the database is the embedded one, which no other machine can reach."""
        return self._postgres is not None

    def connect(self) -> None:
        """Start the Valkey of several workers, and settle what all nodes share; raises `EmbeddedValkeyError`."""
        if self._valkey is not None:
            self.settings = changed(self.settings, "nodes", redis_url=self._valkey.start())
            self.supervisor.check()
        self.settings = changed(self.settings, "nodes", secret=membership.secret_of(self.settings, self.state))

    def serve(self) -> Running:
        """Give the hubs their settings, wait until all are ready, and tell other commands; raises `NotReady`."""
        self.supervisor.check()
        self._settled = True
        for worker, metrics in zip(self.supervisor.crew.workers, self._metrics, strict=True):
            worker.current.greet(self._greeting(worker.current.node, metrics))
        self.supervisor.wait_ready(READY_TIMEOUT_S)
        nodes = self.settings.nodes
        return self._registry.publish(
            self.url,
            self.settings.database.url or "",
            redis_url=nodes.redis_url or "",
            node_secret=nodes.secret or "",
            workers=nodes.workers,
        )

    def help_with(self, name: str, *words: str) -> None:
        """Run another command of ours as long as the hubs run."""
        # OpenSSL's own variable (SSL_CTX_set_default_verify_paths(3)): no command needs an option for it.
        variables = {} if self.trusted is None else {"SSL_CERT_FILE": str(self.trusted)}
        helper = Child(name, (sys.executable, "-m", "arogya", *words), variables=variables)
        self.supervisor.helpers.append(helper)
        helper.start()

    def keep(self, for_seconds: float | None) -> None:
        """Keep everything running until a signal asks to stop, all hubs are drained, or for this long."""
        self.supervisor.run(for_seconds)

    def _hub(self, main: socket.socket, metrics: socket.socket, node: str) -> HubProcess:
        """Return a hub process for this place, not started."""
        descriptors = (main.fileno(), metrics.fileno())
        flags = ("--fd", str(descriptors[0]), "--metrics-fd", str(descriptors[1]))
        hub = HubProcess(node, (sys.executable, "-m", "arogya", "hub", *flags), pass_fds=descriptors)
        if self._settled:
            hub.greeting = self._greeting(node, metrics)
        return hub

    def _greeting(self, node: str, metrics: socket.socket) -> bytes:
        """Return the settings of one hub process."""
        own = changed(self.settings, "server", metrics_port=metrics.getsockname()[1])
        return json.dumps(dataclasses.asdict(changed(own, "nodes", name=node))).encode()

    def _bind_metrics(self) -> list[socket.socket]:
        """Bind a socket for the metrics of each worker, on ports that follow each other."""
        server, bound = self.settings.server, list[socket.socket]()
        for _ in range(self.settings.nodes.workers):
            port = bound[-1].getsockname()[1] + 1 if bound and server.metrics_port else server.metrics_port
            remedy = "server.metrics_port, or 0 there for any free one"
            bound.append(self._bind(server.metrics_host, port, remedy))
        return bound

    def _bind(self, host: str, port: int, remedy: str = "--port") -> socket.socket:
        backlog = self.settings.server.backlog
        patience_s = 0.0 if self._search else PORT_PATIENCE_S
        listener = listening.bind(
            host, port, backlog=backlog, search=self._search, patience_s=patience_s, remedy=remedy
        )
        self._sockets.append(listener)
        return listener

    def _prepare_servers(self) -> list[KeptServer]:
        """Return the embedded servers that are needed, in the order of their starts."""
        nodes = self.settings.nodes
        if self.settings.database.url is None:
            self._postgres = KeptServer("PostgreSQL", embedded(self.settings, self.state))
        if nodes.workers > 1 and nodes.redis_url is None:
            self._valkey = KeptServer("Valkey", EmbeddedValkey(self.state / VALKEY_FOLDER))
        return [server for server in (self._postgres, self._valkey) if server is not None]


def embedded(settings: Settings, state: Path) -> EmbeddedPostgres:
    """Return the embedded server of a state folder, not started; raises `BinariesMissing`."""
    given = settings.database.binaries
    most = max(CONNECTIONS_LEAST, connections_of(settings) + SPARE_CONNECTIONS)
    return EmbeddedPostgres(
        state / DATABASE_FOLDER,
        settings={"max_connections": str(most)},
        binaries=Path(given) if given else None,
    )
