"""`arogya restart`: new processes in the place of running ones, one after another."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.outcome import FAILED, OK, UNREACHABLE, CommandError
from arogya.cli.progress import Progress

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.running import Running

DESCRIPTION = """Start hub processes anew: after an upgrade, or with a renewed certificate.

Without names it restarts the hubs that were started here by `arogya serve` or `arogya demo`, without a gap: each gets
a successor on the same port, which has to be ready before its predecessor stops. A successor that does not become ready
is ended, its predecessor goes on, and the rest is left as it is: then the exit status is 1. Hubs that were drained are
started again. The settings stay those of the start.

With names, those nodes are told through Redis, wherever they run; each ends and is started again by its own supervisor,
and is waited for before the next is told. Its devices and viewers go to the others meanwhile.

examples:
  arogya restart
  arogya restart --state /srv/hub
  arogya restart er-west-1 er-west-2
  arogya restart --wait 0                  asks for it, and does not wait"""
POLL_S = 0.1


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "restart", "start hub processes anew, one after another", DESCRIPTION)
    parser.add_argument("nodes", nargs="*", metavar="NODE", help="of `arogya nodes` (default: those started here)")
    options.add_bus(parser)
    options.add_wait(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Ask, and wait for the end."""
    if parsed.nodes:
        from arogya.cli.reaching import reached_bus
        from arogya.cli.telling import renew

        bus = reached_bus(parsed, options.settings_of(parsed))
        renew(bus, parsed.nodes, parsed.wait)
        return OK
    from arogya import restarts, running

    hub = running.find(parsed.state)
    if hub is None:
        raise CommandError("no hub runs here; name its folder with --state, or nodes of `arogya nodes`", UNREACHABLE)
    before = restarts.read(Path(hub.state), hub.pid).asked
    _ask(hub)
    if parsed.wait > 0:
        _follow(hub, before, time.monotonic() + parsed.wait)
    else:
        sys.stdout.write(f"The hub at {hub.url} was asked to restart.\n")
    return OK


def _ask(hub: Running) -> None:
    if not hub.node_secret:
        # Its supervisor would take the signal for a reason to end.
        raise CommandError(f"the hub at {hub.url} is of a version that cannot restart this way: stop and start it")
    try:
        os.kill(hub.pid, signal.SIGUSR2)
    except PermissionError:
        raise CommandError(f"the hub at {hub.url} belongs to another user (process {hub.pid})") from None
    except ProcessLookupError:
        raise CommandError(f"the hub at {hub.url} has just ended", UNREACHABLE) from None


def _follow(hub: Running, before: int, deadline: float) -> None:
    """Show how far the restart has come until it ends; raises `CommandError` for any end but a good one."""
    from arogya import restarts, running

    with Progress("restarting", unit="hubs") as shown:
        while True:
            come = restarts.read(Path(hub.state), hub.pid)
            if come.asked > before:
                shown.set(come.replaced, come.total)
                if come.ended:
                    break
            if running.find(Path(hub.state)) is None:
                raise CommandError(f"the supervisor of the hub at {hub.url} (process {hub.pid}) ended meanwhile")
            if time.monotonic() > deadline:
                raise CommandError("the restart goes on; its end was not awaited any longer", FAILED)
            time.sleep(POLL_S)
    if come.failure:
        left = come.total - come.replaced
        raise CommandError(f"{come.failure}; {left} of {come.total} hubs go on as they were", FAILED)
    sys.stdout.write(f"{come.total} hub{'s' * (come.total != 1)} restarted at {hub.url}\n")
