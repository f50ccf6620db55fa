"""`arogya doctor`: looks at everything that a hub needs, and says what to do about each finding."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, CommandError

if TYPE_CHECKING:
    from arogya.checkup import Finding
    from arogya.config import Settings

DESCRIPTION = """Check what a hub needs: on this machine, in its database, and of its Redis where there are several.

Each finding says what to do about it.

exit status 1 when something fails; warnings alone are 0.

examples:
  arogya doctor
  arogya doctor --database postgresql://arogya@db.example.org/arogya
  arogya doctor --redis redis://redis.example.org
  arogya doctor --json                     for monitoring"""
MARKS = {"ok": "✓", "warning": "!", "failure": "✗"}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "doctor", "check everything that a hub needs", DESCRIPTION)
    options.add_database(parser)
    options.add_redis(parser, "the Redis of the hubs (default: that of the running hub)")
    parser.add_argument("--json", action="store_true", help="print the findings as one JSON list")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Check and report."""
    settings = options.settings_of(parsed)
    from arogya import checkup, running
    from arogya.config import changed

    hub = running.find(parsed.state) if settings.database.url is None else None
    state = Path(hub.state) if hub else options.state_of(parsed)
    if hub is not None:
        settings = changed(settings, "nodes", workers=hub.workers)
    findings = checkup.of_machine(settings, state) + _database(parsed, settings) + _bus(parsed, settings)
    if parsed.json:
        sys.stdout.write(json.dumps([finding._asdict() for finding in findings], indent=2) + "\n")
    else:
        sys.stdout.write("".join(_line(finding) for finding in findings))
    return FAILED if any(finding.state == "failure" for finding in findings) else OK


def _database(parsed: argparse.Namespace, settings: Settings) -> list[Finding]:
    from arogya import checkup
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    try:
        with explained(), reached(parsed, settings) as database:
            return checkup.of_database(database.dsn, settings, database.place)
    except CommandError as error:  # its sentence says what to do
        return [checkup.Finding("database", "failure", str(error))]


def _bus(parsed: argparse.Namespace, settings: Settings) -> list[Finding]:
    from arogya import bus_checkup, checkup
    from arogya.cli.reaching import Alone, reached_bus
    from arogya.configuration.pages import masked

    program, url = bus_checkup.of_machine(settings), settings.nodes.redis_url
    try:
        bus = reached_bus(parsed, settings, database=settings.database.url)
    except Alone:
        return [checkup.Finding("Redis", "ok", "one hub alone needs none"), program]
    except CommandError:
        if url is not None:  # all but the secret of the nodes
            return [*bus_checkup.of_bus(url, None, masked(url)), program]
        if settings.nodes.workers > 1:
            return [
                checkup.Finding("Redis", "ok", "none is named: several workers bring a Valkey of their own"),
                program,
            ]
        return [checkup.Finding("Redis", "ok", "none is named, and one hub alone needs none"), program]
    return [*bus_checkup.of_bus(bus.url, bus.secret, bus.place), program]


def _line(finding: Finding) -> str:
    line = f"{MARKS[finding.state]} {finding.name:<16} {finding.detail}\n"
    return line + (f"  {'':<16} → {finding.remedy}\n" if finding.remedy else "")
