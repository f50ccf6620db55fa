"""The options that several commands share, and the settings that come out of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from arogya.config import Settings, load
from arogya.running import DEFAULT_STATE

WAIT_S = 300.0


def command(
    subparsers: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, description: str
) -> argparse.ArgumentParser:
    """Add a command whose help keeps the line breaks of its examples."""
    return subparsers.add_parser(
        name, help=summary, description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add --config."""
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with settings (docs/configuration.md)")


def add_database(parser: argparse.ArgumentParser) -> None:
    """Add --config, --state and --database: how a command finds its database."""
    add_config(parser)
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help=f"folder of the embedded database (default {DEFAULT_STATE})"
    )
    parser.add_argument("--database", metavar="URL", help="a running PostgreSQL 15 to 18 instead of the embedded one")


def add_listening(parser: argparse.ArgumentParser) -> None:
    """Add --host and --port."""
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="port to listen on (default 8080)")


def add_nodes(parser: argparse.ArgumentParser) -> None:
    """Add --workers and --redis."""
    parser.add_argument("--workers", type=int, metavar="N", help="hub processes, all on the one port (default 1)")
    add_redis(parser, "a running Redis 7 or Valkey 7.2, through which hubs of several machines work as one")


def add_redis(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Add --redis."""
    parser.add_argument("--redis", metavar="URL", help=meaning)


def add_bus(parser: argparse.ArgumentParser) -> None:
    """Add --config, --state and --redis: how a command finds the hubs that work as one."""
    add_config(parser)
    parser.add_argument("--state", type=Path, metavar="DIR", help="state folder of a hub that runs on this machine")
    add_redis(parser, "the Redis of the hubs (default: that of the running hub)")


def add_wait(parser: argparse.ArgumentParser) -> None:
    """Add --wait."""
    parser.add_argument(
        "--wait",
        type=_seconds,
        nargs="?",
        const=WAIT_S,
        default=WAIT_S,
        metavar="S",
        help=f"seconds to wait for the end (default {WAIT_S:g}); 0 does not wait",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write seconds, like 60") from None
    if not 0 <= seconds <= 86_400:
        raise argparse.ArgumentTypeError("from 0 to 86400 seconds")
    return seconds


def settings_of(parsed: argparse.Namespace) -> Settings:
    """Return the settings of file, environment and options together; raises `ConfigError`."""
    options: dict[str, dict[str, Any]] = {"server": {}, "database": {}, "nodes": {}}
    for section, key, option in (
        ("server", "host", "host"),
        ("server", "port", "port"),
        ("database", "url", "database"),
        ("nodes", "workers", "workers"),
        ("nodes", "redis_url", "redis"),
    ):
        value = getattr(parsed, option, None)
        if value is not None:
            options[section][key] = value
    return load(parsed.config, options=options)


def state_of(parsed: argparse.Namespace) -> Path:
    """Return the absolute state folder."""
    return Path(parsed.state or DEFAULT_STATE).absolute()
