"""What `arogya device` prints: tables, codes, secrets, and the links and QR codes of trackers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from arogya.cli import options


def given(parsed: argparse.Namespace, protocol: str, device: dict[str, object], code: str) -> dict[str, object]:
    """Return what a device is set up with: a claim code, its secret, or the link of a tracker."""
    if protocol == "hub":
        return {"secret" if parsed.secret else "claim_code": code}
    from arogya import running
    from arogya.dispatching import policy
    from arogya.posting import link_origin
    from hub.trackers.setup import setup_link

    settings = options.settings_of(parsed)
    device_id, idle_s = int(str(device["id"])), policy(settings).idle_interval_s
    is_told = settings.server.public_origins or settings.database.url is not None
    hub = None if is_told else running.find(parsed.state)  # it may have another port than the one it was to have
    origin = link_origin(settings) if hub is None else hub.url
    return {"setup_link": setup_link(protocol, origin, device_id, code, idle_s=idle_s)}


def print_added(added: list[dict[str, object]], parsed: argparse.Namespace) -> None:
    """Print how each device gets its secret."""
    if parsed.json:
        print(json.dumps(added, indent=1))
        return
    if any("setup_link" in device for device in added):
        _print_links(added)
        return
    what = "secret" if parsed.secret else "claim_code"
    head = ("id", "plate", "name", "secret" if parsed.secret else "claim code")
    print_table([head, *((str(d["id"]), str(d["plate_number"] or "-"), str(d["name"]), str(d[what])) for d in added)])
    if parsed.secret:
        sys.stderr.write("Keep the secrets now: the hub has only their hashes and cannot show them again.\n")
    else:
        sys.stderr.write("Type each code into its tablet within 24 hours; it works once.\n")


def _print_links(added: list[dict[str, object]]) -> None:
    """Print how each tracker is set up; a QR code of it is for people alone."""
    import segno

    print_table([(str(d["id"]), str(d["plate_number"] or "-"), str(d["name"]), str(d["setup_link"])) for d in added])
    if sys.stdout.isatty():
        for device in added:
            print(f"\n{device['plate_number'] or device['name']}:")
            segno.make(str(device["setup_link"]), error="l", micro=False).terminal(compact=True)
    sys.stderr.write(
        "Open the link on the phone, or scan its QR code in the app. It holds the secret, and is shown this once.\n"
        "In Traccar Client before version 9, the server is what stands before the question mark: docs/trackers.md.\n"
    )


def print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Print rows in columns; what a terminal would obey instead of showing becomes a question mark."""
    rows = [tuple("".join(sign if sign.isprintable() else "?" for sign in cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
