"""The pages' own tests, and what their build promises."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
PAGES = WEB.parent / "handlers" / "pages"


def run_build(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run web/build.py as make does."""
    return subprocess.run([sys.executable, WEB / "build.py", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.timeout(180)
def test_the_sources_own_tests_pass() -> None:
    result = run_build("--test")
    assert result.returncode == 0, result.stdout + result.stderr
    passed = re.search(r"pass (\d+)", result.stdout)
    assert passed is not None and int(passed[1]) > 0, "no test was found"


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (WEB / "package-lock.json").read_text()


def test_the_page_refers_only_to_files_that_were_built_and_runs_nothing_inline() -> None:
    index = (PAGES / "index.html").read_text()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', index)
    assert addresses
    assert all((PAGES / address.lstrip("/")).is_file() for address in addresses)
    assert all(re.search(r"-[A-Z0-9]{8}\.", address) for address in addresses), "an asset without a hash in its name"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=", index)


def test_packed_copies_are_the_same_files() -> None:
    packed = list((PAGES / "assets").glob("*.gz"))
    assert packed
    for copy in packed:
        assert gzip.decompress(copy.read_bytes()) == copy.with_suffix("").read_bytes()


def test_modules_are_short() -> None:
    too_long = {
        path.name: lines
        for path in [*WEB.glob("src/**/*.ts*"), *WEB.glob("client/**/*.ts")]
        if not {"node_modules", "generated"} & set(path.parts) and (lines := len(path.read_text().splitlines())) > 300
    }
    assert not too_long
