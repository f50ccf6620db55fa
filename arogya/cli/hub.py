"""`arogya hub`: one hub process on the sockets of its supervisor; not for people, so the help does not list it."""

from __future__ import annotations

import argparse
import json


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser("hub", description="One hub process; started by `arogya serve` and `arogya demo`.")
    parser.add_argument("--fd", type=int, required=True, metavar="N", help="listening socket")
    parser.add_argument("--metrics-fd", type=int, metavar="N", help="listening socket of /metrics")
    parser.add_argument("--ready-fd", type=int, metavar="N", help="pipe on which to say that it is ready")
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Load everything, wait for the settings on standard input, serve until told to stop."""
    # First the slow imports: the supervisor starts this process early, and prepares the database meanwhile.
    from arogya import app, config, lifeline

    line = lifeline.greeting()
    if not line:
        return 0  # the supervisor gave up before there was anything to serve
    lifeline.hold()
    settings = config.from_plain(json.loads(line))
    return app.run(settings, parsed.fd, parsed.metrics_fd, ready_fd=parsed.ready_fd)
