"""The steps of `Counter` for many joints and samples at once, the same to the bit.

The filter, the median and the speed know nothing of repetitions: they are worked out for the whole block. At rest the
angle is followed down to its lowest, on the way it is followed up to its highest: with the sign turned round that is
the same, so that one running minimum finds where an angle has turned back. Most joints do not turn within a block.
Those that do are taken again, from one turn to the next.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hub.motion.columns import Columns, Slots
from hub.motion.repetitions import (
    LONGEST_GAP_US,
    LONGEST_US,
    LOW_SHARE,
    REST_US,
    SECOND_US,
    SHORTEST_US,
    Repetition,
    weight,
)

Reals = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.int16]  # numbers of rows: short ones are compared faster

_FEW: Final = 16  # joints: for fewer, plain floats are quicker than arrays of them
_WEIGHTS: Final = np.zeros(LONGEST_GAP_US + 1)  # of each µs; 0: not asked for yet


class Block(NamedTuple):
    """Samples as rows in time, joints as columns."""

    frame: Slots  # (joints,) whose times are a joint's
    seq: Whole  # (frames,) of the first row
    at: Whole  # (rows, frames) µs
    dt: Reals  # (rows, joints) µs, whole numbers
    raw: Reals  # (rows, joints)
    y: Reals
    speed: Reals  # degrees per µs
    travelled: Reals

    def of(self, joints: Slots) -> Block:
        """Return some of the joints, each with times of its own."""
        frame = self.frame[joints]
        reals = (each[:, joints] for each in self[3:])
        return Block(np.arange(len(joints)), self.seq[frame], self.at[:, frame], *reals)


class Window(NamedTuple):
    """Where in a block the repetitions in hand are; -1: not in this block."""

    start: Rows  # (joints,)
    low: Rows  # (joints,) of the lowest angle
    since: Flags  # (rows, joints) from the start on
    after: Flags  # (rows, joints) without the start itself


class Turned(NamedTuple):
    """A repetition, and whose it is."""

    joint: int  # place in the block
    repetition: Repetition


def weights(dt: Whole) -> Reals:
    """Return `weight` for each of some times between samples, 1 to LONGEST_GAP_US."""
    found: Reals = _WEIGHTS[dt]
    if not found.all():
        for each in np.unique(dt[found == 0.0]).tolist():
            _WEIGHTS[each] = weight(each)
        found = _WEIGHTS[dt]
    return found


def begin(columns: Columns, seq: Whole, at: Whole, angles: Reals) -> None:
    """Take a first sample of each counter, or one after a gap: `seq`, `at` and `angles` (joints,)."""
    x = angles * columns.direction + 0.0
    for each in (columns.x1, columns.x2, columns.y, columns.turn, columns.floor, columns.peak):
        each[:] = x
    columns.started[:], columns.out[:], columns.hold_us[:] = 1, 0, 0
    columns.travelled[:], columns.start_travelled[:], columns.fastest[:] = 0.0, 0.0, 0.0
    columns.start_seq[:] = seq
    columns.last_at[:], columns.start_at[:], columns.peak_at[:] = at, at, at


def advance(columns: Columns, seq: Whole, at: Whole, angles: Reals) -> list[Turned]:
    """Take a block of samples: `seq` (frames,), `at` (rows, frames), `angles` (rows, frames times joints).

    All counters have started, those of a frame at the same times, which ascend by at most LONGEST_GAP_US and span
    less than REST_US. The repetitions come joint by joint.
    """
    block = _filter(columns, seq, at, angles)
    rows, sign, at_rest = _rows(block.y), _sign(columns), columns.out == 0
    y = block.y * sign
    lowest = _running(np.minimum, columns.turn * sign, y)
    back = y - lowest
    turning = (back >= columns.delta).any(axis=0)
    turning |= at_rest & (at[-1, block.frame] - columns.start_at > REST_US)
    those = np.flatnonzero(turning)
    again = columns.pick(those)
    start = _last(at_rest & (back <= columns.delta * LOW_SHARE))
    columns.turn[:] = lowest[-1] * sign
    _settle(columns, block, Window(start, _last(at_rest & (back == 0.0)), rows >= start, rows > start))
    done = [Turned(int(those[each.joint]), each.repetition) for each in _turn(again, block.of(those))]
    columns.put(those, again)
    columns.y[:], columns.travelled[:], columns.last_at[:] = block.y[-1], block.travelled[-1], at[-1, block.frame]
    return done


def _filter(columns: Columns, seq: Whole, at: Whole, angles: Reals) -> Block:
    """Work out what does not depend on repetitions; the samples before are taken on."""
    rows, joints = len(at), len(columns) // len(seq)
    x = np.empty((rows + 2, len(columns)))
    x[0], x[1] = columns.x2, columns.x1
    np.multiply(angles, columns.direction, out=x[2:])
    x[2:] += 0.0  # no negative zero
    columns.x2[:], columns.x1[:] = x[-2], x[-1]
    low, high = np.minimum(x[:-2], x[1:-1]), np.maximum(x[:-2], x[1:-1])
    raw = np.maximum(low, np.minimum(high, x[2:], out=high), out=low)
    dt = np.diff(at, axis=0, prepend=columns.last_at[None, ::joints])
    span = np.repeat(dt.astype(np.float64), joints, axis=1)
    y = _low_pass(columns.y, x[2:], np.repeat(weights(dt), joints, axis=1))
    moved = np.abs(np.diff(y, axis=0, prepend=columns.y[None]))
    travelled = _running(np.add, columns.travelled, moved)
    frame = np.repeat(np.arange(len(seq)), joints)
    return Block(frame, seq, at, span, raw, y, moved / span, travelled)


def _low_pass(before: Reals, x: Reals, share: Reals) -> Reals:
    """Return y of each row, from the row before."""
    y = np.empty_like(x)
    if x.shape[1] < _FEW:
        for joint, last in enumerate(before.tolist()):
            y[:, joint] = _low_passed(last, x[:, joint].tolist(), share[:, joint].tolist())
        return y
    for row in range(len(x)):
        nearer = x[row] - before
        nearer *= share[row]
        before = np.add(before, nearer, out=y[row])
    return y


def _low_passed(y: float, xs: list[float], shares: list[float]) -> list[float]:
    found = []
    for x, share in zip(xs, shares, strict=True):
        y += share * (x - y)
        found.append(y)
    return found


def _running(step: np.ufunc, before: Reals, rows: Reals) -> Reals:
    """Return what `step` makes of each row and all those before it."""
    if len(rows) > rows.shape[1]:
        return step.accumulate(np.vstack([before, rows]), axis=0)[1:]
    found = np.empty_like(rows)
    for row in range(len(rows)):
        before = step(before, rows[row], out=found[row])
    return found


def _rows(block: Reals | Flags) -> Rows:
    return np.arange(len(block), dtype=np.int16)[:, None]


def _sign(columns: Columns) -> Reals:
    """Return what turns angles round, so that following them is always down."""
    return np.where(columns.out, -1.0, 1.0)


def _last(flags: Flags) -> Rows:
    """Return the last row of each joint that has a flag, or -1."""
    last: Rows = np.where(flags, _rows(flags), np.int16(-1)).max(axis=0)
    return last


def _first(flags: Flags) -> Rows:
    """Return the first row of each joint that has a flag, or the number of rows."""
    first: Rows = np.where(flags, _rows(flags), np.int16(len(flags))).min(axis=0)
    return first


def _settle(columns: Columns, block: Block, window: Window) -> None:
    """Bring up to date what is known since the start of a repetition, which may be in this block."""
    low = np.flatnonzero(window.low >= 0)
    columns.floor[low] = block.raw[window.low[low], low]
    begun = np.flatnonzero(window.start >= 0)
    row = window.start[begun]
    columns.start_at[begun] = block.at[row, block.frame[begun]]
    columns.start_seq[begun] = block.seq[block.frame[begun]] + row
    columns.start_travelled[begun] = block.travelled[row, begun]
    columns.peak[begun] = -np.inf
    columns.fastest[begun] = 0.0
    columns.hold_us[begun] = 0
    raw = np.where(window.since, block.raw, -np.inf)
    highest = raw.max(axis=0)
    higher = np.flatnonzero(highest > columns.peak)
    columns.peak[higher] = highest[higher]
    columns.peak_at[higher] = block.at[_first(raw == highest)[higher], block.frame[higher]]
    np.maximum(columns.fastest, np.where(window.after, block.speed, 0.0).max(axis=0), out=columns.fastest)
    held = np.flatnonzero((columns.out != 0) & (highest >= columns.reach))
    held_us = np.where(raw[:, held] >= columns.reach[held], block.dt[:, held], 0.0).sum(axis=0)
    columns.hold_us[held] += held_us.astype(np.int64)


def _turn(columns: Columns, block: Block) -> list[Turned]:
    """Take a block with joints that turn in it, from turn to turn."""
    rows, count = _rows(block.y), len(block.y)
    first = np.zeros(len(columns), dtype=np.int16)  # row from which a joint is to be taken
    everyone = np.arange(len(columns))
    done: list[Turned] = []
    while (first < count).any():
        inside = rows >= first
        sign, at_rest = _sign(columns), columns.out == 0
        y = np.where(inside, block.y * sign, np.inf)
        lowest = _running(np.minimum, columns.turn * sign, y)
        back = y - lowest
        starts = at_rest & (back <= columns.delta * LOW_SHARE)
        stale = _stale(columns, block, back, starts) & inside
        turned = inside & (back >= columns.delta) & ~stale
        until = np.minimum(_first(stale | turned) + 1, count)
        last = until - 1
        inside &= rows < until
        start, low = _last((starts | stale) & inside), _last(((at_rest & (back == 0.0)) | stale) & inside)
        anew = stale[last, everyone] | (turned[last, everyone] & at_rest)
        columns.turn[:] = np.where(anew, block.y[last, everyone], lowest[last, everyone] * sign)
        _settle(columns, block, Window(start, low, inside & (rows >= start), inside & (rows > start)))
        ends = np.flatnonzero(turned[last, everyone] & ~at_rest)
        columns.out[turned[last, everyone] & at_rest] = 1
        done += _end(columns, block, ends, last[ends])
        first = until
    return sorted(done, key=_joint)


def _stale(columns: Columns, block: Block, back: Reals, starts: Flags) -> Flags:
    """Tell where the lowest point is too old to be a start; within a block there is none older than its own."""
    age = block.at - columns.start_at
    old: Flags = (age > REST_US) & (columns.out == 0)
    if old.any():
        old &= (back < columns.delta / 2) | (age > LONGEST_US)
        old &= ~np.logical_or.accumulate(starts, axis=0)
    return old


def _joint(turned: Turned) -> int:
    return turned.joint


def _end(columns: Columns, block: Block, ends: Slots, row: Whole) -> list[Turned]:
    """Return the repetitions that end in some rows, and go back to rest there."""
    at, path = block.at[row, ends], block.travelled[row, ends]
    lasted = at - columns.start_at[ends]
    whole = (lasted >= SHORTEST_US) & (lasted <= LONGEST_US)
    done = _complete(columns, ends[whole], block.seq[ends[whole]] + row[whole], at[whole], path[whole])
    raw = block.raw[row, ends]
    columns.out[ends], columns.turn[ends] = 0, block.y[row, ends]
    columns.start_seq[ends], columns.start_at[ends] = block.seq[ends] + row + 1, at
    columns.start_travelled[ends] = path
    columns.floor[ends], columns.peak[ends], columns.peak_at[ends] = raw, raw, at
    columns.fastest[ends], columns.hold_us[ends] = 0.0, 0
    return done


def _complete(columns: Columns, ends: Slots, seq: Whole, at: Whole, travelled: Reals) -> list[Turned]:
    """Return the repetitions that have come to an end; as `Counter` does it."""
    one = columns.pick(ends)
    valid = ~(one.peak < one.reach)
    columns.number[ends] += 1
    columns.valid[ends] += valid
    mean = (travelled - one.start_travelled) / (at - one.start_at)
    fields = (
        *(one.number + 1, one.start_seq, seq, one.start_at, one.peak_at, at),
        *(one.direction * one.peak, one.peak - one.floor, one.hold_us / SECOND_US),
        *((one.peak_at - one.start_at) / SECOND_US, (at - one.peak_at) / SECOND_US, mean / one.fastest, valid),
    )
    made = map(Repetition._make, zip(*(each.tolist() for each in fields), strict=True))
    return [Turned(joint, repetition) for joint, repetition in zip(ends.tolist(), made, strict=True)]
