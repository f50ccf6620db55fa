"""What a release ships: everything that the packages need at run time, and nothing that a tablet does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.agreement.tracked import ROOT, files

PACKAGES = ("arogya", "handlers", "hub", "storage")
OF_THE_CLIENT = {"aiohttp", "msgpack", "orjson"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZipFile]:
    """A wheel of the project as it is, without building the pages anew."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    environment = {**os.environ, "HATCH_BUILD_NO_HOOKS": "true"}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    with ZipFile(next(Path(folder).glob("*.whl"))) as opened:
        yield opened


def test_every_file_of_the_packages_is_in_it(wheel: ZipFile) -> None:
    wanted = {str(path.relative_to(ROOT)) for path in files(*(f"{package}/*" for package in PACKAGES))}
    assert wanted - set(wheel.namelist()) == set()
    assert {"storage/migrations/0001_initial.sql", "storage/queries/ingest.sql"} <= wanted


def test_the_built_pages_are_in_it_where_they_are_built(wheel: ZipFile) -> None:
    if not (ROOT / "handlers" / "pages" / "index.html").is_file():
        pytest.skip("the pages are not built")
    assert "handlers/pages/index.html" in wheel.namelist()


def test_nothing_else_is_in_it(wheel: ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_a_tablet_needs_three_packages(wheel: ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
    metadata = Parser().parsestr(wheel.read(name).decode())
    base = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert {line.partition(">")[0] for line in base} == OF_THE_CLIENT
