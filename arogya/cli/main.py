"""The `arogya` command: finds the module of a subcommand, loads only that one, and turns its end into a status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib import metadata

from arogya.cli.outcome import EXIT_CODES, FAILED, INTERRUPTED, MISTAKEN, OK, CommandError, complain

# Each module has `register(subparsers)`; the parser that it adds names its function with set_defaults(run=…).
COMMANDS = (
    *("demo", "serve", "nodes", "drain", "restart", "migrate", "admin", "device", "replay", "simulate"),
    *("import", "progress", "audit", "backup", "restore", "doctor", "hub"),
)
MODULES = {"progress": "rehab"}  # where the command has not the name of its module: `progress` is the bar of long work
OURS = {"arogya", "handlers", "hub", "storage"}  # a module of ours that is not there is a mistake of ours
DESCRIPTION = """Arogya Hub: the real-time heart of a health system.

Start with a demonstration, everything included:
  arogya demo
then send recorded traces to it from another terminal:
  arogya replay trace.gpx --speed 20

A real server, with its own PostgreSQL or yours:
  arogya serve
  arogya serve --database postgresql://arogya@db.example.org/arogya
  arogya doctor"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parsed = parser(words).parse_args(words)
    try:
        status = parsed.run(parsed)
    except CommandError as error:
        complain(str(error))
        return error.status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has seen enough, like `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in OURS:
            raise
        complain(f"the package {error.name} is missing: install arogya-hub with its extra, arogya-hub[server]")
        return FAILED
    except Exception as error:
        # Loaded only now: a command that goes well does not wait for it.
        from arogya.config import ConfigError

        if not isinstance(error, ConfigError):
            raise
        complain(f"the configuration has {len(error.mistakes)} mistake(s):\n{error}")
        return MISTAKEN
    return OK if status is None else int(status)


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser for these words: with the one command that they name, or with all of them."""
    top = argparse.ArgumentParser(
        prog="arogya", description=DESCRIPTION, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"arogya {_version()}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True, dest="command")
    named = words[0] if words and words[0] in COMMANDS else None
    for command in (named,) if named else COMMANDS:
        importlib.import_module(f"arogya.cli.{MODULES.get(command, command)}").register(subparsers)
    return top


def _version() -> str:
    try:
        return metadata.version("arogya-hub")
    except metadata.PackageNotFoundError:  # run from a source tree without installing
        return "(not installed)"
