"""The files of deploy/, and the programs of others that judge them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


def program(name: str, package: str = "") -> str:
    """Return the path of a program, or skip the test; `package` is what Debian calls it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {package or name})")
    return found


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said."""
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def made_secrets(folder: Path, name: str) -> Path:
    """Let make-secrets work in this folder, for a site of that name; returns the folder of the secrets."""
    program("openssl")
    script = folder / "make-secrets"
    shutil.copy(DEPLOY / "container" / "make-secrets", script)
    done = run(str(script), name)
    assert done.returncode == 0, done.stderr
    return folder / "secrets"
