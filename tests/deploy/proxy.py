"""The proxy of deploy/nginx as it is, on free ports and with a certificate of its own."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.deploy.tools import DEPLOY, made_secrets, program

DEADLINE_S = 20.0


def free_port() -> int:
    """Return a port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class Proxy:
    """An nginx with the project's configuration in front of hubs on loopback; use it as a context manager."""

    def __init__(self, folder: Path, hubs: list[int]) -> None:
        self.nginx = program("nginx", "nginx-light")
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.log_path = folder / "log"  # everything that it says, requests and errors
        self.ca = folder / "tls" / "chain.pem"  # its own: signed by nobody else
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "run").mkdir(parents=True)
        (folder / "nginx.conf").write_text((DEPLOY / "nginx" / "nginx.conf").read_text())
        self._write("arogya.conf", ("listen 443 ", f"listen 127.0.0.1:{self.port} "))
        text = (folder / "arogya.conf").read_text()
        (folder / "arogya.conf").write_text(text.replace("listen 80 ", f"listen 127.0.0.1:{self.plain_port} "))
        self._write(
            "hubs.conf", *((f"10.0.0.1{place}:8080", f"127.0.0.1:{port}") for place, port in enumerate(hubs, 1))
        )
        made_secrets(folder, "localhost").joinpath("tls").rename(folder / "tls")

    def _write(self, name: str, *changes: tuple[str, str]) -> None:
        text = (DEPLOY / "nginx" / name).read_text()
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (self.folder / name).write_text(text)

    @property
    def command(self) -> list[str]:
        """How nginx is called with this configuration."""
        return [self.nginx, "-p", f"{self.folder}/", "-c", str(self.folder / "nginx.conf")]

    @property
    def url(self) -> str:
        """The address that clients use."""
        return f"https://localhost:{self.port}"

    @property
    def log(self) -> str:
        """Everything that it has said so far."""
        return self.log_path.read_text()

    def __enter__(self) -> Proxy:
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)
        deadline = time.monotonic() + DEADLINE_S
        while self.status("GET", "/nobody") == 0:
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(DEADLINE_S)

    def tls(self) -> ssl.SSLContext:
        """Return what trusts its certificate."""
        return ssl.create_default_context(cafile=str(self.ca))

    def status(
        self, method: str, path: str, *, plain: bool = False, headers: dict[str, str] | None = None, body: str = ""
    ) -> int:
        """Return the status of the answer to one request; 0 when there is none."""
        connection: http.client.HTTPConnection
        if plain:
            connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=DEADLINE_S)
        else:
            connection = http.client.HTTPSConnection("localhost", self.port, timeout=DEADLINE_S, context=self.tls())
        try:
            connection.request(method, path, body or None, headers or {})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            with suppress(OSError):
                connection.close()


def logged_paths(log: str) -> list[str]:
    """Return the paths of the requests in a log."""
    return re.findall(r'"path":"([^"]*)"', log)
