"""The image and the compose file: what can be said of them without building and without a registry."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from arogya.config import load
from tests.deploy.tools import DEPLOY, ROOT, made_secrets, run
from tests.docs.test_commands import parses

CONTAINERFILE = (DEPLOY / "container" / "Containerfile").read_text()
COMPOSE = (DEPLOY / "container" / "compose.yaml").read_text()
SHORT_NAME = re.compile(
    r"^(?:[a-z0-9-]+/)?[a-z0-9-]+(?::[a-z0-9.-]+)?$"
)  # no host: where it comes from is not our business


def instructions(word: str) -> list[str]:
    """Return what follows a word in the Containerfile, with continued lines joined."""
    joined = CONTAINERFILE.replace("\\\n", " ")
    return [line.partition(" ")[2].strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of the compose file with its secrets, in a copy of deploy/."""
    shutil.copytree(DEPLOY, tmp_path / "project" / "deploy", ignore=shutil.ignore_patterns("secrets"))
    folder = tmp_path / "project" / "deploy" / "container"
    made_secrets(folder, "hub.example.org")
    return folder


def test_images_have_short_names_with_a_version() -> None:
    names = [name.partition(" AS ")[0] for name in instructions("FROM")]
    names += re.findall(r"^ +image: (\S+)$", COMPOSE, re.MULTILINE)
    assert [name for name in names if not SHORT_NAME.match(name)] == []
    assert [name for name in names if ":" not in name] == ["arogya-hub"]


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert instructions("USER") == ["10001:10001"]


def test_programs_of_the_image_are_called_without_a_shell() -> None:
    (health,) = instructions("HEALTHCHECK")
    calls = [*instructions("ENTRYPOINT"), *instructions("CMD"), health.partition("CMD ")[2]]
    words = [json.loads(call) for call in calls]
    assert words[0] == ["/opt/arogya/bin/arogya"]
    assert parses(words[1])
    assert "/live" in words[2][2]


def test_what_the_image_copies_is_there() -> None:
    for copied in instructions("COPY"):
        if not copied.startswith("--from="):
            assert [name for name in copied.split()[:-1] if not (ROOT / name).exists()] == []


def test_what_must_stay_outside_of_an_image_is_named() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".git", ".venv", ".arogya", "**/secrets"} <= set(ignored)


def test_secrets_are_made_once_and_are_settings(site: Path) -> None:
    lines = (site / "secrets" / "hub.env").read_text().split()
    made = dict(line.split("=", 1) for line in lines)
    settings = load(site / "hub.toml", env=made)
    assert settings.database.url == made["AROGYA_DATABASE_URL"]
    assert settings.nodes.secret and settings.server.metrics_token
    assert (site / "secrets").stat().st_mode & 0o077 == 0
    made_secrets(site, "hub.example.org")
    assert (site / "secrets" / "hub.env").read_text().split() == lines


def test_secrets_are_not_in_the_project() -> None:
    assert "secrets/" in (DEPLOY / "container" / ".gitignore").read_text().split()


def test_compose_programs_read_the_file(site: Path) -> None:
    # docker-compose judges by the specification's own schema; podman-compose only makes sense of it.
    calls = [("docker", "compose"), ("docker-compose",), ("podman-compose",)]
    asked = [run(*call, "config", cwd=site) for call in calls if shutil.which(call[0])]
    understood = [done for done in asked if "invalid choice" not in done.stderr and "unknown" not in done.stderr]
    if not understood:
        pytest.skip("no program for compose files is installed (apt-get install docker-compose)")
    for done in understood:
        assert done.returncode == 0, done.stderr
        assert {"proxy:", "hub1:", "hub2:", "migrate:", "postgres:", "valkey:"} <= set(done.stdout.split())


def test_commands_of_the_hubs_are_commands() -> None:
    commands = [json.loads(found) for found in re.findall(r"^ +command: (\[.*\])$", COMPOSE, re.MULTILINE)]
    ours = [words for words in commands if words[0] in {"serve", "migrate"}]
    assert len(ours) == 2
    assert all(parses(words) for words in ours)


def test_only_the_proxy_is_reached_from_outside() -> None:
    services = dict(re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", COMPOSE.partition("\nservices:\n")[2], re.MULTILINE))
    assert {name for name, text in services.items() if "ports:" in text} == {"proxy"}


def test_hubs_trust_exactly_the_proxy() -> None:
    found = re.search(r"ipv4_address: ([\d.]+)", COMPOSE)
    assert found
    assert load(DEPLOY / "container" / "hub.toml", env={}).server.trusted_proxies == (f"{found[1]}/32",)


def test_the_image_and_the_compose_file_ask_for_health_in_the_same_way() -> None:
    asked = json.loads(instructions("HEALTHCHECK")[0].partition("CMD ")[2])
    assert f"test: {json.dumps(['CMD', *asked])}" in COMPOSE


def test_a_container_has_more_time_to_stop_than_the_hub_takes() -> None:
    found = re.search(r"stop_grace_period: (\d+)s", COMPOSE)
    assert found
    assert int(found[1]) > load(DEPLOY / "container" / "hub.toml", env={}).server.shutdown_s


def test_the_proxy_of_the_containers_has_the_hubs_of_the_compose_file() -> None:
    named = re.findall(r"server (\w+):8080", (DEPLOY / "container" / "hubs.conf").read_text())
    assert named == ["hub1", "hub2"]
    assert all(f"\n  {name}:\n" in COMPOSE for name in named)
