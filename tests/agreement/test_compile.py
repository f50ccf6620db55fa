"""The counter is compiled where that is possible, shipped in the wheel, and where it is not possible that is said."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hatch_build import ReleaseBuildHook
from tests.agreement.tracked import ROOT

OF_IT = ("compile.py", "hub/__init__.py", "hub/motion/__init__.py", "hub/motion/compiled.py")
SOURCE = ("hub/motion/repetitions.py", "hub/motion/repetitions.pxd")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What is compiled, somewhere else."""
    for name in (*OF_IT, *SOURCE):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def compile_in(folder: Path, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "compile.py"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout


def built(folder: Path) -> set[str]:
    return {path.suffix for path in (folder / "hub" / "motion").iterdir()} - {".py", ".pxd", ""}


def test_without_a_compiler_the_counter_stays_python_and_nothing_old_stays_behind(copy: Path) -> None:
    (copy / "hub/motion/repetitions.cpython-311-x86_64-linux-gnu.so").write_bytes(b"of another source")
    said = compile_in(copy, CC="no-such-compiler")
    assert "repetitions.py is not compiled" in said
    assert "no-such-compiler" in said
    assert built(copy) == set()


def test_it_is_compiled_where_that_is_possible(copy: Path) -> None:
    path = "/usr/local/bin:/usr/bin:/bin"
    if said := compile_in(copy, PATH=path):
        pytest.skip(said)
    assert built(copy) == {".so", ".built"}
    (binary,) = (copy / "hub" / "motion").glob("*.so")
    before = binary.stat().st_ino
    assert compile_in(copy, PATH=path) == ""
    assert binary.stat().st_ino == before  # once is enough


def test_a_wheel_with_the_compiled_counter_is_one_of_this_platform(copy: Path) -> None:
    nothing: Any = None
    hook = ReleaseBuildHook(str(copy), {}, nothing, nothing, "", "wheel")
    plain: dict[str, Any] = {}
    hook.ship(plain)
    assert plain == {}
    for name in ("repetitions.so", "repetitions.built", "repetitions.c"):
        (copy / "hub" / "motion" / name).touch()
    compiled: dict[str, Any] = {}
    hook.ship(compiled)
    assert sorted(compiled["force_include"].values()) == ["hub/motion/repetitions.built", "hub/motion/repetitions.so"]
    assert (compiled["pure_python"], compiled["infer_tag"]) == (False, True)
