"""A report says what changed and what makes it uncertain."""

from __future__ import annotations

from pathlib import Path

import orjson

from bench import report

QUIET = {"cpu": "a", "cores": 2, "kernel": "6", "load_before": 0.1}


def test_figures_are_medians_and_the_spread_is_a_share_of_them() -> None:
    runs = [{"fixes_per_s": 90.0}, {"fixes_per_s": 100.0}, {"fixes_per_s": 120.0}]
    assert report.median_of(runs) == {"fixes_per_s": 100.0}
    assert report.spread_of(runs, "fixes_per_s") == 0.3


def test_the_last_line_of_a_saved_output_is_the_report(tmp_path: Path) -> None:
    saved = tmp_path / "old.txt"
    saved.write_bytes(b"fixes_per_s  1\n" + orjson.dumps({"fixes_per_s": 1.0}) + b"\n")
    assert report.last_line(saved) == {"fixes_per_s": 1.0}


def test_differences_name_every_figure_that_both_have() -> None:
    lines = list(report.differences({"a": 100, "gone": 1, "zero": 0}, {"a": 150, "new": 2, "zero": 1, "text": "x"}))
    assert len(lines) == 2
    assert lines[0].startswith("a")
    assert lines[0].endswith("+50.0 %")
    assert lines[1].endswith("was 0")


def test_a_quiet_run_on_the_same_machine_needs_no_warning() -> None:
    run = {"machine": QUIET, "spread": 0.02, "parameters": {}, "versions": {}}
    assert list(report.warnings(run, run)) == []


def test_noise_and_other_circumstances_are_named() -> None:
    run = {
        "machine": QUIET | {"load_before": 1.5},
        "spread": 0.4,
        "cpu_stolen": 0.3,
        "parameters": {"seconds": 1},
        "versions": {},
    }
    old = {"machine": QUIET | {"cores": 64}, "parameters": {}, "versions": {}}
    words = " ".join(report.warnings(run, old))
    for expected in ("busy", "hypervisor", "repeats", "parameters", "different machines"):
        assert expected in words
