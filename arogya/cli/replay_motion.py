"""`arogya replay` of recordings of joints: through sensors into sessions, and what the hub counts in them."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from arogya.cli import options
from arogya.cli.groups import leaves
from arogya.cli.outcome import MISTAKEN, UNREACHABLE, CommandError

if TYPE_CHECKING:  # loaded late, so that --help is quick
    from arogya.cli.progress import Progress
    from arogya.replay.mover import Moved, Mover
    from arogya.replay.recordings import Aim, Recording
    from arogya.replay.sessions import Seat
    from storage.rehearsals import Outcome


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that only recordings of joints have."""
    group = parser.add_argument_group("recordings of joints")
    group.add_argument("--joint", help="what the session is about (default: the recording's first joint)")
    group.add_argument("--rest", type=float, metavar="DEG", help="where it rests (default: as the recording begins)")
    group.add_argument("--target", type=float, metavar="DEG", help="what it is to reach (default: see above)")


def are_recordings(files: Sequence[Path]) -> bool:
    """Say whether the files are recordings of joints; raises `CommandError` for some that are and some that are not."""
    from arogya.replay.recordings import is_recording

    found = {is_recording(path) for path in files}
    if len(found) > 1:
        raise CommandError("replay traces of vehicles and recordings of joints one after the other", MISTAKEN)
    return found == {True}


def replay(parsed: argparse.Namespace, folder: Path) -> None:
    """Replay recordings with what they need in this folder, and say what the hub has counted."""
    from arogya.cli.reaching import reached
    from arogya.cli.starting import explained
    from arogya.replay import sessions

    if parsed.credentials is not None:
        raise CommandError("a recording of joints makes its own patient and sensor: it needs the database", MISTAKEN)
    recordings = _read(parsed)
    with explained(), reached(parsed, options.settings_of(parsed)) as database:
        url = parsed.url or (database.running.url if database.running else None)
        if url is None:
            raise CommandError("no hub runs with this database; start `arogya demo`, or name one by --url", UNREACHABLE)
        aim = _aim(parsed, recordings)
        seats = asyncio.run(sessions.take_seats(database.dsn, recordings, parsed.joint, aim, folder))
        moved = _move(str(url), seats, folder, parsed.speed)
        found = asyncio.run(sessions.outcomes(database.dsn, [seat.session for seat in seats]))
    _summarise(moved, found)


def _read(parsed: argparse.Namespace) -> list[Recording]:
    from arogya.replay.recordings import read_recording
    from arogya.replay.traces import TraceError

    try:
        recordings = [read_recording(path) for path in parsed.files]
    except TraceError as error:
        raise CommandError(str(error), MISTAKEN) from error
    if len({recording.name for recording in recordings}) != len(recordings):
        raise CommandError("two files have the same name, and would be the same patient", MISTAKEN)
    for recording in recordings:
        if parsed.joint is not None and parsed.joint not in recording.joints:
            raise CommandError(f"{recording.source} has no {parsed.joint}; {', '.join(recording.joints)}", MISTAKEN)
        if recording.ignored:
            sys.stderr.write(f"{recording.source}: no joint, and left out: {', '.join(recording.ignored)}\n")
    return recordings


def _aim(parsed: argparse.Namespace, recordings: Sequence[Recording]) -> Aim | None:
    """Return what the options say of the joint that the sessions are about; None for nothing."""
    if parsed.rest is None and parsed.target is None:
        return None
    if len(recordings) != 1:
        raise CommandError("--rest and --target are for one recording", MISTAKEN)
    for angle in (parsed.rest, parsed.target):
        if angle is not None and not -360 <= angle <= 360:
            raise CommandError("--rest and --target are from -360 to 360 degrees", MISTAKEN)
    found = recordings[0].aim(parsed.joint or recordings[0].joints[0])
    given = {"rest": parsed.rest, "target": parsed.target}
    return found._replace(**{name: angle for name, angle in given.items() if angle is not None})


def _move(url: str, seats: list[Seat], folder: Path, speed: float) -> list[Moved]:
    from arogya.cli.progress import Progress
    from arogya.client import SpoolError
    from arogya.replay.mover import Mover

    total = sum(len(seat.recording.at_us) for seat in seats)
    with Progress("replay", total, unit="samples") as progress:
        try:
            mover = Mover(url, seats, folder, speed=speed, watch=lambda moved: _show(progress, moved))
            _finish(mover)
        except ValueError as error:
            raise CommandError(str(error), MISTAKEN) from error
        except SpoolError as error:
            raise CommandError(str(error)) from error
    return mover.moved


def _finish(mover: Mover) -> None:
    from arogya.client import SpoolError
    from arogya.replay.mover import Refused

    try:
        asyncio.run(mover.run())
    except BaseExceptionGroup as group:
        expected = group.subgroup((SpoolError, Refused))
        if expected is None:
            raise
        raise CommandError("; ".join(str(error) for error in leaves(expected))) from group


def _show(progress: Progress, moved: list[Moved]) -> None:
    progress.set(sum(one.acked for one in moved))
    problems = sorted({one.problem for one in moved if one.problem and not one.done})
    progress.advance(0, note=f"not connected ({problems[0]})" if problems else "")


def _summarise(moved: list[Moved], outcomes: list[Outcome]) -> None:
    for one, outcome in zip(moved, outcomes, strict=True):
        counters, recording = one.counters, one.seat.recording
        note = f", went on at sample {one.continued_at + 1:,}" if one.continued_at else ""
        print(
            f"{recording.name}: {len(recording.at_us):,} samples of {len(recording.joints)} joints,"
            f" {outcome.samples:,} stored ({counters.sent:,} sent, {counters.resent:,} again,"
            f" {counters.refused:,} refused{note})"
        )
        print(
            f"  repetitions of session {one.seat.session}"
            + ("" if outcome.counted else " (not counted to its end yet)")
        )
        width = max(map(len, recording.joints))
        for joint in recording.joints:
            repetitions, valid = outcome.repetitions.get(joint, (0, 0))
            print(f"  {joint:<{width}}  {valid} valid of {repetitions}")
    sys.stdout.flush()
