"""How commands find what runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from arogya import running
from arogya.running import Registry, StateInUse, find, write_private

URL = "http://127.0.0.1:8080"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own is found, and nothing is left on it."""
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


def test_nothing_runs_at_first(tmp_path: Path) -> None:
    assert find() is None
    assert find(tmp_path / "state") is None


def test_what_runs_is_found_from_anywhere_until_it_withdraws(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "state")
    registry.claim()
    published = registry.publish(URL, "postgresql://secret@db/x")
    assert find() == find(tmp_path / "state") == published
    assert published.pid == os.getpid()
    registry.withdraw()
    assert find() is None
    assert find(tmp_path / "state") is None


def test_what_runs_here_comes_before_what_was_started_last(tmp_path: Path) -> None:
    here, there = Registry(Path(".arogya")), Registry(tmp_path / "there")
    for registry, url in ((here, "http://here"), (there, "http://there")):
        registry.claim()
        registry.publish(url, "")
    found = find()
    assert found is not None
    assert found.url == "http://here"
    here.withdraw()
    found = find()
    assert found is not None
    assert found.url == "http://there"
    there.withdraw()


def test_only_the_owner_can_hold_a_state_folder(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "state")
    registry.claim()
    assert (tmp_path / "state" / running.LOCK).stat().st_mode & 0o777 == 0o600
    registry.withdraw()


def test_a_state_folder_has_one_owner(tmp_path: Path) -> None:
    first, second = Registry(tmp_path / "state"), Registry(tmp_path / "state")
    first.claim()
    first.publish(URL, "")
    with pytest.raises(StateInUse, match=URL):
        second.claim()
    second.withdraw()  # what is not its own stays
    assert find(tmp_path / "state") is not None
    first.withdraw()
    second.claim()
    second.withdraw()


def test_an_entry_whose_owner_was_killed_is_not_believed(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "state")
    registry.claim()
    published = registry.publish(URL, "")
    file = tmp_path / "state" / running.FILE
    text = file.read_text()
    registry.withdraw()
    # The entry is there again, and its process id lives: only the lock is gone.
    file.write_text(text)
    assert find(tmp_path / "state") is None
    assert json.loads(text)["pid"] == published.pid


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"url": 1}'])
def test_an_entry_that_makes_no_sense_is_not_believed(tmp_path: Path, text: str) -> None:
    (tmp_path / running.FILE).write_text(text)
    assert find(tmp_path) is None


def test_an_entry_of_an_older_or_newer_version_is_read(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    registry.claim()
    published = registry.publish(URL, "postgresql://db/x")
    entry = json.loads((tmp_path / running.FILE).read_text())
    for name in ("redis_url", "node_secret", "workers"):
        del entry[name]
    write_private(tmp_path / running.FILE, json.dumps({**entry, "of_tomorrow": 1}))
    assert find(tmp_path) == published
    registry.withdraw()


def test_only_the_owner_can_read_what_is_written(tmp_path: Path) -> None:
    write_private(tmp_path / "file", "one")
    write_private(tmp_path / "file", "two")
    assert (tmp_path / "file").read_text() == "two"
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("file")] == ["file"]
