"""The units for systemd: understood by it, closed as far as promised, and about commands and settings that exist."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from pathlib import Path

import pytest

from arogya.config import load
from tests.deploy.tools import DEPLOY, program, run
from tests.docs.test_commands import parses

UNITS = sorted((DEPLOY / "systemd").glob("*.[st]*[er]"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
EXPOSURE_MAX = 25  # of 100, as `systemd-analyze security` counts


def read(unit: Path) -> dict[str, list[str]]:
    """Return the values of each key of a unit, in order."""
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the units, whose programs are ones that this machine has."""
    for unit in UNITS:
        text = unit.read_text().replace("/opt/arogya/bin/arogya", sys.executable)
        (tmp_path / unit.name).write_text(text.replace("/usr/bin/valkey-server", sys.executable))
    return tmp_path


def test_the_units_are_there() -> None:
    assert {unit.name for unit in UNITS} == {
        "arogya.service",
        "arogya-node.service",
        "arogya-valkey.service",
        "arogya-backup.service",
        "arogya-backup.timer",
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_systemd_understands_every_line(unit: Path, installed: Path) -> None:
    done = run(program("systemd-analyze", "systemd"), "verify", "--man=no", str(installed / unit.name))
    about_it = [line for line in (done.stdout + done.stderr).splitlines() if unit.name in line]
    assert (done.returncode, about_it) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: str(unit.name))
def test_a_service_is_closed(unit: Path, installed: Path) -> None:
    words = ("security", "--offline=yes", f"--threshold={EXPOSURE_MAX}", str(installed / unit.name))
    done = run(program("systemd-analyze", "systemd"), *words)
    if "--offline" in done.stderr:
        pytest.skip("this systemd judges running services alone")
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: str(unit.name))
def test_a_service_runs_as_its_own_user_and_writes_only_where_it_was_told(unit: Path) -> None:
    keys = read(unit)
    assert (keys["User"], keys["ProtectSystem"], keys["NoNewPrivileges"]) == (["arogya"], ["strict"], ["yes"])
    assert keys["CapabilityBoundingSet"] == [""]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: str(unit.name))
def test_commands_of_a_service_are_commands(unit: Path) -> None:
    for line in read(unit)["ExecStart"]:
        words = shlex.split(line)
        if words[0] == "/bin/sh":
            words = shlex.split(words[2].replace("$(LC_ALL=C date +%%a)", "Mon").removeprefix("exec "))
        if words[0].endswith("/arogya"):
            assert parses(words[1:]), line


@pytest.mark.parametrize("name", ["arogya", "arogya-node"])
def test_a_hub_has_the_time_that_it_needs_and_the_descriptors(name: str) -> None:
    keys = read(DEPLOY / "systemd" / f"{name}.service")
    settings = load(DEPLOY / ("arogya.toml" if name == "arogya" else "node.toml"), env={})
    assert float(keys["TimeoutStopSec"][0]) >= settings.server.shutdown_s + 10
    assert int(keys["LimitNOFILE"][0]) > settings.limits.sockets
    assert keys["Restart"] == ["on-failure"]
    assert keys["RestartPreventExitStatus"] == ["2"]
    assert keys["ExecReload"] == ["/bin/kill -USR2 $MAINPID"]


def test_a_service_finds_the_sockets_of_what_is_inside_of_it() -> None:
    # Other commands look for them outside of the service's own /tmp.
    for name in ("arogya", "arogya-node"):
        keys = read(DEPLOY / "systemd" / f"{name}.service")
        folder = f"/run/{keys['RuntimeDirectory'][0]}"
        assert keys["Environment"] == [f"TMPDIR={folder} XDG_RUNTIME_DIR={folder}"]


def test_the_secrets_that_the_joining_unit_names_are_settings() -> None:
    text = (DEPLOY / "systemd" / "arogya-node.service").read_text()
    named = dict(re.findall(r"^#   (AROGYA_\w+)=(.*)$", text, re.MULTILINE))
    assert set(named) == {"AROGYA_DATABASE_URL", "AROGYA_NODES__REDIS_URL", "AROGYA_NODES__SECRET"}
    settings = load(DEPLOY / "node.toml", env=named | {"AROGYA_NODES__SECRET": "x" * 32})
    assert settings.nodes.redis_url == named["AROGYA_NODES__REDIS_URL"]


@pytest.mark.parametrize("name", ["arogya.toml", "node.toml", "container/hub.toml"])
def test_a_configuration_is_one_also_with_what_is_commented_out(name: str) -> None:
    text = (DEPLOY / name).read_text()
    everything = re.sub(r"^# (?=[a-z_]+ = )", "", text, flags=re.MULTILINE)
    load(env={}, options=tomllib.loads(text))
    load(env={}, options=tomllib.loads(everything))
