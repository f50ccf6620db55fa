"""What the checks of deploy/ share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from arogya.embedded.valkey import find_server
from tests.deploy.proxy import free_port
from tests.deploy.tools import DEPLOY, made_secrets
from tests.system.processes import wait_until


@pytest.fixture
def blocking_calls_fail() -> None:
    """Let calls block: everything here is a process of its own."""


@pytest.fixture
def valkey_url(tmp_path: Path) -> Iterator[str]:
    """The address of a Valkey that runs with the configuration and the users that deploy/ gives it."""
    folder = tmp_path / "valkey"
    folder.mkdir()
    secrets = made_secrets(folder, "localhost")
    text = (DEPLOY / "valkey.conf").read_text().replace("/etc/arogya/valkey.acl", str(secrets / "valkey.acl"))
    (folder / "valkey.conf").write_text(text)
    port = free_port()
    command = [str(find_server()), str(folder / "valkey.conf"), "--port", str(port)]
    password = (secrets / "valkey_password").read_text().strip()
    url = f"redis://hub:{password}@127.0.0.1:{port}"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(url) or process.poll() is not None, "Valkey answers")
        assert process.poll() is None, (folder / "log").read_text()
        yield url
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    with Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
