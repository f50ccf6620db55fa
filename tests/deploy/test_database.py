"""The database of the compose file: made by its script, it is one that the hub's own user can migrate and use."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from arogya.embedded.postgres import EmbeddedPostgres
from tests.deploy.tools import DEPLOY, made_secrets, program
from tests.system.processes import arogya, query


@pytest.fixture
def fresh() -> Iterator[EmbeddedPostgres]:
    """A server on which nobody has made a role yet."""
    with tempfile.TemporaryDirectory(prefix="arogya-deploy-") as name:
        Path(name).chmod(0o711)  # PostgreSQL is not root
        server = EmbeddedPostgres(Path(name) / "data", durable=False)
        server.start()
        try:
            query(server.dsn_of("postgres"), "DROP DATABASE arogya")
            yield server
        finally:
            server.stop()


def test_the_hub_can_migrate_and_use_what_the_script_has_made(fresh: EmbeddedPostgres, tmp_path: Path) -> None:
    program("psql", "postgresql-client")
    secrets = made_secrets(tmp_path, "localhost")
    script = (DEPLOY / "container" / "postgres-init.sh").read_text().replace("/run/secrets", str(secrets))
    environment = {**os.environ, "POSTGRES_USER": "postgres", "PGHOST": str(fresh.socket_dir)}
    done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    password = (secrets / "hub_password").read_text().strip()
    url = f"postgresql://hub:{password}@/arogya?host={quote(str(fresh.socket_dir), safe='')}"
    migrated = arogya("migrate", "--database", url)
    assert migrated.returncode == 0, migrated.stderr
    assert query(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    doctor = arogya("doctor", "--database", url).stdout
    assert "✓ roles" in doctor and "✓ migrations" in doctor, doctor
