"""What makes hubs nodes among others."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest

from arogya import membership
from arogya.config import ConfigError, load
from arogya.configuration.sections import NODE_SECRET_CHARACTERS


@pytest.mark.parametrize(
    ("host", "name"),
    [("er-west", "er-west"), ("er west.example", "er-west.example"), ("é", "hub"), ("x" * 99, "x" * 60)],
)
def test_a_machine_is_called_by_its_host(host: str, name: str) -> None:
    assert membership.name_of(load(env={}), host) == name


def test_a_name_that_is_given_counts() -> None:
    assert membership.name_of(load(env={"AROGYA_NODES__NAME": "er-east"}), "er-west") == "er-east"
    assert membership.name_of(load(env={})) == membership.name_of(load(env={}), socket.gethostname())


def test_a_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    assert membership.kept_secret(tmp_path) is None
    made = membership.secret_of(load(env={}), tmp_path)
    assert len(made) >= NODE_SECRET_CHARACTERS
    assert membership.secret_of(load(env={}), tmp_path) == made == membership.kept_secret(tmp_path)
    assert stat.S_IMODE((tmp_path / membership.SECRET_FILE).stat().st_mode) == 0o600


def test_a_secret_that_is_given_counts_and_is_kept_nowhere(tmp_path: Path) -> None:
    assert membership.secret_of(load(env={"AROGYA_NODES__SECRET": "x" * 32}), tmp_path) == "x" * 32
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SECRET", "short"),
        ("NAME", "two words"),
        ("NAME", "*"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis:///7"),
        ("REDIS_URL", "redis://[::1"),
        ("WORKERS", "0"),
    ],
)
def test_a_mistake_is_told_without_the_secret(key: str, value: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(env={f"AROGYA_NODES__{key}": value})
    assert f"AROGYA_NODES__{key}" in str(refused.value)
    assert (value in str(refused.value)) == (key not in ("SECRET", "REDIS_URL"))


@pytest.mark.parametrize("url", ["redis://:pw@host:6379/1", "rediss://user:pw@host", "unix:///run/valkey.sock"])
def test_an_address_of_every_kind_is_taken(url: str) -> None:
    assert load(env={"AROGYA_NODES__REDIS_URL": url}).nodes.redis_url == url
