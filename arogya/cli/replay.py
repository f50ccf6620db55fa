"""`arogya replay`: recordings, streamed as the devices that recorded them would have."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options, replay_motion
from arogya.cli.groups import leaves
from arogya.cli.outcome import MISTAKEN, OK, UNREACHABLE, CommandError

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.cli.progress import Progress
    from arogya.replay.player import Part, Played, Player
    from arogya.replay.traces import Trace

DESCRIPTION = """Stream recordings to a hub, each vehicle and each sensor as a real device on its own connection.

Reads CSV (columns vehicle_id, t_utc, lat, lon, and where there are speed_mps, bearing_deg) and GPX. The vehicle's id
becomes the plate number; ambulance and device are added where they are missing. Recorded times are stored exactly as
they are; on the map the vehicles move now. Vehicles recorded at the same time keep their common clock.

A CSV with the columns t_s (seconds) and joints (degrees; knee_flexion_r is right_knee_flexion) is a recording of
movement: a sensor of a patient of its own streams it into a session, all joints at once, and the hub counts. Rest is
how the recording begins; the target is what exercises ask for: a knee that begins straight is to bend to 90 degrees,
one that begins bent to straighten to 15 (hips 85 and 20, ankles 30 and 0, shoulders 85 and 15, elbows 100 and 15;
other joints have none, and every repetition counts). --joint, --rest and --target say otherwise. So five squats are 5,
standing up five times is 5, and a stride is no valid repetition.

A hub that is restarted or killed meanwhile loses nothing: the replay goes on when it is back, and ends when the last
sample is in the database. A second replay is a new stream. With --spool, an interrupted replay is taken up
where it was.

examples:
  arogya replay drive.gpx --speed 20            to the demo that runs on this machine
  arogya replay *.csv --speed 5 --spool /tmp/replay
  arogya replay drive.csv --url https://hub.example.org --credentials fleet.json
  arogya replay squat.csv --joint right_knee_flexion --target 100"""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = options.command(subparsers, "replay", "stream recordings as real devices", DESCRIPTION)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="recordings, .csv or .gpx")
    parser.add_argument("--speed", type=float, default=1.0, metavar="N", help="recorded seconds in a real one")
    parser.add_argument("--url", help="the hub's address (default: the one that runs on this machine)")
    parser.add_argument("--spool", type=Path, metavar="DIR", help="keep the spools here, to take up where it stopped")
    parser.add_argument(
        "--credentials", type=Path, metavar="FILE", help="JSON list of {plate_number, secret}: needs no database"
    )
    replay_motion.add_arguments(parser)
    options.add_database(parser)
    parser.set_defaults(run=run)


def run(parsed: argparse.Namespace) -> int:
    """Replay everything and say what became of it."""
    from arogya.replay.traces import TraceError, read_traces

    if not 0.01 <= parsed.speed <= 100_000:
        raise CommandError("--speed must be from 0.01 to 100000", MISTAKEN)
    if replay_motion.are_recordings(parsed.files):
        with _spool_folder(parsed.spool) as folder:
            replay_motion.replay(parsed, folder)
        return OK
    try:
        traces = [trace for path in parsed.files for trace in read_traces(path)]
    except TraceError as error:
        raise CommandError(str(error), MISTAKEN) from error
    with _spool_folder(parsed.spool) as folder:
        url, secrets = _reach(parsed, traces, folder)
        played = _play(url, _parts(traces, secrets, folder), parsed.speed)
    _summarise(played)
    return OK


@contextmanager
def _spool_folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield kept
        return
    # The folder holds secrets: a replay that is told to end removes it, as after Ctrl-C.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        with tempfile.TemporaryDirectory(prefix="arogya-replay-") as folder:
            yield Path(folder)
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: object) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as of what a script started in the background
        raise KeyboardInterrupt
    os.kill(os.getpid(), signal.SIGINT)


def _reach(parsed: argparse.Namespace, traces: list[Trace], folder: Path) -> tuple[str, dict[str, str]]:
    """Return the hub's address and each vehicle's secret, from a file, an earlier run, or the hub's database."""
    from arogya.replay import enrolment

    plates = list(dict.fromkeys(trace.plate_number for trace in traces))
    if parsed.credentials is not None:
        return _url(parsed, None), _given(parsed.credentials, plates)
    secrets = enrolment.remembered(folder)
    if set(plates) <= secrets.keys() and parsed.url:
        return parsed.url, secrets
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained

    with explained(), reached(parsed, options.settings_of(parsed)) as database:
        url = _url(parsed, database.running.url if database.running else None)
        missing = [plate for plate in plates if plate not in secrets]
        secrets |= asyncio.run(enrolment.enrol(database.dsn, missing))
    enrolment.remember(folder, secrets)
    return url, secrets


def _url(parsed: argparse.Namespace, running_url: str | None) -> str:
    url = parsed.url or running_url
    if url is None:
        from arogya.running import find

        running = find(parsed.state)
        if running is None:
            raise CommandError("no hub runs on this machine; start `arogya demo`, or name one with --url", UNREACHABLE)
        return running.url
    return str(url)


def _given(path: Path, plates: list[str]) -> dict[str, str]:
    from arogya.simulator.fleet import CredentialsError, read_credentials

    try:
        secrets = {credential.plate_number: credential.secret for credential in read_credentials(path)}
    except CredentialsError as error:
        raise CommandError(str(error), MISTAKEN) from error
    missing = [plate for plate in plates if plate not in secrets]
    if missing:
        raise CommandError(f"{path} has no secret for {', '.join(missing)}", MISTAKEN)
    return secrets


def _parts(traces: list[Trace], secrets: dict[str, str], folder: Path) -> list[Part]:
    from arogya.replay.player import Part, spool_name

    parts: list[Part] = []
    for number, trace in enumerate(traces):
        name = spool_name(trace)
        taken = sum(spool_name(other) == name for other in traces[:number])  # the same file named twice
        parts.append(Part(trace, secrets[trace.plate_number], folder / (f"{name}-{taken + 1}" if taken else name)))
    return parts


def _play(url: str, parts: list[Part], speed: float) -> list[Played]:
    from arogya.cli.progress import Progress
    from arogya.client import SpoolError
    from arogya.replay.player import Player

    total = sum(len(part.trace.fixes) for part in parts)
    with Progress("replay", total, unit="fixes") as progress:
        try:
            player = Player(url, parts, speed=speed, watch=lambda played: _show(progress, played))
            _finish(player)
        except ValueError as error:
            raise CommandError(str(error), MISTAKEN) from error
        except SpoolError as error:
            raise CommandError(str(error)) from error
    return player.played


def _finish(player: Player) -> None:
    from arogya.client import SpoolError

    try:
        asyncio.run(player.run())
    except BaseExceptionGroup as group:
        unusable = group.subgroup(SpoolError)
        if unusable is None:
            raise
        raise CommandError("; ".join(str(error) for error in leaves(unusable))) from group


def _show(progress: Progress, played: list[Played]) -> None:
    progress.set(sum(one.acked for one in played))
    problems = sorted({one.problem for one in played if one.problem and not one.done})
    progress.advance(0, note=f"not connected ({problems[0]})" if problems else "")


def _summarise(played: list[Played]) -> None:
    width = max(len("vehicle"), *(len(one.trace.plate_number) for one in played))
    print(f"{'vehicle':<{width}}  {'fixes':>9}  {'sent':>9}  {'acked':>9}  {'refused':>7}  {'resent':>7}  stream")
    for one in played:
        counters, stream = one.counters, one.stream or "-"
        print(
            f"{one.trace.plate_number:<{width}}  {len(one.trace.fixes):>9,}  {counters.sent:>9,}  {one.acked:>9,}"
            f"  {counters.refused:>7,}  {counters.resent:>7,}  {stream}"
            + (f"  (went on at fix {one.continued_at + 1:,})" if one.continued_at else "")
        )
    print(
        f"{'total':<{width}}  {sum(len(one.trace.fixes) for one in played):>9,}"
        f"  {sum(one.counters.sent for one in played):>9,}  {sum(one.acked for one in played):>9,}"
        f"  {sum(one.counters.refused for one in played):>7,}  {sum(one.counters.resent for one in played):>7,}"
    )
    sys.stdout.flush()
