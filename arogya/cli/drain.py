"""`arogya drain`: hubs leave, and their devices and viewers go to the others."""

from __future__ import annotations

import argparse

from arogya.cli import options
from arogya.cli.outcome import MISTAKEN, OK, CommandError

DESCRIPTION = """Take nodes out of service: before a machine is shut down, say.

A node that drains takes no new connections, stores and acknowledges what it was sent, and sends its devices and viewers
away, who come back to another node. Then it ends, and its supervisor does not start it again; a supervisor whose last
hub has drained ends too. `arogya restart` on its machine brings it back.

exit status 1 when a node is still there after the wait, or came back instead.

examples:
  arogya drain er-west-1
  arogya drain er-west-1 er-west-2 --wait 30
  arogya drain --all                       the whole system"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "drain", "take hubs out of service", DESCRIPTION)
    parser.add_argument("nodes", nargs="*", metavar="NODE", help="of `arogya nodes`")
    parser.add_argument("--all", action="store_true", help="every node")
    options.add_bus(parser)
    options.add_wait(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Tell them, and wait until they are gone."""
    if bool(parsed.nodes) == parsed.all:
        raise CommandError("name the nodes to drain, as `arogya nodes` lists them, or say --all", MISTAKEN)
    from arogya.cli.reaching import reached_bus
    from arogya.cli.telling import drain

    drain(reached_bus(parsed, options.settings_of(parsed)), parsed.nodes, parsed.wait)
    return OK
