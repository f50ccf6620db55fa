"""Backups of the embedded database, while it runs and while it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.processes import Run, arogya, query, wait_until

pytestmark = pytest.mark.timeout(180)


def test_a_backup_of_a_running_demo_is_restored_into_a_stopped_one(demo: Run, tmp_path: Path) -> None:
    file, other = tmp_path / "hub.dump", tmp_path / "other"
    backup = arogya("backup", str(file), "--state", str(demo.state))
    assert backup.returncode == 0, backup.stderr
    restored = arogya("restore", str(file), "--state", str(other))
    assert restored.returncode == 0, restored.stderr
    again = arogya("backup", str(tmp_path / "again.dump"), "--state", str(other))
    assert again.returncode == 0, again.stderr
    assert again.stdout.partition(": ")[2].split()[:2] == backup.stdout.partition(": ")[2].split()[:2]


def test_a_restore_under_a_running_hub_starts_it_anew(demo: Run, tmp_path: Path) -> None:
    file, dsn, hub = tmp_path / "hub.dump", demo.entry().dsn, demo.hub()
    assert arogya("backup", str(file), "--state", str(demo.state)).returncode == 0
    query(dsn, "INSERT INTO facilities (name, type) VALUES ('Later', 'clinic')")
    refused = arogya("restore", str(file), "--state", str(demo.state))
    assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    restored = arogya("restore", str(file), "--force", "--state", str(demo.state))
    assert restored.returncode == 0, restored.stderr
    wait_until(lambda: demo.hub_or_none() not in (None, hub), "another hub process")
    wait_until(demo.answers, "the hub answers again")
    assert query(dsn, "SELECT count(*) FROM facilities WHERE name = 'Later'") == 0
