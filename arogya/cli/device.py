"""`arogya device`: the tablets and sensors that may send, and what they prove themselves with."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from arogya.cli import options
from arogya.cli.device_output import given, print_added, print_table
from arogya.cli.outcome import MISTAKEN, OK, CommandError

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.cli.device_list import Wanted
    from storage.pool import Database

T = TypeVar("T")


DESCRIPTION = """Add, list and end the devices that may send to the hub.

A device needs a secret. The safe way to give it one is a claim code: it is typed into the tablet once, within 24 h,
and the tablet fetches a secret that nobody else has seen. `--secret` prints the secret itself instead, for devices
that are set up by a program. Apps that people have already, Traccar Client and OwnTracks, know no codes: `--protocol`
prints a link with their secret, and a QR code of it, to be opened or scanned on the phone (docs/trackers.md).

examples:
  arogya device add --plate KA-01-AB-1234 --new-ambulance
  arogya device add --csv fleet.csv --new-ambulance         columns plate_number, name, kind; all lines or none
  arogya device add --csv fleet.csv --secret --json > fleet.json     what `arogya simulate --credentials` reads
  arogya device add --plate KA-01-AB-1234 --protocol traccar      a phone with Traccar Client; or owntracks
  arogya device list
  arogya device rotate 7                                    a new claim code; using it ends the old secret
  arogya device rotate 7 --secret                           a new secret; the old one counts for another 24 h
  arogya device report 7 --every 5                          ask a tablet for a fix every 5 s
  arogya device revoke 7                                    cut off now"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "device", "add, list and end devices", DESCRIPTION)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = options.command(actions, "add", "one device, or many from a CSV file", DESCRIPTION)
    add.add_argument("--plate", metavar="PLATE", help="plate number of the ambulance that the tablet is in")
    add.add_argument("--name", default="", help="what people call the device (default: its kind)")
    add.add_argument("--kind", choices=("tablet", "physio"), default="tablet", help="default tablet")
    add.add_argument(
        "--protocol",
        choices=("hub", "traccar", "owntracks"),
        default="hub",
        help="the app on the phone (default: ours)",
    )
    add.add_argument(
        "--included-angle", action="store_true", help="a sensor that sends 180 for straight: the hub converts it"
    )
    add.add_argument("--csv", type=Path, metavar="FILE", help="many at once: columns plate_number, name, kind")
    add.add_argument("--new-ambulance", action="store_true", help="add ambulances that do not exist yet")
    _add_output(add)
    add.set_defaults(run=run_add)
    listing = options.command(actions, "list", "every device", DESCRIPTION)
    listing.add_argument("--json", action="store_true", help="for programs")
    options.add_database(listing)
    options.add_redis(listing, "the Redis of the hubs (default: that of the running hub)")
    listing.set_defaults(run=run_list)
    rotate = options.command(actions, "rotate", "give a device a new secret", DESCRIPTION)
    rotate.add_argument("id", type=int, help="of `arogya device list`")
    _add_output(rotate)
    rotate.set_defaults(run=run_rotate)
    report = options.command(actions, "report", "ask a tablet to report more or less often", DESCRIPTION)
    report.add_argument("id", type=int, help="of `arogya device list`")
    report.add_argument(
        "--every", type=_seconds, required=True, metavar="S", help="seconds from fix to fix, 0.1 to 3600"
    )
    options.add_database(report)
    report.set_defaults(run=run_report)
    revoke = options.command(actions, "revoke", "end a device's right to send, now", DESCRIPTION)
    revoke.add_argument("id", type=int, help="of `arogya device list`")
    options.add_database(revoke)
    revoke.set_defaults(run=run_revoke)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--secret", action="store_true", help="print the secret itself instead of a claim code")
    parser.add_argument("--json", action="store_true", help="for programs")
    options.add_database(parser)


def run_add(parsed: argparse.Namespace) -> int:
    """Add one device or those of a file, and print how each gets its secret."""
    from arogya.cli.device_list import LONGEST, ListError, Wanted, is_name, read_list

    try:
        wanted = read_list(parsed.csv) if parsed.csv else [Wanted(1, parsed.plate or "", parsed.name, parsed.kind)]
    except ListError as error:
        raise CommandError(str(error), MISTAKEN) from error
    if parsed.protocol != "hub" and any(one.kind != "tablet" for one in wanted):
        raise CommandError("only a tablet is a tracker: leave --kind out", MISTAKEN)
    if parsed.included_angle and any(one.kind != "physio" for one in wanted):
        raise CommandError("only a sensor sends angles: say --kind physio", MISTAKEN)
    if parsed.csv is None and parsed.kind == "tablet" and not parsed.plate:
        raise CommandError("name the ambulance with --plate, or a list with --csv", MISTAKEN)
    if not (is_name(parsed.plate or "") and is_name(parsed.name)):
        raise CommandError(f"a plate and a name have at most {LONGEST} printable characters", MISTAKEN)
    added = _with_database(parsed, lambda db: _add(db, wanted, parsed))
    print_added(added, parsed)
    return OK


async def _add(db: Database, wanted: list[Wanted], parsed: argparse.Namespace) -> list[dict[str, object]]:
    """Store all of them in one transaction, or say everything that is wrong and store nothing."""
    from hub.access.tokens import claim_digest, digest, new_claim_code, new_token
    from storage import fleet

    now, auth = datetime.now(UTC), options.settings_of(parsed).auth
    added: list[dict[str, object]] = []
    codes: list[str] = []
    unknown: list[str] = []
    async with db.transaction() as transaction:
        for line, plate, name, kind in wanted:
            ambulance_id = await fleet.find_ambulance(transaction, plate) if plate else None
            if plate and ambulance_id is None and parsed.new_ambulance:
                ambulance_id = await fleet.ensure_ambulance(transaction, plate)
            if plate and ambulance_id is None:
                unknown.append(f"{parsed.csv}, line {line}: " * bool(parsed.csv) + f"there is no ambulance {plate}")
                continue
            is_secret = parsed.secret or parsed.protocol != "hub"
            code = new_token() if is_secret else new_claim_code()
            claim_hash = None if is_secret else claim_digest(code)
            claim_ends_at = None if is_secret else now + timedelta(seconds=auth.claim_s)
            wanted_device = fleet.NewDevice(
                kind, name or kind, ambulance_id, claim_hash, claim_ends_at, parsed.protocol
            )
            device_id = await fleet.create_device(transaction, wanted_device)
            if parsed.included_angle:
                await fleet.describe_sensor(transaction, device_id, model=None, joints=None, included_angle=True)
            if is_secret:
                await fleet.add_secret(transaction, device_id, digest(code), now)
            added.append({"id": device_id, "plate_number": plate or None, "name": name or kind, "kind": kind})
            codes.append(code)
        if unknown:
            raise CommandError(
                "\n".join([*unknown, "nothing was added; --new-ambulance adds ambulances too"]), MISTAKEN
            )
    # What this loads takes longer than a transaction may be idle.
    return [device | given(parsed, parsed.protocol, device, code) for device, code in zip(added, codes, strict=True)]


def run_list(parsed: argparse.Namespace) -> int:
    """Print every device, and on which node it is connected now."""
    from storage import fleet

    devices = _with_database(parsed, fleet.list_devices)
    nodes = _nodes_of_devices(parsed)
    if parsed.json:
        shown = [{**device._asdict(), "node": (nodes or {}).get(device.id)} for device in devices]
        print(json.dumps(shown, indent=1, default=_iso))
        return OK
    rows = [("id", "kind", "plate", "name", "state", "samples", "node")]  # a tracker's kind is its app
    for device in devices:
        state = "revoked" if device.revoked_at else "ready" if device.secrets else "unclaimed"
        if state == "unclaimed" and (device.claim_expires_at is None or device.claim_expires_at < datetime.now(UTC)):
            state = "no secret"
        plate, samples = device.plate_number or "-", f"{device.samples:,}"
        node = "?" if nodes is None else nodes.get(device.id, "-")
        kind = device.kind if device.protocol == "hub" else device.protocol
        rows.append((str(device.id), kind, plate, device.name, state, samples, node))
    print_table(rows)
    return OK


def _nodes_of_devices(parsed: argparse.Namespace) -> dict[int, str] | None:
    """Return on which node each connected device is: none where there is no Redis, None where it does not answer."""
    from arogya.cli.reaching import reached_bus
    from hub.bus.bus import BusAway
    from hub.bus.survey import devices_online

    try:
        settings = options.settings_of(parsed)
        bus = reached_bus(parsed, settings, database=settings.database.url)
    except CommandError:
        return {}
    try:
        return asyncio.run(devices_online(bus.url, bus.secret))
    except BusAway:
        sys.stderr.write(
            f"arogya: who is connected where is not known: the Redis at {bus.place} does not answer; "
            "try `arogya doctor`\n"
        )
        return None


def run_rotate(parsed: argparse.Namespace) -> int:
    """Give a device a new claim code, or a new secret beside the old one, and print it."""
    device = _with_database(parsed, lambda db: _rotate(db, parsed))
    print_added([device], parsed)
    return OK


async def _rotate(db: Database, parsed: argparse.Namespace) -> dict[str, object]:
    from hub.access.tokens import claim_digest, digest, new_claim_code, new_token
    from storage import fleet

    now, auth = datetime.now(UTC), options.settings_of(parsed).auth
    found = next((device for device in await fleet.list_devices(db) if device.id == parsed.id), None)
    if found is None or found.revoked_at is not None:
        raise CommandError(f"there is no device {parsed.id}, or it is revoked")
    shown: dict[str, object] = {"id": found.id, "plate_number": found.plate_number, "name": found.name}
    if parsed.secret or found.protocol != "hub":
        secret = new_token()
        await fleet.rotate_secret(db, found.id, digest(secret), now, now + timedelta(seconds=auth.rotation_overlap_s))
        return {**shown, "kind": found.kind, **given(parsed, found.protocol, shown, secret)}
    code = new_claim_code()
    await fleet.renew_claim(db, found.id, claim_digest(code), now + timedelta(seconds=auth.claim_s))
    return {**shown, "kind": found.kind, "claim_code": code}


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write seconds, like 5 or 0.5") from None
    if not 0.1 <= seconds <= 3_600:
        raise argparse.ArgumentTypeError("from 0.1 to 3600 seconds")
    return seconds


def run_report(parsed: argparse.Namespace) -> int:
    """Leave a reporting command for a tablet: it is sent at once where the tablet is connected, else when it is."""

    async def leave(db: Database) -> bool:
        from storage import commands, fleet

        found = [device for device in await fleet.list_devices(db) if device.id == parsed.id]
        if not any(device.revoked_at is None and device.protocol == "hub" for device in found):
            return False
        await commands.enqueue(db, parsed.id, "reporting", {"interval_s": parsed.every})
        return True

    if not _with_database(parsed, leave):
        raise CommandError(f"there is no device {parsed.id}, it is revoked, or it is a tracker")
    sys.stderr.write(f"Device {parsed.id} will be asked to report every {parsed.every:g} s.\n")
    return OK


def run_revoke(parsed: argparse.Namespace) -> int:
    """End a device's right to send."""
    from storage import fleet

    if not _with_database(parsed, lambda db: fleet.revoke_device(db, parsed.id, datetime.now(UTC))):
        raise CommandError(f"there is no device {parsed.id}, or it is revoked already")
    sys.stderr.write(f"Device {parsed.id} is revoked; an open connection of it is closed within 2 s.\n")
    return OK


def _with_database(parsed: argparse.Namespace, work: Callable[[Database], Awaitable[T]]) -> T:
    settings = options.settings_of(parsed)
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    with explained(), reached(parsed, settings) as database:
        return asyncio.run(_work(database.dsn, work))


async def _work(dsn: str, work: Callable[[Database], Awaitable[T]]) -> T:
    from storage.pool import APP, Database

    db = await Database.open(dsn, role=APP, size=1, command_timeout_s=30)
    try:
        return await work(db)
    finally:
        await db.close()


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
