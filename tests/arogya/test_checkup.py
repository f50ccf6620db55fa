"""Findings: each fact judged, with what to do about a bad one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from arogya import checkup
from arogya.config import changed, load
from hub.motion import compiled
from storage.inspection import Partitions, Role, Server

GOOD = Server(180006, "18.6", 0.0, fsync=True, full_page_writes=True, max_connections=100, size_bytes=1)


def test_a_missing_compiled_part_fails() -> None:
    finding = checkup.extensions(lambda name: name != "msgpack._cmsgpack")
    assert finding.state == "failure"
    assert "msgpack._cmsgpack" in finding.detail
    assert checkup.extensions(lambda _: True).state == "ok"


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [("compiled", "ok", "compiled code"), ("plain", "warning", "plain Python"), ("stale", "warning", "another source")],
)
def test_a_counter_that_is_not_compiled_is_a_warning(found: compiled.State, state: str, words: str) -> None:
    finding = checkup.counter(found)
    assert (finding.state, words in finding.detail) == (state, True)
    assert bool(finding.remedy) == (state != "ok")


def test_more_connections_than_files_is_a_warning() -> None:
    settings = load(env={})
    assert checkup.descriptors(changed(settings, "limits", sockets=1)).state == "ok"
    few = checkup.descriptors(changed(settings, "limits", sockets=10**9))
    assert (few.state, "ulimit" in few.remedy) == ("warning", True) or few.detail == "no limit"


@pytest.mark.parametrize(("free", "state"), [(1024, "failure"), (2 * 1024**3, "warning"), (10**12, "ok")])
def test_room_on_the_disk(free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": free}))
    assert checkup.disk(tmp_path / "not" / "there" / "yet").state == state


@pytest.mark.parametrize(
    ("number", "state"), [(140010, "failure"), (150008, "ok"), (180006, "ok"), (190000, "warning")]
)
def test_the_versions_that_the_tests_run_on(number: int, state: str) -> None:
    assert checkup.version(GOOD._replace(version_number=number)).state == state


def test_roles_that_are_missing_or_barred_fail() -> None:
    there = Role("arogya_reader", found=True, usable=True)
    assert checkup.roles([there]).state == "ok"
    assert "migrate" in checkup.roles([there, Role("arogya_app", found=False, usable=False)]).remedy
    assert "GRANT arogya_app" in checkup.roles([there, Role("arogya_app", found=True, usable=False)]).remedy


@pytest.mark.parametrize(("days", "state"), [(None, "failure"), (-1, "failure"), (0, "warning"), (1, "ok"), (7, "ok")])
def test_rows_of_tomorrow_need_a_place(days: int | None, state: str) -> None:
    last = None if days is None else datetime.now(UTC).date() + timedelta(days=days)
    tables = [
        Partitions("ambulance_positions", last),
        Partitions("motion_frames", datetime.now(UTC).date() + timedelta(9)),
    ]
    assert checkup.partitions(tables, 7).state == state


@pytest.mark.parametrize(("apart", "state"), [(0.0, "ok"), (-0.9, "ok"), (5.0, "failure"), (-86400.0, "failure")])
def test_clocks_that_differ_fail(apart: float, state: str) -> None:
    now = time.time()
    assert checkup.clock(GOOD._replace(clock=now - apart), now).state == state


def test_durability_given_up_fails() -> None:
    assert checkup.durability(GOOD).state == "ok"
    finding = checkup.durability(GOOD._replace(fsync=False))
    assert (finding.state, finding.detail) == ("failure", "fsync off")


def test_every_bad_finding_says_what_to_do(tmp_path: Path) -> None:
    findings = [
        checkup.extensions(lambda _: False),
        checkup.version(GOOD._replace(version_number=90000)),
        checkup.roles([Role("arogya_app", found=False, usable=False)]),
        checkup.partitions([], 7),
        checkup.clock(GOOD, 99.0),
        checkup.durability(GOOD._replace(full_page_writes=False)),
        *checkup.of_database(f"postgresql://x@/x?host={tmp_path}", load(env={}), "a given one"),
    ]
    assert all(finding.remedy for finding in findings if finding.state != "ok")
    assert [finding.state for finding in findings] == ["failure"] * len(findings)
